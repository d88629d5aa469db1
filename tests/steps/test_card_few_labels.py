"""What the card says of a version that few labels taught."""

from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.evaluate.wilson import wilson_interval
from matchwright.core.spec.model import Gates
from matchwright.steps.card_few_labels import few_label_facts, labels_to_show

TRAINING = {"few_labels": True, "pairs_per_part": {"train": 70, "test": 30}}


def facts(spec, f1=(0.9, 0.8), training=TRAINING):
    known = {"value": 0.99, "lower": 0.98, "upper": 1.0}
    metrics = {"f1": {"value": f1[0], "lower": f1[1], "upper": 1.0}, "precision": known, "recall": known}
    return " ".join(few_label_facts(spec, training, {"metrics": metrics, "true_pairs": 11}))


def test_it_says_what_teaches_and_what_judges(products_spec):
    assert "100 judged pairs, 70 of which teach and 30 judge (11 of them matches)" in facts(products_spec)
    assert facts(products_spec, training={"pairs_per_part": {"train": 70}}) == ""


def test_it_says_how_many_labels_would_show_what_the_gate_asks(products_spec):
    asks = products_spec.model_copy(update={"gates": Gates(f1_min=0.85)})
    assert "F1 0.90 is shown to be above 0.80 only: about 320 labels would show 0.85" in facts(asks)
    assert "F1 0.84 is not above 0.85: more labels must teach it better" in facts(asks, f1=(0.84, 0.7))
    assert "labels would show" not in facts(asks, f1=(0.9, 0.86))


@given(st.integers(1, 60), st.integers(0, 10), st.floats(0.5, 0.995), st.integers(20, 999))
def test_with_that_many_labels_wilson_s_bound_reaches_the_limit(right, wrong, limit, labels):
    pairs = right + wrong
    bound, _ = wilson_interval(right, pairs)
    needed = labels_to_show(right / pairs, float(bound), limit, labels)
    if right / pairs <= limit:
        assert needed is None
    elif bound > 0.01 and limit > bound:
        more = needed / labels
        assert wilson_interval(right * more, pairs * more)[0] >= limit - 1e-6
