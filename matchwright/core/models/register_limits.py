"""What the limits of register evidence do to the log-odds and scores of pairs.

A pair alone has at least the log-odds that the register says, and at most. Competing candidates are compared by what
each would have alone, within these limits. Where candidates are known, the least is shared with them: several
candidates may agree as much, and at most a few are right.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from matchwright.core.compare.competing_scores import LEADS, RANKS, SHARES
from matchwright.core.compare.frames import values_of
from matchwright.core.compare.names import CONTEXT, field_of
from matchwright.core.models.register_evidence import SMALLEST
from matchwright.core.spec.vocabulary import LEAST, LIMIT

Array = np.ndarray[Any, np.dtype[np.float64]]


def within_limits(log_odds: Array, limits: "np.ndarray[Any, np.dtype[Any]]") -> Array:
    """Log-odds of pairs alone, lowered to the most and raised to the least.

    Args:
        log_odds: shape (pairs,).
        limits: the most and the least, shape (pairs, 2); NaN where the register says nothing.
    """
    return np.asarray(np.fmin(np.fmax(log_odds, limits[:, 1]), limits[:, 0]), dtype=np.float64)


def within_register(log_odds: Array, comparisons: pd.DataFrame) -> Array:
    """:func:`within_limits` with the limits of comparisons, if there are any."""
    if LIMIT not in comparisons.columns:
        return log_odds
    return within_limits(log_odds, values_of(comparisons, (LIMIT, LEAST)))


def within_most(log_odds: Array, comparisons: pd.DataFrame) -> Array:
    """Log-odds of pairs alone, lowered to the most that the register says, if there is any."""
    if LIMIT not in comparisons.columns:
        return log_odds
    return np.asarray(np.fmin(log_odds, values_of(comparisons, (LIMIT,))[:, 0]), dtype=np.float64)


def limited(scores: Array, comparisons: pd.DataFrame) -> Array:
    """The scores between the least and the most that the register says; unchanged where it says nothing."""
    if LIMIT not in comparisons.columns:
        return scores
    limits = limits_of_scores(comparisons)
    return np.asarray(np.fmin(np.fmax(scores, limits[:, 1]), limits[:, 0]))


def limits_of_scores(comparisons: pd.DataFrame) -> Array:
    """The most and the least that a score can be, shape (pairs, 2); NaN where there is no such limit.

    Among competing candidates only the likeliest one has a least, and it shares it with the others. If the scorer does
    not compare candidates by their scores, only pairs alone have a least.
    """
    names = tuple(comparisons.columns)
    limits = np.clip(expit(values_of(comparisons, (LIMIT, LEAST)).astype(np.float64)), SMALLEST, 1 - SMALLEST)
    alone = np.isnan(values_of(comparisons, _context_of(names))).all(axis=1)
    if not alone.all():
        least = np.where(alone, limits[:, 1], np.nan)
        if SHARES[0] in names:
            least = np.where(likeliest(comparisons), shared(limits[:, 1], comparisons), least)
        limits[:, 1] = least
    return np.asarray(limits)


def shared(probabilities: Array, comparisons: pd.DataFrame) -> Array:
    """The probabilities of pairs alone, if at most one of the candidates of a record is right.

    Each candidate has its odds, and none of them has odds of 1: so a candidate that is hardly likely takes next to
    nothing from one that is nearly certain, and equally likely ones have equal shares. The sum of the others' odds is
    bounded by the sum of their probabilities, because none of them is likelier than the best.
    """
    alone = np.clip(probabilities, SMALLEST, 1 - SMALLEST)
    share, lead = (
        np.fmin.reduce(values_of(comparisons, names), axis=1).astype(np.float64) for names in (SHARES, LEADS)
    )
    rest = alone * (1 / np.maximum(share, SMALLEST) - 1)
    odds = alone / (1 - alone)
    others = rest * (1 + odds * np.exp(-lead))  # the best has odds of ``odds * exp(-lead)``
    return np.asarray(odds / (1 + odds + others))


def likeliest(comparisons: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """The pairs that no other candidate of their records beats, on any side on which candidates are known."""
    return np.asarray(np.fmax.reduce(values_of(comparisons, RANKS), axis=1) == 1)


@lru_cache
def _context_of(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if field_of(name) == CONTEXT)
