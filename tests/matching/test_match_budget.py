"""What the budget of candidates per record cut off, and what that may cost."""

from types import SimpleNamespace

import numpy as np
import pytest

from matchwright.core.candidates import CandidatePairs, pairs_within_budget
from matchwright.matching.budget import Budgeted, cut_by_budget, unmatched_records


def candidates(left, right, ranks, methods=None):
    ends = (np.array(side, dtype=np.int32) for side in (left, right))
    given = {"tfidf": np.array(ranks, dtype=np.int16)}
    masks = np.ones(len(left), dtype=np.int64) if methods is None else np.array(methods, dtype=np.int64)
    return CandidatePairs(*ends, methods=masks, names=("tfidf", "rule:a", "rule:b"), ranks=given)


@pytest.mark.parametrize("one_table", [False, True])
def test_the_ranks_are_those_of_the_pairs_that_are_kept(one_table):
    proposed = candidates([0, 0, 0, 1], [4, 5, 6, 6], [3, 1, 2, 1], [0b011, 1, 1, 1])
    kept = pairs_within_budget(proposed, 2, one_table)
    found = Budgeted.of(proposed, kept, 2, one_table)
    if one_table:  # the pair that ranks third in one record is the first of the other
        assert found.cut.sum() == len(found.ranks) == 0
        return
    assert kept.right.tolist() == [5, 6, 6]
    assert found.ranks.tolist() == [1, 2, 1]
    assert found.cut.tolist() == [0, 0, 1]  # one pair, of two methods


def test_without_a_cut_there_are_no_ranks():
    proposed = candidates([0, 0], [4, 5], [1, 2])
    found = Budgeted.of(proposed, proposed, 5, False)
    assert (found.ranks.tolist(), found.cut.tolist()) == ([], [0])


ALLOWED = 8  # candidates: the worst ranks are 7 and 8


def estimated(kept, cut, unmatched=None):
    """``kept`` are groups: how many pairs, how many of them match, their rank, and how many methods proposed them."""
    ranks = np.concatenate([np.full(pairs, rank) for pairs, _, rank, _ in kept])
    masks = np.concatenate([np.full(pairs, 2**methods - 1) for pairs, _, _, methods in kept])
    bands = np.concatenate([np.repeat(["match", "no_match"], [found, pairs - found]) for pairs, found, _, _ in kept])
    pairs = candidates(np.zeros(len(ranks)), np.arange(len(ranks)), ranks, masks)
    return cut_by_budget(ALLOWED, Budgeted(ranks, np.array(cut)), pairs, bands.astype(object), unmatched)


def test_the_pairs_cut_off_are_expected_to_match_as_often_as_those_with_the_worst_ranks():
    found = estimated([(60, 50, 1, 1), (20, 2, 7, 1), (20, 0, 8, 1)], [0, 1_000])
    assert (found.pairs, found.worst_pairs, found.worst_matches, found.expected_matches) == (1_000, 40, 2, 50.0)
    assert 100 < found.matches_at_most < 200


def test_pairs_of_several_methods_are_compared_with_pairs_of_as_many():
    kept = [(100, 0, 8, 1), (20, 5, 8, 2)]
    assert estimated(kept, [0, 40]).expected_matches == 0
    assert estimated(kept, [0, 40, 8]).expected_matches == 2.0
    # there is no kept pair of three methods, so all of the worst ranks stand in for it
    found = estimated(kept, [0, 0, 0, 24])
    assert (found.expected_matches, found.matches_at_most) == (1.0, 24.0)


def test_where_a_record_has_one_match_no_more_can_be_missed_than_records_without_one():
    found = estimated([(100, 90, 8, 1)], [0, 1_000], unmatched=10)
    assert (found.expected_matches, found.matches_at_most) == (10, 10)


def test_without_a_cut_or_without_comparable_pairs_nothing_is_estimated():
    assert estimated([(6, 3, 8, 1)], [0]).expected_matches is None
    found = estimated([(6, 3, 1, 1)], [0, 5])
    assert (found.pairs, found.expected_matches, found.matches_at_most) == (5, None, None)


@pytest.mark.parametrize(
    ("multiplicity", "one_table", "unmatched"),
    [("many_to_many", False, None), ("one_to_one", False, 1), ("one_to_many", False, 2), ("one_to_one", True, 3)],
)
def test_records_without_a_match(multiplicity, one_table, unmatched):
    """Two left records and three right ones, of which one pair matches."""
    everyone = np.arange(5)
    sides = (everyone, everyone) if one_table else (everyone[:2], everyone[2:])
    table = SimpleNamespace(keys=everyone, left=sides[0], right=sides[1], one_table=one_table)
    scored = SimpleNamespace(left=np.array([0, 1]), right=np.array([2, 3]))
    spec = SimpleNamespace(multiplicity=multiplicity)
    assert unmatched_records(table, scored, np.array(["match", "review"], dtype=object), spec) == unmatched
