"""Comparisons of numbers and calendar dates: float32 in [0, 1], NaN where a side is missing."""

from typing import cast

import numpy as np

from matchwright.core.compare.strings import Comparison, Strings, levenshtein, present

SWAPPED_DAY_MONTH = np.float32(0.9)


def relative(left: Strings, right: Strings) -> Comparison:
    """One less the absolute difference over the larger magnitude; 1 where both are 0, 0 where the signs differ."""
    one, other = left.astype(np.float64), right.astype(np.float64)
    largest = np.maximum(np.abs(one), np.abs(other))
    with np.errstate(invalid="ignore", divide="ignore"):
        closeness = np.clip(1.0 - np.abs(one - other) / largest, 0.0, 1.0)
    return np.where(largest == 0, 1.0, closeness).astype(np.float32)


def exact_number(left: Strings, right: Strings) -> Comparison:
    """1 where the numbers are equal, else 0."""
    one, other = left.astype(np.float64), right.astype(np.float64)
    known = ~(np.isnan(one) | np.isnan(other))
    return np.where(known, (one == other).astype(np.float32), np.float32(np.nan)).astype(np.float32)


def date_similarity(left: Strings, right: Strings, alike: bool) -> Comparison:
    """Edit similarity of ``YYYYMMDD``; 0.9 where day and month are swapped."""
    similarity = levenshtein(left, right, alike)
    rows = np.flatnonzero(present(left, right) & (similarity < 1))
    for row in rows:
        one, other = cast("str", left[row]), cast("str", right[row])
        if one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]:
            similarity[row] = SWAPPED_DAY_MONTH
    return similarity
