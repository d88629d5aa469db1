"""What the budget of candidates per record cut off, and what that may cost."""

from types import SimpleNamespace

import numpy as np
import pytest

from matchwright.core.candidates import CandidatePairs, pairs_within_budget
from matchwright.matching.budget import cut_by_budget, ranks_of_kept, unmatched_records


def candidates(left, right, ranks):
    ends = (np.array(side, dtype=np.int32) for side in (left, right))
    given = {"tfidf": np.array(ranks, dtype=np.int16)}
    return CandidatePairs(*ends, methods=np.ones(len(left), dtype=np.int64), names=("tfidf",), ranks=given)


@pytest.mark.parametrize("one_table", [False, True])
def test_the_ranks_are_those_of_the_pairs_that_are_kept(one_table):
    proposed = candidates([0, 0, 0, 1], [4, 5, 6, 6], [3, 1, 2, 1])
    kept = pairs_within_budget(proposed, 2, one_table)
    ranks = ranks_of_kept(proposed, 2, one_table)
    assert len(ranks) == len(kept)
    assert ranks.max() <= 2
    if not one_table:
        assert kept.right.tolist() == [5, 6, 6]
        assert ranks.tolist() == [1, 2, 1]


def bands_of(matches, others):
    return np.array(["match"] * matches + ["no_match"] * others, dtype=object)


def test_the_pairs_cut_off_are_expected_to_match_as_often_as_those_with_the_worst_ranks():
    # 8 candidates allowed: the worst ranks are 7 and 8. 2 of their 40 pairs match.
    ranks = np.r_[np.full(60, 1), np.full(20, 7), np.full(20, 8)]
    bands = np.r_[bands_of(50, 10), bands_of(2, 18), bands_of(0, 20)]
    found = cut_by_budget(8, 1_000, ranks, bands, None)
    assert (found.worst_pairs, found.worst_matches, found.expected_matches) == (40, 2, 50.0)
    assert 100 < found.matches_at_most < 200


def test_where_a_record_has_one_match_no_more_can_be_missed_than_records_without_one():
    found = cut_by_budget(1, 1_000, np.ones(100, dtype=np.int64), bands_of(90, 10), 10)
    assert (found.expected_matches, found.matches_at_most) == (10, 10)


def test_without_a_cut_or_without_comparable_pairs_nothing_is_estimated():
    assert cut_by_budget(8, 0, np.zeros(0), bands_of(3, 3), None).expected_matches is None
    found = cut_by_budget(8, 5, np.ones(6), bands_of(3, 3), None)
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
