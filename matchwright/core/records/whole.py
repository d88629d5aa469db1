"""The whole record as one text, for comparisons in which the field of a word does not matter."""

from typing import cast

import numpy as np
import pandas as pd

from matchwright.core.notation.numbers import write_number
from matchwright.core.records.columns import Array, Columns, as_objects, numbered
from matchwright.core.spec import MatchSpec

FEWEST_FOR_DISTINCT = 64
"""With fewer rows, searching for equal rows takes longer than reading each row."""

_READ_AS_TEXT = frozenset({"name", "text", "id_code", "number", "address", "category"})


def record_fields(spec: MatchSpec) -> tuple[str, ...]:
    """The fields that form the record's text, in order."""
    named = spec.record.fields if spec.record else None
    return named or tuple(name for name, field in spec.compared.items() if field.kind in _READ_AS_TEXT)


def text_fields(spec: MatchSpec) -> tuple[str, ...]:
    """The running texts among the fields of the record. Values of other fields are searched for in them."""
    return tuple(name for name in record_fields(spec) if spec.fields[name].kind == "text")


def impersonal_fields(spec: MatchSpec) -> tuple[str, ...]:
    """The fields of the record without personal data. Only their words are learned."""
    return tuple(name for name in record_fields(spec) if spec.fields[name].pii == "none")


def record_texts(normal: Columns, fields: tuple[str, ...]) -> Array:
    """The normal forms of each record's ``fields`` as one text, None where all are missing; shape (records,)."""
    columns = [normal[name] for name in fields]
    if not columns or len(columns[0]) < FEWEST_FOR_DISTINCT:
        return _joined(columns)
    row = np.zeros(len(columns[0]), dtype=np.int64)
    for name in fields:
        codes, distinct = numbered(normal, name)
        row = pd.factorize(row * (distinct + 1) + codes + 1)[0].astype(np.int64)
    _, first = np.unique(row, return_index=True)
    return cast("Array", _joined([values[first] for values in columns])[row])


def _joined(columns: list[Array]) -> Array:
    texts = (as_text(values) for values in columns)
    return as_objects([" ".join(filter(None, row)) or None for row in zip(*texts, strict=True)])


def as_text(values: Array) -> list[str | None]:
    """Values as text; numbers in their shortest notation with all digits, None where missing."""
    if values.dtype != object:
        return [None if np.isnan(value) else write_number(value) for value in values.tolist()]
    return [value if isinstance(value, str) else None for value in values]
