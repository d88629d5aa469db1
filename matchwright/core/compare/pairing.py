"""One field of row-aligned pairs: its normal forms on both sides, and the rows in which both are known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd

from matchwright.core.records.columns import Columns
from matchwright.core.records.numbered import Values, numbers_of_both

Strings = np.ndarray[Any, Any]
Rows = np.ndarray[Any, np.dtype[np.bool_]]
Codes = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]

FEWEST_FOR_DISTINCT = 64
"""With fewer pairs, searching for equal pairs takes longer than comparing each pair."""


FEW = 8
"""With so few values, looking at each takes less time than preparing to look at all of them."""


@dataclass(frozen=True)
class DistinctPairs:
    """Pairs of values to compare. The ``i``-th of ``rows`` has pair ``index[i]``."""

    left: list[str]
    right: list[str]
    rows: Rows
    index: np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class Numbered:
    """The values of both sides as numbers into the distinct ``values``, -1 where missing."""

    left: Codes
    right: Codes
    values: Strings

    def compact(self, rows: Rows | None = None) -> "Numbered":
        """The same with only those values that occur; of some of the rows, if they are given."""
        left, right = (self.left, self.right) if rows is None else (self.left[rows], self.right[rows])
        codes, used = pd.factorize(np.concatenate([left, right, [-1]]))
        missing = codes[-1]
        codes = np.where(codes == missing, -1, codes - (codes > missing))
        values = self.values[used[used >= 0]]
        return Numbered(codes[: len(left)], codes[len(left) : -1], values)


@dataclass(frozen=True)
class Pairing:
    """The values of both sides in one column; a missing string is None.

    ``both`` is true for rows in which both sides have a value, and ``any`` says whether there is such a row.

    If the sources are ``alike``, the two strings are put in a fixed order before they are compared. Jaro-Winkler is
    not always symmetric.
    """

    alike: bool
    left_missing: Rows
    right_missing: Rows
    given: tuple[Strings, Strings] | None
    numbered: Numbered | None = None
    both: Rows = field(init=False)
    any: bool = field(init=False)

    def __post_init__(self) -> None:
        both = ~(self.left_missing | self.right_missing)
        object.__setattr__(self, "both", both)
        object.__setattr__(self, "any", bool(both.any()))

    def __len__(self) -> int:
        return len(self.both)

    @classmethod
    def of(cls, left: Columns, right: Columns, column: str, alike: bool) -> "Pairing":
        """The column of row-aligned record features."""
        return cls.across(left, column, right, column, alike)

    @classmethod
    def across(cls, left: Columns, one: str, right: Columns, other: str, alike: bool) -> "Pairing":
        """Column ``one`` of the left records and column ``other`` of the right records."""
        if (numbers := numbers_of_both(left, one, right, other)) is not None:
            numbered = Numbered(*numbers)
            return cls(alike, numbered.left < 0, numbered.right < 0, None, numbered)
        first, second = left[one], right[other]
        if first.dtype == object and len(first) >= FEWEST_FOR_DISTINCT:
            numbered = _numbered(first, second)
            return cls(alike, numbered.left < 0, numbered.right < 0, (first, second), numbered)
        first, first_missing = _values(first)
        second, second_missing = _values(second)
        return cls(alike, first_missing, second_missing, (first, second))

    @cached_property
    def left(self) -> Strings:
        """The values of the left side, shape (pairs,)."""
        return self.given[0] if self.given is not None else self._of_numbers("left")

    @cached_property
    def right(self) -> Strings:
        """The values of the right side, shape (pairs,)."""
        return self.given[1] if self.given is not None else self._of_numbers("right")

    @cached_property
    def equal(self) -> Rows:
        """True for rows with the same value on both sides, or with none on both."""
        if self.numbered is not None:
            return cast("Rows", self.numbered.left == self.numbered.right)
        return cast("Rows", (self.left == self.right).astype(bool))

    def each(
        self, compute: Callable[[list[str], list[str]], "Sequence[float] | Strings"], same: float | None = None
    ) -> "np.ndarray[Any, np.dtype[np.float32]]":
        """One value per row, NaN where a side is missing. If there are many rows, equal pairs are computed once.

        Args:
            compute: from the two values of each of some pairs to one number for each pair.
            same: what it gives for two equal values; None if that depends on the value.
        """
        if not self.any:
            return np.full(len(self), np.nan, dtype=np.float32)
        if self.numbered is None:
            values = np.asarray(compute(*self._few_in_order()), dtype=np.float32)
            return values if len(values) == len(self) else self._placed(self.both, values)
        pairs = self._distinct if same is None else self._unequal
        found = np.asarray(compute(pairs.left, pairs.right), dtype=np.float32)
        result = self._placed(pairs.rows, found[pairs.index])
        if same is not None:
            result[self.both & self.equal] = same
        return result

    @cached_property
    def _distinct(self) -> DistinctPairs:
        """The rows of :attr:`both`."""
        return self._distinct_of(self.both)

    @cached_property
    def _unequal(self) -> DistinctPairs:
        """The rows of :attr:`both` in which the values differ."""
        return self._distinct_of(self.both & ~self.equal)

    def _distinct_of(self, rows: Rows) -> DistinctPairs:
        assert self.numbered is not None
        first, second, values = self.numbered.left[rows], self.numbered.right[rows], self.numbered.values
        if self.alike:
            first, second = np.minimum(first, second), np.maximum(first, second)
        index, pairs = pd.factorize(first.astype(np.int64) * len(values) + second)
        return DistinctPairs(*self._in_order(values[pairs // len(values)], values[pairs % len(values)]), rows, index)

    def _placed(self, rows: Rows, values: Any) -> "np.ndarray[Any, np.dtype[np.float32]]":
        result = np.full(len(self), np.nan, dtype=np.float32)
        result[rows] = values
        return result

    @cached_property
    def present(self) -> Numbered:
        """Only the rows of :attr:`both`, with their values numbered."""
        if self.numbered is not None:
            return self.numbered.compact(self.both)
        return _numbered(self.left[self.both], self.right[self.both])

    def _of_numbers(self, side: str) -> Strings:
        assert self.numbered is not None
        numbers: Codes = getattr(self.numbered, side)
        return Values(self.numbered.values).at(numbers)

    def _few_in_order(self) -> tuple[list[str], list[str]]:
        """:meth:`_in_order` for few rows, where working on whole arrays takes longer."""
        one, other = self.left[self.both].tolist(), self.right[self.both].tolist()
        if self.alike:
            for row, (first, second) in enumerate(zip(one, other, strict=True)):
                if first > second:
                    one[row], other[row] = second, first
        return one, other

    def _in_order(self, one: Strings, other: Strings) -> tuple[list[str], list[str]]:
        if self.alike:
            swap = one > other
            one, other = np.where(swap, other, one), np.where(swap, one, other)
        return one.tolist(), other.tolist()


def numbered_values(pairing: Pairing) -> Numbered:
    """The values of both sides as numbers into the distinct values, for any type and number of rows."""
    return pairing.numbered.compact() if pairing.numbered else _numbered(pairing.left, pairing.right)


def _numbered(left: Strings, right: Strings) -> Numbered:
    codes, values = pd.factorize(np.concatenate([left, right]))
    codes = codes.astype(np.int64)
    return Numbered(codes[: len(left)], codes[len(left) :], values)


def _values(values: Strings) -> tuple[Strings, Rows]:
    few = len(values) <= FEW and values.dtype == object
    missing = np.array([pd.isna(value) for value in values.tolist()], dtype=bool) if few else pd.isna(values)
    # online stores return NaN for a missing string; here a missing string is always None
    if values.dtype == object and missing.any():
        values = values.copy()
        values[missing] = None
    return values, missing
