"""Comparisons of numbers and calendar dates: float32 in [0, 1], NaN where a side is missing."""

import numpy as np

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison, levenshtein

SWAPPED_DAY_MONTH = np.float32(0.9)
FIRST_DAY, FIRST_OF_JANUARY = "01", "0101"


def relative(pairing: Pairing) -> Comparison:
    """1 minus the absolute difference over the larger magnitude; 1 where both are 0, 0 where the signs differ."""
    one, other = pairing.left.astype(np.float64), pairing.right.astype(np.float64)
    largest = np.maximum(np.abs(one), np.abs(other))
    with np.errstate(invalid="ignore", divide="ignore"):
        closeness = np.clip(1.0 - np.abs(one - other) / largest, 0.0, 1.0)
    return np.where(largest == 0, 1.0, closeness).astype(np.float32)


def exact_number(pairing: Pairing) -> Comparison:
    """1 where the numbers are equal, else 0."""
    one, other = pairing.left.astype(np.float64), pairing.right.astype(np.float64)
    return np.where(pairing.both, one == other, np.nan).astype(np.float32)


def date_similarity(pairing: Pairing) -> Comparison:
    """Edit similarity of ``YYYYMMDD``; 0.9 where day and month are swapped."""
    similarity = levenshtein(pairing)
    if pairing.any:
        pairs = pairing.distinct
        swapped = [
            one != other and one == other[:4] + other[6:] + other[4:6]
            for one, other in zip(pairs.left, pairs.right, strict=True)
        ]
        rows = np.array(swapped, dtype=bool)
        similarity[np.flatnonzero(pairing.both)[rows if pairs.index is None else rows[pairs.index]]] = SWAPPED_DAY_MONTH
    return similarity


def date_of_reduced_precision(pairing: Pairing) -> Comparison:
    """How far two dates agree if one of them may stand for a year or a month alone: 0, 1/3, 2/3 or 1.

    Where only the year of birth is known, many registers hold its 1 January; where only the month is known, they hold
    its first day. The value is 1 for equal dates, 2/3 for a first day and another day of the same month, and 1/3 for a
    1 January and another month of the same year.
    """
    result = np.full(len(pairing), np.nan, dtype=np.float32)
    pairs = pairing.distinct
    values = np.array(list(map(_shared_precision, pairs.left, pairs.right)), dtype=np.float32) / 3
    result[pairing.both] = values if pairs.index is None else values[pairs.index]
    return result


def _shared_precision(one: str, other: str) -> int:
    """How many of year, month and day two dates share, if one of them may have fewer; 0 if they contradict it."""
    if one == other:
        return 3
    if one[:6] == other[:6] and FIRST_DAY in (one[6:], other[6:]):
        return 2
    return 1 if one[:4] == other[:4] and FIRST_OF_JANUARY in (one[4:], other[4:]) else 0


def date_parts(pairing: Pairing) -> Comparison:
    """Share of year, month and day that are equal: 0, 1/3, 2/3 or 1."""
    result = np.full(len(pairing), np.nan, dtype=np.float32)
    pairs = pairing.distinct
    same = [
        ((one[:4] == other[:4]) + (one[4:6] == other[4:6]) + (one[6:] == other[6:])) / 3
        for one, other in zip(pairs.left, pairs.right, strict=True)
    ]
    values = np.array(same, dtype=np.float32)
    result[pairing.both] = values if pairs.index is None else values[pairs.index]
    return result
