"""Comparisons of numbers and calendar dates: float32 in [0, 1], NaN where a side is missing."""

from typing import cast

import numpy as np

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison, edit_similarities

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
    return pairing.each(_date_similarities, same=1.0)


def _date_similarities(left: list[str], right: list[str]) -> Comparison:
    swapped = [
        one != other and one == other[:4] + other[6:] + other[4:6] for one, other in zip(left, right, strict=True)
    ]
    return cast("Comparison", np.where(swapped, SWAPPED_DAY_MONTH, edit_similarities(left, right)))


def date_of_reduced_precision(pairing: Pairing) -> Comparison:
    """How far two dates agree if one of them may stand for a year or a month alone: 0, 1/3, 2/3 or 1.

    Where only the year of birth is known, many registers hold its 1 January; where only the month is known, they hold
    its first day. The value is 1 for equal dates, 2/3 for a first day and another day of the same month, and 1/3 for a
    1 January and another month of the same year.
    """
    return pairing.each(lambda left, right: np.array(list(map(_shared_precision, left, right))) / 3, same=1.0)


def _shared_precision(one: str, other: str) -> int:
    """How many of year, month and day two dates share, if one of them may have fewer; 0 if they contradict it."""
    if one == other:
        return 3
    if one[:6] == other[:6] and FIRST_DAY in (one[6:], other[6:]):
        return 2
    return 1 if one[:4] == other[:4] and FIRST_OF_JANUARY in (one[4:], other[4:]) else 0


def date_parts(pairing: Pairing) -> Comparison:
    """Share of year, month and day that are equal: 0, 1/3, 2/3 or 1."""
    return pairing.each(lambda left, right: list(map(_shared_parts, left, right)), same=1.0)


def _shared_parts(one: str, other: str) -> float:
    return ((one[:4] == other[:4]) + (one[4:6] == other[4:6]) + (one[6:] == other[6:])) / 3
