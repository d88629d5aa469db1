"""One field of row-aligned pairs: its normal forms on both sides, and where both are there."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd

from matchwright.core.records.columns import Columns

Strings = np.ndarray[Any, Any]
Rows = np.ndarray[Any, np.dtype[np.bool_]]
Codes = np.ndarray[Any, np.dtype[np.int64]]

FEWEST_FOR_DISTINCT = 64
"""Pairs below which looking for equal ones takes longer than comparing them again."""


@dataclass(frozen=True)
class DistinctPairs:
    """The pairs of values that are compared; row ``i`` is pair ``place[i]``, or pair ``i`` where it is None."""

    left: list[str]
    right: list[str]
    index: np.ndarray[Any, np.dtype[np.intp]] | None


@dataclass(frozen=True)
class Numbered:
    """Both sides' values as numbers of the distinct ``values``, -1 where missing."""

    left: Codes
    right: Codes
    values: Strings


@dataclass(frozen=True)
class Pairing:
    """Both sides' values of one column; a missing string is None.

    ``alike`` sources are put in a fixed order before strings are compared, because Jaro-Winkler's
    greedy matching is not symmetric in every corner.
    """

    left: Strings
    right: Strings
    left_missing: Rows
    right_missing: Rows
    alike: bool
    numbered: Numbered | None = None

    @classmethod
    def of(cls, left: Columns, right: Columns, column: str, alike: bool) -> "Pairing":
        """The column of row-aligned record features."""
        if left[column].dtype == object and len(left[column]) >= FEWEST_FOR_DISTINCT:
            numbered = _numbered(left[column], right[column])
            missing = numbered.left < 0, numbered.right < 0
            return cls(left[column], right[column], *missing, alike, numbered)
        one, one_missing = _values(left[column])
        other, other_missing = _values(right[column])
        return cls(one, other, one_missing, other_missing, alike)

    @cached_property
    def both(self) -> Rows:
        """Rows where both sides have a value."""
        return ~(self.left_missing | self.right_missing)

    @cached_property
    def any(self) -> bool:
        """Whether there is such a row."""
        return bool(self.both.any())

    @cached_property
    def equal(self) -> Rows:
        """Rows with the same value on both sides (as are those where both are missing)."""
        if self.numbered is not None:
            return cast("Rows", self.numbered.left == self.numbered.right)
        return cast("Rows", (self.left == self.right).astype(bool))

    @cached_property
    def distinct(self) -> DistinctPairs:
        """The rows of :attr:`both` as pairs of strings, each once where there are many."""
        if self.numbered is None:
            return DistinctPairs(*self._in_order(self.left[self.both], self.right[self.both]), None)
        first, second, values = self.numbered.left[self.both], self.numbered.right[self.both], self.numbered.values
        if self.alike:
            first, second = np.minimum(first, second), np.maximum(first, second)
        index, pairs = pd.factorize(first * len(values) + second)
        return DistinctPairs(*self._in_order(values[pairs // len(values)], values[pairs % len(values)]), index)

    @cached_property
    def present(self) -> Numbered:
        """The rows of :attr:`both` alone, their values numbered; texts are taken apart once each."""
        if self.numbered is not None and bool(self.both.all()):
            return self.numbered
        return _numbered(self.left[self.both], self.right[self.both])

    def _in_order(self, one: Strings, other: Strings) -> tuple[list[str], list[str]]:
        if self.alike:
            swap = one > other
            one, other = np.where(swap, other, one), np.where(swap, one, other)
        return one.tolist(), other.tolist()


def numbered_values(pairing: Pairing) -> Numbered:
    """Both sides' values as numbers of distinct ones, however few or of whatever type."""
    return pairing.numbered or _numbered(pairing.left, pairing.right)


def _numbered(left: Strings, right: Strings) -> Numbered:
    codes, values = pd.factorize(np.concatenate([left, right]))
    codes = codes.astype(np.int64)
    return Numbered(codes[: len(left)], codes[len(left) :], values)


def _values(values: Strings) -> tuple[Strings, Rows]:
    missing = pd.isna(values)
    # online stores hand back NaN for a missing string: None is the one form of missing here
    if values.dtype == object and missing.any():
        values = values.copy()
        values[missing] = None
    return values, missing
