"""What the budget of candidates per record cut off, and what that may cost."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.candidates import CandidatePairs, RecordTable, pair_ranks
from matchwright.core.spec import MatchSpec
from matchwright.evaluation.wilson import wilson_interval
from matchwright.matching.engine import Bands
from matchwright.matching.scored_pairs import ScoredPairs

WORST = 0.25
"""This share of the ranks within the budget are the worst ones. Their pairs are most like those that were cut."""

Counts = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Budgeted:
    """What a budget did to the pairs that were proposed.

    - ``ranks``: of each pair that is kept, in its record, from 1, shape (kept,); empty where nothing was cut off.
    - ``cut``: how many pairs were cut off, by the number of methods that proposed them, shape (methods + 1,).
    """

    ranks: Counts
    cut: Counts

    @classmethod
    def of(cls, proposed: CandidatePairs, within: CandidatePairs, most: int, one_table: bool) -> "Budgeted":
        """What a budget of ``most`` candidates per record does to all pairs; ``within`` are those that it keeps."""
        if len(within) == len(proposed):
            return cls(np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64))
        ranks = pair_ranks(proposed, one_table)
        methods = np.bitwise_count(proposed.methods[ranks > most]).astype(np.int64)
        return cls(ranks[ranks <= most], np.bincount(methods, minlength=1))


@dataclass(frozen=True)
class CutByBudget:
    """How many pairs the budget cut off, and an estimate of the matches among them.

    - ``most``: the candidates that a record may have.
    - ``pairs``: those cut off.
    - ``worst_pairs``, ``worst_matches``: the pairs of the worst ranks that were kept, and the matches among them.
    - ``unmatched``: the records that may still have a match, where a record has at most one; else None. Not more
      matches than these can have been cut off.
    - ``expected_matches``: those among the pairs cut off, if they match as often as the pairs of the worst ranks that
      as many methods proposed; None where no pair has such a rank.
    - ``matches_at_most``: the same, with the upper ends of the 95% intervals of these shares.
    """

    most: int
    pairs: int
    worst_pairs: int
    worst_matches: int
    unmatched: int | None
    expected_matches: float | None
    matches_at_most: float | None


def unmatched_records(table: RecordTable, scored: ScoredPairs, bands: Bands, spec: MatchSpec) -> int | None:
    """How many records may still have a match, where a record has at most one; None where it may have several."""
    if spec.multiplicity == "many_to_many":
        return None
    left, right = (ends[bands == "match"] for ends in (scored.left, scored.right))
    if spec.multiplicity == "one_to_many":
        return len(table.right) - len(np.unique(right))
    if table.one_table:
        return len(table.keys) - len(np.unique(np.concatenate([left, right])))
    return min(len(table.left) - len(np.unique(left)), len(table.right) - len(np.unique(right)))


def cut_by_budget(
    most: int, budgeted: Budgeted, pairs: CandidatePairs, bands: Bands, unmatched: int | None
) -> CutByBudget:
    """What the budget cut off.

    Args:
        most: the candidates that a record may have.
        budgeted: what the budget did.
        pairs: those that were kept.
        bands: of these pairs, and after them of any further ones.
        unmatched: see :func:`unmatched_records`.
    """
    worst = budgeted.ranks > most * (1 - WORST)
    of_worst = np.bitwise_count(pairs.methods[: len(worst)][worst]).astype(np.int64)
    matched = bands[: len(worst)][worst] == "match"
    cut, size = int(budgeted.cut.sum()), max(len(budgeted.cut), int(of_worst.max(initial=0)) + 1)
    counts = np.bincount(of_worst, minlength=size)
    matches = np.bincount(of_worst[matched], minlength=size)
    seen = int(counts.sum()), int(matches.sum())
    if not cut or not seen[0]:
        return CutByBudget(most, cut, *seen, unmatched, None, None)
    # pairs that several methods propose match more often; without one of their kind, all of the worst ranks stand in
    shares = np.where(counts > 0, matches / np.maximum(counts, 1), seen[1] / seen[0])
    bound = np.inf if unmatched is None else unmatched
    of_cut = np.pad(budgeted.cut, (0, size - len(budgeted.cut)))
    expected, upper = ((of_cut * each).sum() for each in (shares, wilson_interval(matches, counts)[1]))
    return CutByBudget(most, cut, *seen, unmatched, *(round(float(min(each, bound)), 1) for each in (expected, upper)))
