"""The further pairs that neighbours propose, and the scores with what neighbours add, over a whole register."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.candidates import CandidatePairs
from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.models.neighbours import Neighbours, further_candidates
from matchwright.core.models.neighbours.model import Each, one_by_one
from matchwright.matching.scored_pairs import Numbers, Positions, Rows, ScoredPairs

Evidence = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Considered:
    """The pairs that neighbours look at.

    - ``rows``: their numbers, rising, shape (considered,).
    - ``unlimited``: their scores without the limit of register evidence.
    - ``evidence``: of :func:`~matchwright.core.models.neighbours.pair_evidence`, shape (considered, names).
    """

    rows: Rows
    unlimited: Numbers
    evidence: Evidence


@dataclass(frozen=True)
class Further:
    """The further pairs, with their scores as pairs alone; each array has the shape (further pairs, ...)."""

    left: Positions
    right: Positions
    scores: Numbers
    unlimited: Numbers
    evidence: Evidence


def further_pairs(pairs: CandidatePairs, predicted: Rows) -> tuple[Positions, Positions]:
    """The pairs of records with a common predicted match that are no candidates.

    Args:
        pairs: the candidates.
        predicted: the numbers of those that the scorer predicts to match, rising.
    """
    ends = further_candidates(pairs.left[predicted], pairs.right[predicted], np.zeros(len(predicted)))
    left, right = (np.asarray(end, dtype=np.int32) for end in ends)
    unknown = ~pairs.hold(left, right)
    return left[unknown], right[unknown]


def moved_by_neighbours(
    pairs: CandidatePairs,
    scores: Numbers,
    considered: Considered,
    further: Further,
    neighbours: Neighbours,
    made: Callable[[Callable[[], Any]], Any],
    each: Each = one_by_one,
) -> ScoredPairs:
    """The scores with what neighbours change, and the further pairs.

    Args:
        pairs: the candidates.
        scores: of the candidates, as pairs without neighbours.
        considered: the candidates that neighbours look at. They look at all further pairs.
        further: the further pairs.
        neighbours: of the bundle.
        made: keeps what neighbours add, or gives what an earlier try has kept.
        each: see :meth:`~matchwright.core.models.neighbours.Neighbours.contributions`.
    """
    left, right = np.concatenate([pairs.left, further.left]), np.concatenate([pairs.right, further.right])
    scores = np.concatenate([scores, further.scores])
    rows = np.concatenate([considered.rows, np.arange(len(pairs), len(left))])
    unlimited = np.concatenate([considered.unlimited, further.unlimited])
    evidence = np.concatenate([considered.evidence, further.evidence])
    added = made(lambda: neighbours.contributions(left[rows], right[rows], scores[rows], unlimited, evidence, each))
    moved = np.flatnonzero(added)
    rows, by = rows[moved], np.array(added[moved])
    scores[rows] = with_neighbours(scores[rows], by)
    return ScoredPairs(left, right, scores, len(pairs), rows, by)
