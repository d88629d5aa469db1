"""Comparisons of numbers and calendar dates: float32 in [0, 1], NaN where a side is missing."""

from typing import Any, cast

import numpy as np

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison, edit_similarities

SWAPPED_DAY_MONTH = np.float32(0.9)
YEAR, MONTH, DAY = slice(0, 4), slice(4, 6), slice(6, 8)
SWAPPED = [0, 1, 2, 3, 6, 7, 4, 5]
FIRST = np.array([ord("0"), ord("1")], dtype=np.uint32)
"""The characters of the first month and of the first day."""

Characters = np.ndarray[Any, np.dtype[np.uint32]]


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
    one, other = _characters(left), _characters(right)
    swapped = (one[:, SWAPPED] == other).all(axis=1) & (one != other).any(axis=1)
    return cast("Comparison", np.where(swapped, SWAPPED_DAY_MONTH, edit_similarities(left, right)))


def date_of_reduced_precision(pairing: Pairing) -> Comparison:
    """How far two dates agree if one of them may stand for a year or a month alone: 0, 1/3, 2/3 or 1.

    Where only the year of birth is known, many registers hold its 1 January; where only the month is known, they hold
    its first day. The value is 1 for equal dates, 2/3 for a first day and another day of the same month, and 1/3 for a
    1 January and another month of the same year.
    """
    return pairing.each(_shared_precision, same=1.0)


def _shared_precision(left: list[str], right: list[str]) -> Comparison:
    one, other = _characters(left), _characters(right)
    year, month, day = (equal.astype(bool) for equal in _equal_parts(one, other))
    first_day = (one[:, DAY] == FIRST).all(axis=1) | (other[:, DAY] == FIRST).all(axis=1)
    first_month = _is_first_of_january(one) | _is_first_of_january(other)
    shared = np.select([year & month & day, year & month & first_day, year & first_month], [3, 2, 1], 0)
    return cast("Comparison", shared / 3)


def _is_first_of_january(dates: Characters) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    return np.asarray((dates[:, MONTH] == FIRST).all(axis=1) & (dates[:, DAY] == FIRST).all(axis=1))


def date_parts(pairing: Pairing) -> Comparison:
    """Share of year, month and day that are equal: 0, 1/3, 2/3 or 1."""
    return pairing.each(_shared_parts, same=1.0)


def _shared_parts(left: list[str], right: list[str]) -> Comparison:
    year, month, day = _equal_parts(_characters(left), _characters(right))
    return cast("Comparison", (year + month + day) / 3)


def _equal_parts(one: Characters, other: Characters) -> "list[np.ndarray[Any, np.dtype[np.int64]]]":
    """1 where the year, the month and the day of two dates are equal, else 0."""
    same = one == other
    return [same[:, part].all(axis=1).astype(np.int64) for part in (YEAR, MONTH, DAY)]


def _characters(dates: list[str]) -> Characters:
    """The digits of dates in normal form, shape (dates, 8)."""
    return np.array(dates, dtype="U8").view(np.uint32).reshape(-1, 8)
