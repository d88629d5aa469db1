"""The limit that the register sets to a score: it rises with every agreeing value and falls with every disagreement."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.models.register_evidence import EvidenceCurve, RegisterEvidence, SetCorrection
from matchwright.core.models.similarity_evidence import STEPS, SimilarityCurve
from matchwright.errors import BundleError

FIELDS = 3
FUNCTIONS = 3 * FIELDS
CURVE = EvidenceCurve(information=(0.5, 2.0, 4.0), evidence=(1.0, 5.0, 2.0), whatever=3.0)
SIMILAR = SimilarityCurve(evidence=(0.0,) * (STEPS + 1))
CLASSES, KINDS = 2, 2
weight = st.floats(0, 5)
unit = st.lists(weight, min_size=FUNCTIONS, max_size=FUNCTIONS)
units = st.lists(st.lists(unit, min_size=KINDS, max_size=KINDS), min_size=CLASSES, max_size=CLASSES)
levels = st.lists(st.lists(st.floats(-12, 3), min_size=KINDS, max_size=KINDS), min_size=CLASSES, max_size=CLASSES)
field = st.integers(0, FIELDS - 1)
SMALL_SETS = [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)]
coefficient = st.floats(-3, 3)
corrections = st.lists(
    st.lists(coefficient, min_size=3, max_size=3), min_size=len(SMALL_SETS), max_size=len(SMALL_SETS)
).map(
    lambda found: tuple(
        SetCorrection(fields=fields, intercept=values[0], slopes=tuple(values[1 : 1 + len(fields)]))
        for fields, values in zip(SMALL_SETS, found, strict=True)
    )
)


def evidence(weights, intercepts, corrections=()):
    return RegisterEvidence(
        fields=("given_name", "surname", "state"),
        curves=(CURVE,) * FIELDS,
        similar=(SIMILAR,) * FIELDS,
        intercepts=tuple(tuple(kinds) for kinds in intercepts),
        weights=tuple(tuple(tuple(row) for row in kinds) for kinds in weights),
        corrections=corrections,
        left_records=1_000,
        right_records=2_000,
        matches=500.0,
    )


def limit(model, information, disagree=(False,) * FIELDS):
    return model.log_odds(np.array([information]), np.array([disagree]))[0]


@given(units, levels, corrections, st.lists(st.floats(0, 6), min_size=FIELDS, max_size=FIELDS), field)
def test_one_more_agreeing_value_never_lowers_the_limit(weights, intercepts, corrections, information, field):
    model = evidence(weights, intercepts, corrections)
    blanked = information.copy()
    blanked[field] = 0.0
    assert limit(model, blanked) <= limit(model, information)


@given(
    units,
    levels,
    corrections,
    st.lists(st.one_of(st.none(), st.floats(0.1, 6)), min_size=FIELDS, max_size=FIELDS),
    field,
    st.floats(0, 6),
)
def test_one_more_disagreement_never_raises_the_limit(weights, intercepts, corrections, values, field, information):
    """``None`` is a field that disagrees."""
    model = evidence(weights, intercepts, corrections)

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
    settled, moved = [1.0] * FUNCTIONS, [0.5] * (2 * FIELDS) + [0.0] * FIELDS
    pair = [2.0, 2.0, 0.0], [False, False, True]
    apart = [limit(evidence([[one]], [[-5.0]]), *pair) for one in (settled, moved)]
    together = limit(evidence([[settled, moved]], [[-5.0, -5.0]]), *pair)
    assert max(apart) <= together < max(apart) + np.log(2) + 0.01


def test_a_correction_changes_pairs_that_agree_in_its_fields():
    none = [SetCorrection(fields=(field,), intercept=0.0, slopes=(0.0,)) for field in range(FIELDS)]
    raised = [none[0], SetCorrection(fields=(1,), intercept=1.0, slopes=(0.5,)), none[2]]
    plain, corrected = (evidence([[[1.0] * FUNCTIONS]], [[-5.0]], tuple(each)) for each in (none, raised))
    assert limit(corrected, [0.0, 2.0, 0.0]) == pytest.approx(limit(plain, [0.0, 2.0, 0.0]) + 1.0 + 0.5 * 5.0)
    assert limit(corrected, [2.0, 0.0, 0.0]) == limit(plain, [2.0, 0.0, 0.0])


def test_evidence_lies_between_the_points_of_its_curve():
    assert CURVE.at(np.array([0.0, 0.5, 1.25, 9.0])).tolist() == [0.0, 1.0, 3.0, 2.0]


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
        curves=(CURVE,),
        similar=(SIMILAR,),
        intercepts=((0.0, 1.0),),
        weights=(((1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),),
        corrections=(),
        left_records=10,
        right_records=10,
        matches=5.0,
    )
    assert evidence.log_odds(np.empty((0, 1)), np.empty((0, 1), dtype=bool)).shape == (0,)
