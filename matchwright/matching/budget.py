"""What the budget of candidates per record cut off, and what that may cost."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.candidates import CandidatePairs, RecordTable, pair_ranks
from matchwright.core.spec import MatchSpec
from matchwright.evaluation.wilson import wilson_interval
from matchwright.matching.deciding import Bands
from matchwright.matching.scoring import ScoredPairs

WORST = 0.25
"""This share of the ranks within the budget are the worst ones. Their pairs are most like those that were cut."""

Ranks = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class CutByBudget:
    """How many pairs the budget cut off, and an estimate of the matches among them.

    - ``most``: the candidates that a record may have.
    - ``pairs``: those cut off.
    - ``worst_pairs``, ``worst_matches``: the pairs of the worst ranks that were kept, and the matches among them.
    - ``unmatched``: the records that may still have a match, where a record has at most one; else None. Not more
      matches than these can have been cut off.
    - ``expected_matches``: those among the pairs cut off, if they match as often as the pairs of the worst ranks; None
      where no pair has such a rank. The pairs cut off rank worse, so it is more likely too high than too low.
    - ``matches_at_most``: the same, with the upper end of the 95% interval of that share.
    """

    most: int
    pairs: int
    worst_pairs: int
    worst_matches: int
    unmatched: int | None
    expected_matches: float | None
    matches_at_most: float | None


def ranks_of_kept(proposed: CandidatePairs, most: int, one_table: bool) -> Ranks:
    """The rank in its record of each pair that a budget keeps, from 1, shape (kept,).

    Args:
        proposed: all pairs, also those that the budget cuts off.
        most: the candidates that a record may have.
        one_table: whether one table is deduplicated.
    """
    ranks = pair_ranks(proposed, one_table)
    return ranks[ranks <= most]


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


def cut_by_budget(most: int, cut: int, ranks: Ranks, bands: Bands, unmatched: int | None) -> CutByBudget:
    """What the budget cut off.

    Args:
        most: the candidates that a record may have.
        cut: how many pairs were cut off.
        ranks: see :func:`ranks_of_kept`; empty where nothing was cut off.
        bands: of the pairs that were kept, shape (kept,).
        unmatched: see :func:`unmatched_records`.
    """
    worst = ranks > most * (1 - WORST)
    pairs = int(worst.sum())
    matches = int((bands[: len(ranks)][worst] == "match").sum())
    if not cut or not pairs:
        return CutByBudget(most, cut, pairs, matches, unmatched, None, None)
    bound = float("inf") if unmatched is None else unmatched
    expected, upper = (
        min(cut * share, bound) for share in (matches / pairs, float(wilson_interval(matches, pairs)[1]))
    )
    return CutByBudget(most, cut, pairs, matches, unmatched, round(expected, 1), round(upper, 1))
