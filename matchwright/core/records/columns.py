"""Columns: a table as plain arrays by name.

Computations per record and per pair use plain arrays, because a data frame needs extra time for every column. A
request with one pair would be slower.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from matchwright.core.records.numbered import MISSING, NumberedColumns, numbers_of_both

Array = np.ndarray[Any, Any]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
Columns = Mapping[str, Array]
"""Row-aligned arrays by name: strings as objects with None (or NaN) where missing, numbers as float64."""

Table = pd.DataFrame | Columns

LOOKED_AT, MOST_DISTINCT = 10_000, 0.9
"""Of about so many rows, at most this share has a value that no other one has, where values repeat."""


def columns_of(table: Table) -> Columns:
    """The columns of a data frame. Columns are returned unchanged."""
    if isinstance(table, Mapping):
        return table
    return {str(name): _array(table[name]) for name in table.columns}


def row_count(columns: Columns) -> int:
    """How many rows the columns have."""
    if isinstance(columns, NumberedColumns):
        return columns.row_count
    return len(next(iter(columns.values())))


def take(columns: Columns, rows: "slice | Array") -> Columns:
    """Some of the rows, in the order given."""
    if isinstance(columns, NumberedColumns):
        return columns.take(rows)
    return {name: values[rows] for name, values in columns.items()}


def known(columns: Columns, name: str) -> Mask:
    """Whether each row has a value in a column, shape (rows,)."""
    if isinstance(columns, NumberedColumns) and columns.has_numbers(name):
        return np.asarray(columns.numbers(name)[0] != MISSING)
    return np.asarray(pd.notna(columns[name]), dtype=bool)


def differ(left: Columns, right: Columns, name: str) -> Mask:
    """Whether the values of row-aligned records in a column are not the same, shape (rows,).

    It says nothing of rows in which one is missing.
    """
    numbers = numbers_of_both(left, name, right, name)
    if numbers is not None:
        return np.asarray(numbers[0] != numbers[1])
    return np.asarray(left[name] != right[name], dtype=bool)


def numbered(columns: Columns, name: str) -> tuple[Array, int]:
    """Each row's value in a column as a number, -1 where missing, and how many numbers there may be."""
    if isinstance(columns, NumberedColumns) and columns.has_numbers(name):
        numbers, values = columns.numbers(name)
        return numbers, len(values.values)
    codes, distinct = pd.factorize(columns[name])
    return codes, len(distinct)


def as_objects(values: list[Any]) -> Array:
    """A list as an array of objects, also if it holds numbers or lists."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def numbering() -> dict[str, int]:
    """A dictionary that gives each new key the next number, from 0."""
    return defaultdict(count().__next__)


def categories_or_array(values: "pd.Series[Any]") -> Any:
    """A column as it is where its texts are held once each, as a ``pandas.Categorical``; else as a plain array."""
    return values.array if isinstance(values.dtype, pd.CategoricalDtype) else _array(values)


def of_categories(values: pd.Categorical, known: Array, missing: Any) -> Array:
    """For each row what is known of its category: ``known`` has shape (categories,)."""
    return np.asarray(
        np.append(known, missing)[values.codes]
    )  # a missing value has code -1, so it reads the last element


def with_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with each distinct text once, so that work on texts and the memory for them do not grow with rows.

    Columns in which nearly every text is another one stay as they are.
    """
    texts = [name for name in frame.columns if frame[name].dtype == object and _repeats(frame[name])]
    return frame.assign(**{name: pd.Categorical.from_codes(*pd.factorize(frame[name])) for name in texts})


def _repeats(values: "pd.Series[Any]") -> bool:
    some = values.iloc[:: max(len(values) // LOOKED_AT, 1)].dropna()
    return some.nunique() <= MOST_DISTINCT * len(some)


def _array(values: "pd.Series[Any]") -> Array:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return of_categories(values.array, values.cat.categories.to_numpy(dtype=object), None)
    if isinstance(values.dtype, np.dtype):
        return values.to_numpy()
    if is_numeric_dtype(values.dtype):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    return values.to_numpy(dtype=object)
