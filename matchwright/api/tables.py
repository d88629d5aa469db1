"""Reading a user's DataFrames as if they were CSV files."""

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype

from matchwright.core.notation import Decimal
from matchwright.core.notation.numbers import write_number
from matchwright.core.records.conform import clean_text, id_text, per_distinct
from matchwright.core.records.readers import reader_of
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, Fault


def table_of(given: object, name: str, spec: MatchSpec) -> pd.DataFrame:
    """``given`` as a DataFrame with the record id as a column. The record id may be its index.

    Raises:
        DataError: it is not a DataFrame, or two of its columns have the same name.
    """
    table = _frame(given, name)
    is_index = table.index.name == spec.record_id and spec.record_id not in table.columns
    return _with_own_names(table.reset_index() if is_index else table, name)


def whole_table_of(given: object, name: str) -> pd.DataFrame:
    """``given`` as a DataFrame, before anybody knows its record id. An index with a name is a column.

    Raises:
        DataError: it is not a DataFrame, or two of its columns have the same name.
    """
    table = _frame(given, name)
    is_column = table.index.name is not None and table.index.name not in table.columns
    table = _with_own_names(table.reset_index() if is_column else table, name)
    return table.rename(columns=str)


def _frame(given: object, name: str) -> pd.DataFrame:
    if isinstance(given, pd.DataFrame):
        return given
    fault = Fault(name, f"is of type {type(given).__name__}", "give a pandas DataFrame")
    raise DataError("A table cannot be read.", [fault])


def _with_own_names(table: pd.DataFrame, name: str) -> pd.DataFrame:
    if not table.columns.is_unique:
        raise DataError("A table cannot be read.", [Fault(name, "two of its columns have the same name", "rename one")])
    return table


def field_columns(
    table: pd.DataFrame, name: str, spec: MatchSpec, fields: Iterable[str] | None = None
) -> tuple[dict[str, str], list[Fault]]:
    """The column of each of some fields, and a fault for each field that has none.

    The column is the one that the spec reads, or one that is called like the field. Without ``fields`` they are those
    that the spec compares.
    """
    wanted = {field: (spec.column_of(field), field) for field in (spec.compared if fields is None else fields)}
    known = [str(column) for column in table.columns]
    found = {field: next((name for name in names if name in known), "") for field, names in wanted.items()}
    faults = []
    for field, names in wanted.items():
        if not found[field]:
            close = [match for column in names for match in difflib.get_close_matches(column, known, n=1)]
            hint = f"did you mean '{close[0]}'?" if close else "add it, and leave it empty where nothing is known"
            faults.append(Fault(f"{name}.{names[0]}", "no such column", hint))
    return found, faults


def as_text(
    table: pd.DataFrame,
    name: str,
    columns: Iterable[str],
    ids: Collection[str] = (),
    decimals: Mapping[str, Decimal] | None = None,
) -> pd.DataFrame:
    """The columns as text, with None where a value is missing; a day is written without a time.

    Columns of record ids, ``ids``, are kept exactly as given. ``decimals`` is the notation in which the numbers of a
    column are read later, so they are written in it.

    Raises:
        DataError: a column holds lists or other values that are not single; no value is quoted.
    """
    columns = list(columns)
    written = decimals or {}
    texts = {column: _text(table[column], f"{name}.{column}", column in ids, written.get(column)) for column in columns}
    return pd.DataFrame(texts, columns=columns)


def decimals_of(spec: MatchSpec, source: str, columns: Mapping[str, str]) -> dict[str, Decimal]:
    """The notation of each column of numbers in a source. ``columns`` are the columns by field."""
    return {
        column: reader_of(spec, field, source).decimal
        for field, column in columns.items()
        if spec.fields[field].kind == "number"
    }


def _text(column: "pd.Series[Any]", path: str, is_id: bool, decimal: Decimal | None) -> "pd.Series[Any]":
    convert: Callable[[Any], str | None] = id_text if is_id else clean_text
    if decimal is not None and not is_bool_dtype(column.dtype):
        convert = partial(_number_text, decimal=decimal)
    if is_datetime64_any_dtype(column.dtype):
        days = column.dropna()
        column = column.dt.strftime("%Y-%m-%d" if (days == days.dt.normalize()).all() else "%Y-%m-%dT%H:%M:%S")
    try:
        texts = per_distinct(column, convert)
    except (TypeError, ValueError):  # the message may quote a value
        fault = Fault(path, "holds values that are not single", "flatten it")
        raise DataError("A table cannot be read.", [fault]) from None
    return pd.Series(texts, dtype=object)


def _number_text(value: Any, decimal: Decimal) -> str | None:
    """A number in the notation of its column, also among values of other types; text stays as it is."""
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return write_number(float(value), decimal) if is_number else clean_text(value)
