"""The limit that the register sets to a score: it rises with every agreeing value and falls with every disagreement."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.models.register_evidence import RegisterEvidence, limited
from matchwright.core.spec.vocabulary import LIMIT
from matchwright.errors import BundleError

FIELDS, STEPS = 3, ((1.0, 2.0), (1.5,), ())
FUNCTIONS = sum(3 + len(steps) for steps in STEPS)
CLASSES, KINDS = 2, 2
weight = st.floats(0, 5)
unit = st.lists(weight, min_size=FUNCTIONS, max_size=FUNCTIONS)
units = st.lists(st.lists(unit, min_size=KINDS, max_size=KINDS), min_size=CLASSES, max_size=CLASSES)
levels = st.lists(st.lists(st.floats(-12, 3), min_size=KINDS, max_size=KINDS), min_size=CLASSES, max_size=CLASSES)
field = st.integers(0, FIELDS - 1)


def evidence(weights, intercepts):
    return RegisterEvidence(
        fields=("given_name", "surname", "state"),
        steps=STEPS,
        intercepts=tuple(tuple(kinds) for kinds in intercepts),
        weights=tuple(tuple(tuple(row) for row in kinds) for kinds in weights),
        left_records=1_000,
        right_records=2_000,
        matches=500.0,
    )


def limit(model, information, disagree=(False,) * FIELDS):
    return model.log_odds(np.array([information]), np.array([disagree]))[0]


@given(units, levels, st.lists(st.floats(0, 6), min_size=FIELDS, max_size=FIELDS), field, st.floats(0, 6))
def test_one_more_agreeing_value_never_lowers_the_limit(weights, intercepts, information, field, more):
    model = evidence(weights, intercepts)
    before = limit(model, information)
    greater, blanked = information.copy(), information.copy()
    greater[field] += more
    blanked[field] = 0.0
    assert limit(model, greater) >= before
    assert limit(model, blanked) <= before


@given(
    units,
    levels,
    st.lists(st.one_of(st.none(), st.floats(0.1, 6)), min_size=FIELDS, max_size=FIELDS),
    field,
    st.floats(0, 6),
)
def test_one_more_disagreement_never_raises_the_limit(weights, intercepts, values, field, information):
    """``None`` is a field that disagrees."""
    model = evidence(weights, intercepts)

    def of(value):
        changed = [*values[:field], value, *values[field + 1 :]]
        return limit(model, [known or 0.0 for known in changed], [known is None for known in changed])

    disagrees, blank, agrees = of(None), of(0.0), of(information)
    assert disagrees <= blank <= agrees


def test_the_limit_is_at_most_that_of_each_class_of_other_pairs():
    strangers, household = [[1.0] * FUNCTIONS], [[0.1] * FUNCTIONS]
    apart = [limit(evidence([one], [[-5.0]]), [2.0, 2.0, 1.0]) for one in (strangers, household)]
    together = limit(evidence([strangers, household], [[-5.0], [-5.0]]), [2.0, 2.0, 1.0])
    assert together <= min(apart)
    assert together > min(apart) - np.log(2) - 0.01


def test_the_limit_is_at_least_that_of_each_kind_of_matches():
    settled, moved = [1.0] * FUNCTIONS, [0.5] * (FUNCTIONS - FIELDS) + [0.0] * FIELDS
    pair = [2.0, 2.0, 0.0], [False, False, True]
    apart = [limit(evidence([[one]], [[-5.0]]), *pair) for one in (settled, moved)]
    together = limit(evidence([[settled, moved]], [[-5.0, -5.0]]), *pair)
    assert max(apart) <= together < max(apart) + np.log(2) + 0.01


def test_a_score_is_lowered_to_its_limit_and_never_raised():
    comparisons = pd.DataFrame({LIMIT: np.array([0.0, 5.0, np.nan], dtype=np.float32)})
    assert limited(np.array([0.9, 0.9, 0.9]), comparisons).tolist() == [0.5, 0.9, 0.9]
    assert limited(np.array([0.1, 0.1, 0.1]), comparisons).tolist() == [0.1, 0.1, 0.1]


def test_comparisons_without_a_limit_keep_their_score():
    assert limited(np.array([0.9]), pd.DataFrame({"surname__exact": [1.0]})).tolist() == [0.9]


def test_no_limit_is_certain_that_a_pair_cannot_match():
    assert limited(np.array([0.5]), pd.DataFrame({LIMIT: [-40.0]})).tolist() == [1e-6]


def test_it_is_read_as_it_was_written(tmp_path):
    model = evidence([[[1.0] * FUNCTIONS]], [[-5.0]])
    model.save(tmp_path / "register_evidence.json")
    assert RegisterEvidence.load(tmp_path / "register_evidence.json") == model


def test_a_weight_below_zero_is_refused():
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        evidence([[[-1.0] * FUNCTIONS]], [[-5.0]])


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "register_evidence.json").write_text("{}")
    with pytest.raises(BundleError, match="register evidence cannot be read"):
        RegisterEvidence.load(tmp_path / "register_evidence.json")


def test_no_pairs_have_no_limits():
    evidence = RegisterEvidence(
        fields=("surname",),
        steps=((),),
        intercepts=((0.0, 1.0),),
        weights=(((1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),),
        left_records=10,
        right_records=10,
        matches=5.0,
    )
    assert evidence.log_odds(np.empty((0, 1)), np.empty((0, 1), dtype=bool)).shape == (0,)
