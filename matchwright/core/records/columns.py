"""Columns: a table as plain arrays by name.

Computations per record and per pair use plain arrays, because a data frame needs extra time for every column. A
request with one pair would be slower.
"""

from collections import defaultdict
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

Array = np.ndarray[Any, Any]
Columns = dict[str, Array]
"""Row-aligned arrays by name: strings as objects with None (or NaN) where missing, numbers as float64."""

Table = pd.DataFrame | Columns


def columns_of(table: Table) -> Columns:
    """The columns of a data frame. Columns are returned unchanged."""
    if isinstance(table, dict):
        return table
    return {str(name): _array(table[name]) for name in table.columns}


def row_count(columns: Columns) -> int:
    """How many rows the columns have."""
    return len(next(iter(columns.values())))


def take(columns: Columns, rows: "slice | Array") -> Columns:
    """Some of the rows, in the order given."""
    return {name: values[rows] for name, values in columns.items()}


def as_objects(values: list[Any]) -> Array:
    """A list as an array of objects, also if it holds numbers or lists."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def numbering() -> dict[str, int]:
    """A dictionary that gives each new key the next number, from 0."""
    return defaultdict(count().__next__)


def _array(values: "pd.Series[Any]") -> Array:
    if isinstance(values.dtype, np.dtype):
        return values.to_numpy()
    if is_numeric_dtype(values.dtype):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    return values.to_numpy(dtype=object)
