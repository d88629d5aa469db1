"""Conforming an input table to the match spec's fields."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, Fault

LONGEST_VALUE = 4_000
"""Characters kept of one value: string comparison is quadratic in length."""

_NUMBER = re.compile(r"[-+]?\d[\d,]*\.?\d*(?:[eE][-+]?\d+)?")
_WHITE = re.compile(r"\s+")


def record_key(source: str, record_id: str) -> str:
    """The key of a record across both sources; ``source`` is ``left`` or ``right``."""
    return f"{source}:{record_id}"


def conform(frame: pd.DataFrame, spec: MatchSpec, source: str) -> pd.DataFrame:
    """Rename, order and clean the columns of an input table.

    Returns:
        Columns record_key, source, record_id, then one per spec field in the spec's order:
        strings in Unicode NFKC with white space folded, float64 for kind ``number``,
        None or NaN where missing.

    Raises:
        DataError: columns that the spec needs are absent (all of them are named).
    """
    wanted = {"record_id": spec.record_id, **{name: spec.column_of(name) for name in spec.fields}}
    faults = [_absent(column, frame) for column in wanted.values() if column not in frame.columns]
    if faults:
        raise DataError(f"The {source} table lacks columns that spec '{spec.name}' needs:", faults)
    ids = per_distinct(frame[spec.record_id], clean_text)
    data: dict[str, Any] = {
        "record_key": [None if value is None else record_key(source, value) for value in ids],
        "source": source,
        "record_id": ids,
    }
    for name, field in spec.fields.items():
        values = frame[wanted[name]]
        if field.kind == "number":
            data[name] = per_distinct(values, parse_number).astype(np.float64)
        else:
            data[name] = per_distinct(values, clean_text)
    return pd.DataFrame(data, index=pd.RangeIndex(len(frame)))


def conform_values(values: Sequence[Mapping[str, Any]], spec: MatchSpec, source: str) -> pd.DataFrame:
    """Conform records given by field name, as requests and golden pairs give them; a field left out is missing."""
    columns = {spec.column_of(name): [value.get(name) for value in values] for name in spec.fields}
    ids = [str(value.get("record_id") or f"given-{position}") for position, value in enumerate(values)]
    return conform(pd.DataFrame({**columns, spec.record_id: ids}, dtype=object), spec, source)


def clean_text(value: Any) -> str | None:
    """A value as text in NFKC with white space folded; None where nothing is left."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)[:LONGEST_VALUE]
    text = _WHITE.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    # a lone surrogate cannot be encoded by any store that follows
    return text.encode("utf-8", "ignore").decode("utf-8") or None


def parse_number(value: Any) -> float:
    """The first number in a value (``$1,299.00`` is 1299), NaN where there is none."""
    if isinstance(value, int | float | np.number):
        return float(value) if np.isfinite(value) else np.nan
    found = _NUMBER.search(str(value)[:100])
    return float(found.group().replace(",", "")) if found else np.nan


def per_distinct(values: "pd.Series[Any]", convert: Callable[[Any], Any]) -> np.ndarray[Any, Any]:
    """Convert each distinct value once; a missing value stays missing (None)."""
    codes, distinct = pd.factorize(values.astype(object), use_na_sentinel=True)
    converted = np.empty(len(distinct) + 1, dtype=object)
    for position, value in enumerate(cast("list[Hashable]", list(distinct))):
        converted[position] = convert(value)
    converted[-1] = None
    return cast("np.ndarray[Any, Any]", converted[codes])


def _absent(column: str, frame: pd.DataFrame) -> Fault:
    close = difflib.get_close_matches(column, [str(name) for name in frame.columns], n=1)
    # the table's own column names are not quoted: without a header row they are a record's values
    return Fault(column, "no such column", f"did you mean '{close[0]}'?" if close else "add it, or name another one")
