"""The number of labels that would show that a gate passes."""

from hypothesis import given
from hypothesis import strategies as st

from matchwright.evaluation.card.more_labels import labels_to_show
from matchwright.evaluation.wilson import wilson_interval


@given(st.integers(1, 60), st.integers(0, 10), st.floats(0.5, 0.995), st.integers(20, 999))
def test_with_the_computed_number_of_labels_the_wilson_bound_reaches_the_limit(right, wrong, limit, labels):
    pairs = right + wrong
    bound, _ = wilson_interval(right, pairs)
    needed = labels_to_show(right / pairs, float(bound), limit, labels)
    if right / pairs <= limit:
        assert needed is None
    elif bound > 0.01 and limit > bound:
        more = needed / labels
        assert wilson_interval(right * more, pairs * more)[0] >= limit - 1e-6
