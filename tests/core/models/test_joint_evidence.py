"""The joint evidence of several fields: the largest over all sets of fields that agree."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.models import joint_evidence
from matchwright.core.models.compiling import FEWEST_PAIRS
from matchwright.core.models.joint_evidence import FieldSet, JointEvidence, margin
from matchwright.core.models.register_evidence import DECIMALS

FIELDS = 4
generator = np.random.default_rng(5)
INTERCEPTS = generator.normal(size=(3, 2)) - 6
WEIGHTS = generator.random((3, 2, 3 * FIELDS)) * 2
SETS = [
    FieldSet(fields, float(generator.normal()), tuple(generator.random(len(fields))))
    for size in (1, 2)
    for fields in combinations(range(FIELDS), size)
]
JOINT = JointEvidence(INTERCEPTS, WEIGHTS, SETS)


def one_by_one(evidence, disagree, most):
    """The definition, for one pair and one set at a time."""

    def log_odds(fields):
        chosen = np.where(np.isin(np.arange(FIELDS), fields), evidence, 0.0)
        read = np.concatenate([chosen > 0, chosen, -disagree.astype(float)])
        by_class = [
            np.logaddexp.reduce([read @ weights + intercept for weights, intercept in zip(kinds, starts, strict=True)])
            for kinds, starts in zip(WEIGHTS, INTERCEPTS, strict=True)
        ]
        return -np.logaddexp.reduce([-value for value in by_class])

    agree = np.flatnonzero(evidence > 0)
    found = [log_odds(())]
    if len(agree) > 2:
        found.append(log_odds(agree))
    for one in SETS:
        if set(one.fields) <= set(agree.tolist()):
            found.append(log_odds(one.fields) + one.intercept + evidence[list(one.fields)] @ np.array(one.slopes))
    return min(max(found), most)


pairs_of_fields = st.lists(
    st.lists(st.tuples(st.sampled_from([0.0, 0.5, 2.0, 7.5]), st.booleans()), min_size=FIELDS, max_size=FIELDS),
    min_size=1,
    max_size=20,
)


@given(pairs_of_fields, st.sampled_from([-2.0, 0.0, 13.8]), st.integers(1, 30), st.booleans())
def test_it_is_the_largest_over_all_sets(made, most, at_once, compiled):
    evidence = np.array([[value for value, _ in pair] for pair in made])
    disagree = np.array([[apart and not value for value, apart in pair] for pair in made])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joint_evidence, "AT_ONCE", at_once)
        patch.setattr(joint_evidence, "FEWEST_PAIRS", 1 if compiled else 1_000)
        found = JOINT.largest(evidence, disagree, most)
    expected = [one_by_one(*pair, most) for pair in zip(evidence, disagree, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_a_pair_has_the_same_log_odds_alone_and_beside_others():
    evidence = generator.random((500, FIELDS)) * (generator.random((500, FIELDS)) > 0.4)
    disagree = (evidence == 0) & (generator.random((500, FIELDS)) > 0.5)
    together = JOINT.largest(evidence, disagree, 13.8)
    alone = [JOINT.largest(evidence[row : row + 1], disagree[row : row + 1], 13.8)[0] for row in range(100)]
    np.testing.assert_array_equal(together[:100], alone)


def test_many_pairs_have_the_log_odds_of_few_to_all_digits_that_are_kept():
    pairs = 3 * FEWEST_PAIRS
    evidence = generator.random((pairs, FIELDS)) * 9 * (generator.random((pairs, FIELDS)) > 0.4)
    disagree = (evidence == 0) & (generator.random((pairs, FIELDS)) > 0.5)
    few = [JOINT.largest(evidence[row : row + 100], disagree[row : row + 100], 13.8) for row in range(0, pairs, 100)]
    many = JOINT.largest(evidence, disagree, 13.8)
    np.testing.assert_allclose(many, np.concatenate(few), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(np.round(many, DECIMALS), np.round(np.concatenate(few), DECIMALS))


def test_no_pairs_have_no_log_odds():
    assert JOINT.largest(np.zeros((0, FIELDS)), np.zeros((0, FIELDS), dtype=bool), 1.0).shape == (0,)


def test_the_margin_is_between_the_kinds_and_the_classes():
    """One class with one kind is what it is; a second kind raises it, and a second class lowers it."""
    one = np.array([[1.0, -2.0]])
    np.testing.assert_allclose(margin(one, 1), one[0])
    assert (margin(np.vstack([one, one]), 1) > one[0]).all()
    assert (margin(np.vstack([one, one]), 2) < one[0]).all()
