"""The sample of a register in which half of the persons have moved: they disagree in the whole address."""

import numpy as np
import pytest

from matchwright.training.register_evidence.register import Register
from matchwright.training.register_evidence.sample import MOST_DISAGREEING, sample_pairs

PERSONS, NAMES, PLACES = 400, 40, 20
FIELDS = 2 + MOST_DISAGREEING + 1
"""Two names, and an address of more parts than disagree in any set that is drawn by chance."""


@pytest.fixture(scope="module")
def register():
    generator = np.random.default_rng(3)
    names = generator.integers(NAMES, size=(PERSONS, 2))
    place, other = (generator.integers(PLACES, size=PERSONS) for _ in range(2))
    moved = np.where(np.arange(PERSONS) % 2 == 0, place, (place + 1 + other % (PLACES - 1)) % PLACES)
    before, after = (np.column_stack([names, *[where] * (FIELDS - 2)]) for where in (place, moved))
    person = np.arange(PERSONS)
    return Register(
        codes=np.concatenate([before, after]),
        left=person,
        right=PERSONS + person,
        scale=1.0,
        one_table=False,
        true=person * 2 * PERSONS + PERSONS + person,
    )


@pytest.fixture(scope="module")
def pairs(register):
    return sample_pairs(register, lambda left, right: register.codes[left] != register.codes[right], seed=1)


def known(fields):
    return np.isin(np.arange(FIELDS), fields)


def test_pairs_that_disagree_in_the_whole_address_are_drawn(pairs):
    whole = (pairs.disagree == known(range(2, FIELDS))).all(axis=1)
    agree = {tuple(np.flatnonzero(row)) for row in np.unique(pairs.agree[whole], axis=0)}
    assert agree == {(0,), (1,), (0, 1)}


@pytest.mark.parametrize("names", [(0,), (0, 1)])
def test_the_weights_restore_the_share_of_matches_among_them(register, pairs, names):
    chosen = (pairs.agree == known(names)).all(axis=1) & (pairs.disagree == known(range(2, FIELDS))).all(axis=1)
    stated = pairs.weight[chosen & pairs.match].sum() / pairs.weight[chosen].sum()
    left, right = (np.repeat(np.arange(PERSONS), PERSONS), np.tile(PERSONS + np.arange(PERSONS), PERSONS))
    same = register.codes[left] == register.codes[right]
    such = same[:, names].all(axis=1) & ~same[:, 2:].any(axis=1)
    assert stated == pytest.approx((right[such] - PERSONS == left[such]).mean(), rel=0.1)


def test_the_larger_a_set_the_less_it_counts_for_few_matches(pairs):
    """The share of matches that have moved is a half: its root counts for few fields, and less of it for more."""
    weight = [
        pairs.weight[(pairs.agree == known((0, 1))).all(axis=1) & (pairs.disagree.sum(axis=1) == size) & pairs.match]
        for size in (0, FIELDS - 2)
    ]
    assert [each.sum() for each in weight] == pytest.approx([1.0, 0.5**0.75], rel=0.01)
