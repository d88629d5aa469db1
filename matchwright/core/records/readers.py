"""Reading the values of one column: words for an empty cell, and the notation of numbers and dates."""

import math
from dataclasses import dataclass
from functools import lru_cache

from matchwright.core.notation import Decimal, Order
from matchwright.core.notation.dates import read_date
from matchwright.core.notation.missing import plain_word
from matchwright.core.notation.numbers import read_number, without_zero_fraction
from matchwright.core.spec import FieldKind, MatchSpec

Given = str | float | None
"""A cleaned value: text, or a number that was given as one."""

_MAY_BE_FLOATS = frozenset({"id_code", "category", "date"})
"""Kinds whose digits some programs write as floats: ``1992.0`` is ``1992``."""


@dataclass(frozen=True)
class Reader:
    """Reads cleaned values of one field and source. None is a missing value, or one that cannot be read."""

    kind: FieldKind
    decimal: Decimal
    order: Order
    words: frozenset[str]
    numbers: frozenset[float]
    days: frozenset[str]

    def __call__(self, value: Given) -> Given:
        """The value as conformed records hold it."""
        if value is None or (isinstance(value, str) and self.words and plain_word(value) in self.words):
            return None
        read = self._read(value)
        stands_for_missing = read in self.numbers if isinstance(read, float) else _digits(read) in self.days
        return None if stands_for_missing else read

    def is_unreadable(self, value: Given) -> bool:
        """Whether a value is there, but cannot be read."""
        is_word = isinstance(value, str) and plain_word(value) in self.words
        return value is not None and not is_word and self._read(value) is None

    def _read(self, value: str | float) -> Given:
        if self.kind == "number":
            number = read_number(value, self.decimal) if isinstance(value, str) else value
            return None if math.isnan(number) else number
        text = without_zero_fraction(str(value)) if self.kind in _MAY_BE_FLOATS else str(value)
        return read_date(text, self.order) if self.kind == "date" else text


def reader_of(spec: MatchSpec, field: str, source: str) -> Reader:
    """The reader of a field's values in one source (``left`` or ``right``)."""
    section = spec.fields[field]
    decimal, order = section.decimal, section.order
    if source == "right":
        decimal, order = section.decimal_right or decimal, section.order_right or order
    return made_reader(section.kind, decimal or "point", order or "day_first", spec.missing_in(field))


@lru_cache(maxsize=1_000)
def made_reader(kind: FieldKind, decimal: Decimal, order: Order, missing: tuple[str, ...]) -> Reader:
    """A reader from its parts. A missing number or day is also found where it is written in another way."""
    numbers = (read_number(word, decimal) for word in missing) if kind == "number" else ()
    days = (read_date(word, order) for word in missing) if kind == "date" else ()
    return Reader(
        kind,
        decimal,
        order,
        words=frozenset(map(plain_word, missing)),
        numbers=frozenset(number for number in numbers if not math.isnan(number)),
        days=frozenset(_digits(day) for day in days if day is not None),
    )


def _digits(day: str | None) -> str:
    """A day as digits: it may be written with hyphens or without."""
    return (day or "").replace("-", "")
