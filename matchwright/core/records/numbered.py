"""Columns of a table whose texts are numbered once, for work on many pairs of its records.

A register has far fewer distinct values than pairs. With numbers, two values are compared as integers, and what is
known of a value is computed once for the whole table.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

Array = np.ndarray[Any, Any]
Numbers = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]

MISSING = -1
"""The number of a missing value."""

OF_ONE_RECORD = ("record_key", "record_id", "source")
"""Columns that no pair compares. Numbering them would take time and be of no use."""


class Values:
    """The distinct values of a column, and what was computed of them."""

    def __init__(self, values: Array) -> None:
        self.values = values
        self._computed: dict[str, tuple[object, Any]] = {}

    def computed(self, name: str, source: object, compute: Callable[[Array], Any]) -> Any:
        """What ``compute`` makes of the values. It is kept under ``name`` until another ``source`` asks for it."""
        kept = self._computed.get(name)
        if kept is None or kept[0] is not source:
            kept = (source, compute(self.values))
            self._computed[name] = kept
        return kept[1]

    def at(self, numbers: Numbers) -> Array:
        """The values with these numbers, None where missing."""
        if not len(self.values):
            return np.full(len(numbers), None, dtype=object)
        found = self.values[numbers]
        found[numbers == MISSING] = None
        return found


class NumberedColumns(Mapping[str, Array]):
    """Columns of which some rows are read. The texts of a column are gathered when somebody asks for them.

    Args:
        plain: the other columns, of all rows.
        numbers: for each text column the numbers of all rows and their values.
        rows: the rows that are read; None for all of them.
    """

    def __init__(
        self, plain: Mapping[str, Array], numbers: Mapping[str, tuple[Numbers, Values]], rows: Array | None = None
    ) -> None:
        self._plain, self._numbers, self._rows = plain, numbers, rows
        self._gathered: dict[str, Array] = {}
        self._gathered_numbers: dict[str, Numbers] = {}

    @classmethod
    def of(cls, columns: Mapping[str, Any], plain: tuple[str, ...] = ()) -> "NumberedColumns":
        """Number the text columns, except those named in ``plain``. A ``pandas.Categorical`` is numbered already."""
        numbers = {
            name: _numbered(values)
            for name, values in columns.items()
            if name not in plain and (isinstance(values, pd.Categorical) or values.dtype == object)
        }
        return cls({name: values for name, values in columns.items() if name not in numbers}, numbers)

    def __getitem__(self, name: str) -> Array:
        if name not in self._gathered:
            if name in self._numbers:
                self._gathered[name] = self._numbers[name][1].at(self.numbers(name)[0])
            else:
                values = self._plain[name]
                self._gathered[name] = values if self._rows is None else values[self._rows]
        return self._gathered[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._plain
        yield from self._numbers

    def __len__(self) -> int:
        return len(self._plain) + len(self._numbers)

    def numbers(self, name: str) -> tuple[Numbers, Values]:
        """The number of each row's value in a text column, -1 where it is missing, and the values of the column.

        Raises:
            KeyError: there is no such column, or it is not numbered.
        """
        numbers, values = self._numbers[name]
        if self._rows is None:
            return numbers, values
        if name not in self._gathered_numbers:
            self._gathered_numbers[name] = numbers[self._rows]
        return self._gathered_numbers[name], values

    def has_numbers(self, name: str) -> bool:
        """Whether a column is numbered."""
        return name in self._numbers

    def take(self, rows: "slice | Array") -> "NumberedColumns":
        """Some of the rows, in the order given."""
        read = np.arange(self.row_count) if self._rows is None else self._rows
        return NumberedColumns(self._plain, self._numbers, read[rows])

    @property
    def row_count(self) -> int:
        """How many rows are read."""
        if self._rows is not None:
            return len(self._rows)
        every: list[Array] = [*self._plain.values(), *(numbers for numbers, _ in self._numbers.values())]
        return len(every[0])


def numbers_of_both(
    left: Mapping[str, Array], one: str, right: Mapping[str, Array], other: str
) -> tuple[Numbers, Numbers, Array] | None:
    """The numbers of two columns into the same distinct values, and these values. None if they are not numbered."""
    if not (isinstance(left, NumberedColumns) and isinstance(right, NumberedColumns)):
        return None
    if not (left.has_numbers(one) and right.has_numbers(other)):
        return None
    left_numbers, left_values = left.numbers(one)
    right_numbers, right_values = right.numbers(other)
    if left_values is right_values:
        return left_numbers, right_numbers, left_values.values
    again, together = left_values.computed(
        f"with {other}", right_values, lambda values: _joined(values, right_values.values)
    )
    return left_numbers, again[right_numbers], together


def _joined(values: Array, more: Array) -> tuple[Numbers, Array]:
    """The numbers of further values, with the missing one last, and all distinct values: first those of ``values``."""
    codes, together = pd.factorize(np.concatenate([values, more]))
    return np.append(codes[len(values) :], MISSING).astype(np.int32), together


def _numbered(values: Any) -> tuple[Numbers, Values]:
    if isinstance(values, pd.Categorical):
        return values.codes.astype(np.int32), Values(values.categories.to_numpy(dtype=object))
    codes, distinct = pd.factorize(values)
    return codes.astype(np.int32), Values(np.asarray(distinct, dtype=object))
