"""How many suggestions are right, by fields that had no part in choosing them.

A witness is a field that is left out of the score. Matches agree in it with some probability, and pairs that are no
match with a smaller one. So the share of agreement among pairs says how many of them match:

    share of matches = (agreement - agreement of no matches) / (agreement of matches - agreement of no matches)

The first probability is measured on the pairs with the highest scores, and the second on the pairs just below those
that may match. The additive score of a pair without a field is its score less what the field adds. The formula takes
the witness and the other fields as independent, given whether the pair matches. No field is so exactly, so several
witnesses are asked, and the middle one is believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Ranks = np.ndarray[Any, np.dtype[np.int64]]

SUREST = 0.1
"""The share of the likely pairs that are taken as matches, those with the highest scores."""
BELOW = 2
"""As many times the likely pairs are taken as no matches, those that follow them."""
FEWEST = 50
"""The fewest pairs in which a share of agreement is measured."""
LEAST_APART = 0.2
"""A witness in which matches do not agree so much more often than other pairs says too little."""
OFTEN = 0.5
"""From this share of agreement on, a field agrees often."""
STANDARD_ERRORS = 2.0
"""A share that is not so many standard errors above 0 counts as 0."""


@dataclass(frozen=True)
class Witness:
    """A field that is left out of the score.

    - ``field``: its name.
    - ``log_odds``: of each pair, without the field, shape (pairs,).
    - ``agrees``: 1 where the pair agrees in the field, 0 where it does not, NaN where a record lacks it.
    """

    field: str
    log_odds: Numbers
    agrees: Numbers


@dataclass(frozen=True)
class Testimony:
    """What one witness says: the share of matches among the pairs of each range of ranks, each within 0 and 1."""

    field: str
    shares: Numbers


def testimony_of(witness: Witness, likely: int, edges: Sequence[int]) -> Testimony | None:
    """The share of matches in ranges of ranks; None if the witness says too little.

    Args:
        witness: of all candidates.
        likely: how many candidates may match.
        edges: the ranks between the ranges, from 0 up, one more than there are ranges.
    """
    agrees = _by_rank(witness)
    of_matches, of_others = _surest_and_others(agrees, likely)
    if of_matches is None or of_others is None or of_matches - of_others < LEAST_APART:
        return None
    shares = [_share(agrees[start:stop]) for start, stop in pairwise(edges)]
    if any(share is None for share in shares):
        return None
    agreeing = np.array(shares, dtype=np.float64)
    counts = np.array([_known(agrees[start:stop]) for start, stop in pairwise(edges)])
    errors = np.sqrt(
        agreeing * (1 - agreeing) / counts + of_others * (1 - of_others) / _known(agrees[likely : (1 + BELOW) * likely])
    )
    more = agreeing - of_others
    found = np.where(more > STANDARD_ERRORS * errors, more, 0.0) / (of_matches - of_others)
    return Testimony(witness.field, np.clip(found, 0.0, 1.0))


def can_be_asked(witness: Witness, likely: int) -> bool:
    """Whether enough of the pairs with the highest scores have a value of the field in both records."""
    return _share(_by_rank(witness)[: _surest(likely)]) is not None


def agrees_often(witness: Witness, likely: int) -> bool | None:
    """Whether the pairs with the highest scores often agree in a field, although hardly more often than those below.

    None where they agree more often, or where that cannot be told.
    """
    of_matches, of_others = _surest_and_others(_by_rank(witness), likely)
    if of_matches is None or of_others is None or of_matches - of_others >= LEAST_APART:
        return None
    return of_matches >= OFTEN


def _by_rank(witness: Witness) -> Numbers:
    return witness.agrees[np.argsort(-witness.log_odds, kind="stable")]


def _surest_and_others(agrees: Numbers, likely: int) -> tuple[float | None, float | None]:
    return _share(agrees[: _surest(likely)]), _share(agrees[likely : (1 + BELOW) * likely])


def _surest(likely: int) -> int:
    return max(round(SUREST * likely), FEWEST)


def _known(agrees: Numbers) -> int:
    return int((~np.isnan(agrees)).sum())


def _share(agrees: Numbers) -> float | None:
    known = agrees[~np.isnan(agrees)]
    return float(known.mean()) if len(known) >= min(FEWEST, max(len(agrees) // 4, 10)) else None
