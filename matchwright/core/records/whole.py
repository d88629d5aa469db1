"""The whole record as one text: what is compared whatever field a word stands in."""

import numpy as np

from matchwright.core.records.columns import Array, Columns, as_objects
from matchwright.core.spec import MatchSpec

_READ_AS_TEXT = frozenset({"name", "text", "id_code", "number", "address", "category"})


def record_fields(spec: MatchSpec) -> tuple[str, ...]:
    """The fields that are read as the record's text, in order."""
    named = spec.record.fields if spec.record else None
    return named or tuple(name for name, field in spec.compared.items() if field.kind in _READ_AS_TEXT)


def impersonal_fields(spec: MatchSpec) -> tuple[str, ...]:
    """Those of the record's fields that hold no personal data: the only ones whose words are learned."""
    return tuple(name for name in record_fields(spec) if spec.fields[name].pii == "none")


def record_texts(normal: Columns, fields: tuple[str, ...]) -> Array:
    """The normal forms of each record's ``fields`` in one line, None where it has none; shape (records,)."""
    columns = [as_text(normal[name]) for name in fields]
    return as_objects([" ".join(filter(None, row)) or None for row in zip(*columns, strict=True)])


def as_text(values: Array) -> list[str | None]:
    """Values as text; numbers in their shortest notation, None where missing."""
    if values.dtype != object:
        return [None if np.isnan(value) else f"{value:g}" for value in values]
    return [value if isinstance(value, str) else None for value in values]
