"""Precision constraints: how many pairs a band may take and still hold its precision, the search for that accounted for.

Whoever tries many thresholds and keeps the first whose bound holds is too often lucky. Here each
threshold is a hypothesis, "of the pairs taken no more than the precision constraint are right", tested by the exact
binomial tail (Clopper, Pearson 1934), and each next looser one only after the one before was rejected:
fixed-sequence testing, as in Angelopoulos, Bates, Candès, Jordan, Lei (2021), Learn Then Test. A chain
from the strictest threshold could end at its first wrong pair, so there are three, which start where
more pairs are taken and share the error among them. With the stated confidence all thresholds that are
rejected hold the precision constraint at once. Chains are laid by the scores alone, never by labels; labels are taken
for independent given the scores, under which the binomial tail is on the safe side (Hoeffding 1956).
"""

from dataclasses import dataclass
from math import ceil, log
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Counts = np.ndarray[Any, np.dtype[np.int64]]
STARTS = ((1, 0.5), (3, 0.25), (9, 0.25))
"""Where chains start, in multiples of the fewest pairs that can show the precision constraint, and their share of the error."""


@dataclass(frozen=True)
class Held:
    """How many of the highest scores may be taken, the lower bound of the share right there, and if that is shown."""

    taken: int
    bound: float
    met: bool


def hold_constraint(scores: Array, order: Array, right: Array, most: int, constraint: float, confidence: float) -> Held:
    """The most pairs that are shown to hold the precision constraint, no more than ``most``.

    Args:
        scores: shape (pairs,); equal scores are taken together.
        order: what ranks the pairs and owes nothing to the labels; ``scores`` must not fall in it.
        right: 1 where taking the pair is right, else 0.
        most: how many pairs of the highest scores other considerations would take; equal scores are not parted by it.
        constraint: the share that must be right; 0 demands nothing.
        confidence: over calibration splits.

    Returns:
        Where nothing is shown to hold the precision constraint, the number with the best bound.
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
    """How many pairs, all of them right, the shortest chain needs to show a precision constraint; None where no number does."""
    if constraint >= 1.0:
        return None
    multiple, share = STARTS[0]
    return multiple * ceil(log((1 - confidence) * share) / log(constraint)) if constraint > 0 else 0


def lower_bound(right: int, taken: int, error: float) -> float:
    """The exact one-sided lower bound of a share: below the true one but for ``error``. Clopper, Pearson (1934)."""
    return float(_lower_bounds(np.array([right]), np.array([taken]), error)[0])


def _lower_bounds(right: Counts, taken: Counts, error: float) -> Array:
    from scipy.stats import beta  # which serving can do without

    return np.where(right > 0, beta.ppf(error, np.maximum(right, 1), taken - right + 1), 0.0)


def _levels(taken: Counts, wrong: Counts, constraint: float, error: float) -> Array:
    """The error at which each threshold, strictest first, is rejected by a chain; 0 where none gets there."""
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
