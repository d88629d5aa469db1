"""Precision constraints: how many pairs a band may take and still keep its precision.

Trying many thresholds and keeping one whose bound holds would succeed too often by luck. So each threshold is a
hypothesis: "the share of right pairs among those taken is at most the constraint". An exact binomial test decides on
it (Clopper, Pearson 1934). Thresholds are tested from strict to loose, and a chain of tests ends at the first
hypothesis that is not rejected. This is fixed-sequence testing, as in Angelopoulos, Bates, Candès, Jordan, Lei (2021),
Learn Then Test.

One wrong pair at the strictest threshold could end a chain at once. So there are three chains. They start at
different numbers of pairs and share the error. All rejected thresholds then keep the constraint together, with the
stated confidence. The order of tests depends on the scores only, never on labels. Labels are assumed independent given
the scores; the binomial test is then conservative (Hoeffding 1956).
"""

from dataclasses import dataclass
from math import ceil, log
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Counts = np.ndarray[Any, np.dtype[np.int64]]
STARTS = ((1, 0.5), (3, 0.25), (9, 0.25))
"""Per chain: its start, in multiples of the fewest pairs that can show the constraint, and its share of the error."""


@dataclass(frozen=True)
class Held:
    """How many pairs of the highest scores may be taken.

    ``bound`` is the lower bound of the share of right pairs among them. ``met`` says whether the constraint is shown.
    """

    taken: int
    bound: float
    met: bool


def hold_constraint(scores: Array, order: Array, right: Array, most: int, constraint: float, confidence: float) -> Held:
    """The largest number of pairs, at most ``most``, that is shown to keep the precision constraint.

    Args:
        scores: shape (pairs,); equal scores are taken together.
        order: ranks the pairs without using the labels, shape (pairs,). ``scores`` must never fall as it rises.
        right: 1 where taking the pair is right, else 0.
        most: the most pairs to take, from the highest scores down. It must not separate equal scores.
        constraint: the share that must be right; 0 demands nothing.
        confidence: over calibration splits.

    Returns:
        The number with the best bound if no number is shown to keep the constraint.
    """
    error = 1 - confidence
    ranked = np.argsort(-order, kind="stable")
    taken, good = np.arange(1, len(scores) + 1), np.cumsum(right[ranked]).astype(np.int64)
    if constraint == 0.0 or not most:
        return Held(most, lower_bound(int(good[most - 1]) if most else 0, most, error), constraint == 0.0)
    parted = np.r_[np.diff(order[ranked]) != 0, True]
    level = np.zeros(len(scores))
    level[parted] = _levels(taken[parted], (taken - good)[parted], constraint, error)
    usable = np.r_[np.diff(scores[ranked]) != 0, True] & (taken <= most)
    shown = np.flatnonzero(usable & (level > 0))
    if len(shown):
        last = shown[-1]
        return Held(int(taken[last]), lower_bound(int(good[last]), int(taken[last]), float(level[last])), True)
    indices = np.flatnonzero(usable)
    bounds = _lower_bounds(good[indices], taken[indices], error)
    best = int(bounds.argmax())
    return Held(int(taken[indices[best]]), float(bounds[best]), False)


def fewest_to_show(constraint: float, confidence: float) -> int | None:
    """How many pairs, all of them right, show a precision constraint; None where no number is enough."""
    if constraint >= 1.0:
        return None
    multiple, share = STARTS[0]
    return multiple * ceil(log((1 - confidence) * share) / log(constraint)) if constraint > 0 else 0


def lower_bound(right: int, taken: int, error: float) -> float:
    """The exact one-sided lower bound of a share; it is too high with probability ``error`` (Clopper, Pearson 1934)."""
    return float(_lower_bounds(np.array([right]), np.array([taken]), error)[0])


def _lower_bounds(right: Counts, taken: Counts, error: float) -> Array:
    from scipy.stats import beta  # imported here because serving does not need it

    return np.where(right > 0, beta.ppf(error, np.maximum(right, 1), taken - right + 1), 0.0)


def _levels(taken: Counts, wrong: Counts, constraint: float, error: float) -> Array:
    """The error at which a chain rejects each threshold, strictest first; 0 where no chain rejects it."""
    from scipy.stats import binom

    level = np.zeros(len(taken))
    if constraint == 1.0:  # no finite number of pairs shows it
        return level
    tail = binom.cdf(wrong, taken, 1 - constraint)
    for multiple, share in STARTS:
        fewest = multiple * ceil(log(error * share) / log(constraint))
        start = int(np.searchsorted(taken, fewest))
        stops = np.flatnonzero(tail[start:] > error * share)
        end = start + int(stops[0]) if len(stops) else len(taken)
        level[start:end] = np.maximum(level[start:end], error * share)
    return level
