"""Conforming an input table to the match spec's fields."""

import difflib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.notation import Decimal
from matchwright.core.notation.numbers import read_number
from matchwright.core.records.columns import Array, Columns, as_objects, of_categories
from matchwright.core.records.readers import Given, reader_of
from matchwright.core.records.scripts import LONGEST_VALUE, compatible
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, Fault

RECORD_ID = "record_id"
PAIR_KEYS = ["left_key", "right_key"]
"""The columns of a frame of pairs that hold the keys of their two records."""
WITH_NOTATION = frozenset({"number", "date"})
"""Kinds that are read in the notation of their column."""


def record_key(source: str, record_id: str) -> str:
    """The key of a record across both sources; ``source`` is ``left`` or ``right``."""
    return f"{source}:{record_id}"


def conform(frame: pd.DataFrame, spec: MatchSpec, source: str) -> pd.DataFrame:
    """Rename, order and clean the columns of an input table.

    Returns:
        Columns record_key, source and record_id, then one per spec field in the spec's order. Record ids are kept as
        given. Other strings are in Unicode NFKC with single spaces, kind ``date`` is ``YYYY-MM-DD`` or eight digits,
        and kind ``number`` is float64. A value that is missing, or that cannot be read in the notation of its column,
        is None or NaN.

    Raises:
        DataError: columns that the spec needs are absent (all of them are named).
    """
    wanted = _wanted(spec)
    faults = [_absent(column, frame) for column in wanted.values() if column not in frame.columns]
    if faults:
        raise DataError(f"The {source} table lacks columns that spec '{spec.name}' needs:", faults)
    return pd.DataFrame(_conformed({name: _given(frame[column]) for name, column in wanted.items()}, spec, source))


def unreadable(frame: pd.DataFrame, spec: MatchSpec, source: str) -> Columns:
    """Which values of an input table are there but cannot be read: a flag per row.

    Only fields with such a value have flags, under the name of :func:`unreadable_column`.
    """
    flags: dict[str, Array] = {}
    for name, field in spec.fields.items():
        if field.kind in WITH_NOTATION:
            cleaned = per_category(_given(frame[spec.column_of(name)]), _cleaning(field.kind))
            found = per_category(cleaned, reader_of(spec, name, source).is_unreadable)
            unread = pd.Series(found).eq(True).to_numpy(dtype=bool)
            if unread.any():
                flags[unreadable_column(name)] = unread
    return flags


def unreadable_column(field: str) -> str:
    """The column that says in which rows a value of ``field`` cannot be read."""
    return f"{field}__unreadable"


def conform_values(values: Sequence[Mapping[str, Any]], spec: MatchSpec, source: str) -> pd.DataFrame:
    """Conform records given by field name, as in requests and golden pairs. An absent field is missing."""
    return pd.DataFrame(conformed_values(values, spec, source))


def conformed_values(values: Sequence[Mapping[str, Any]], spec: MatchSpec, source: str) -> Columns:
    """The result of :func:`conform_values` as columns."""
    given = {name: [value.get(name) for value in values] for name in spec.fields}
    ids = [str(value.get(RECORD_ID) or f"given-{position}") for position, value in enumerate(values)]
    return _conformed({RECORD_ID: ids, **given}, spec, source)


def _given(values: "pd.Series[Any]") -> Any:
    """The values of a column; categories, where each distinct text is held once."""
    return values.array if isinstance(values.dtype, pd.CategoricalDtype) else values.tolist()


def _conformed(values: dict[str, Any], spec: MatchSpec, source: str) -> Columns:
    ids = per_distinct(values[RECORD_ID], id_text)
    columns = {
        "record_key": as_objects([None if value is None else record_key(source, value) for value in ids]),
        "source": as_objects([source] * len(ids)),
        RECORD_ID: ids,
    }
    for name, field in spec.fields.items():
        found = per_category(values[name], _conversion(spec, name, source))
        columns[name] = np.asarray(found, dtype=np.float64) if field.kind == "number" else found
    return columns


def id_text(value: Any) -> str | None:
    """A record id as text, exactly as given; None where nothing but white space is given.

    An id is asked for as it stands in the caller's own table. So it has no normal form, and no length is cut.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    if not text.isascii():  # no store can encode lone surrogates; written out, two ids stay two
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if text.strip() else None


def _conversion(spec: MatchSpec, field: str, source: str) -> Callable[[Any], Given]:
    read, clean = reader_of(spec, field, source), _cleaning(spec.fields[field].kind)
    return lambda value: read(clean(value))


def _cleaning(kind: str) -> Callable[[Any], Given]:
    """How a value of a kind is cleaned before it is read: a number stays one, all else becomes clean text."""
    return _number_or_text if kind == "number" else clean_text


def _number_or_text(value: Any) -> Given:
    return _finite(value) if isinstance(value, int | float | np.number) else clean_text(value)


def _wanted(spec: MatchSpec) -> dict[str, str]:
    return {RECORD_ID: spec.record_id, **{name: spec.column_of(name) for name in spec.fields}}


def clean_text(value: Any) -> str | None:
    """A value as text in NFKC with single spaces; None where nothing is left. Its length is bounded."""
    if type(value) is str and value.isascii():  # most values
        clean = " ".join(value[:LONGEST_VALUE].split())
        return (value if clean == value else clean) or None  # one text in memory, not two
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    # without lone surrogates, which no store can encode
    text = str(value)[:LONGEST_VALUE].encode("utf-8", "ignore").decode("utf-8")
    return " ".join(compatible(text).split()) or None


def parse_number(value: Any, decimal: Decimal = "point") -> float:
    """The number that a value is (``$1,299.00`` is 1299), NaN where it is none in this notation."""
    cleaned = _number_or_text(value)
    return read_number(cleaned, decimal) if isinstance(cleaned, str) else np.nan if cleaned is None else cleaned


def _finite(value: Any) -> float:
    try:
        number = float(value)
    except OverflowError:  # an integer too large for a float
        return np.nan
    return number if np.isfinite(number) else np.nan


def per_distinct(values: Iterable[Any], convert: Callable[[Any], Any]) -> Array:
    """Convert each distinct value once; a missing value stays missing (None)."""
    listed = values.tolist() if isinstance(values, pd.Series | np.ndarray) else list(values)
    converted = {value: None if is_missing(value) else convert(value) for value in dict.fromkeys(listed)}
    return as_objects([converted[value] for value in listed])


def per_category(values: Any, convert: Callable[[Any], Any]) -> Any:
    """As :func:`per_distinct`, but a ``pandas.Categorical`` is converted to another one."""
    if not isinstance(values, pd.Categorical):
        return per_distinct(values, convert)
    codes, distinct = pd.factorize(as_objects([convert(value) for value in values.categories.tolist()]))
    numbers = of_categories(values, codes, -1)
    return pd.Categorical.from_codes(numbers, categories=pd.Index(distinct, dtype=object))


def is_missing(value: Hashable) -> bool:
    """Whether a value is None, NaN or another missing value of pandas."""
    return value is None or (type(value) is not str and bool(pd.isna(value)))  # type: ignore[call-overload]


def _absent(column: str, frame: pd.DataFrame) -> Fault:
    close = difflib.get_close_matches(column, [str(name) for name in frame.columns], n=1)
    # the column names of the table are not quoted: without a header row they are values of a record
    return Fault(column, "no such column", f"did you mean '{close[0]}'?" if close else "add it, or name another one")
