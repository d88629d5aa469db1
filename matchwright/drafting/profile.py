"""The profile of a column: shares and counts that show the kind of its values."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchwright.core.records.normal import calendar_date, is_calendar_date
from matchwright.core.records.word_split import count_words

MEASURED = 4_000
"""The most distinct values that patterns are tested on."""

_MONEY = r"(?:[$€£¥]|usd|eur|gbp|aud|chf)?"
_NUMBER = re.compile(
    rf"{_MONEY}\s*[-+]?\s*(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.(?P<decimals>\d+))?\s*(?:{_MONEY}|%)", re.I
)
_DATE = re.compile(r"\d{8}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
# no part can match the dot before the next part: otherwise the time would grow with the square of the length
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_PHONE = re.compile(r"(?=(?:\D*\d){7,15}\D*$)[-+()\d\s./]+(?:\s*(?:x|ext\.?)\s*\d+)?", re.I)
_URL = re.compile(r"(?:https?://|www\.)\S+", re.I)
_GEO = re.compile(r"\(?\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*\)?")
_STREET = re.compile(
    r"\b(?:st|str|street|ave?|avenue|rd|road|lane|ln|drive|dr|boulevard|blvd|court|ct|crescent|place|pl|square|sq|way"
    r"|close|terrace|parade|highway|hwy|circuit|stra(?:ss|ß)e|rue|via|calle)\b\.?|\w+stra(?:ss|ß)e\b",
    re.I,
)
_YEARS = range(1850, 2101)


@dataclass(frozen=True)
class Profile:
    """Measurements of one column over all tables. Shares are of distinct values, except where they name rows."""

    rows: int
    present: float
    """Share of rows with a value, in the table that has fewer."""
    distinct: int
    distinct_share: float
    """Distinct values over rows with a value."""
    most_common: float
    """Share of rows with a value that the most common value takes."""
    words: float
    length: float
    longest: int
    digits: float
    """Share of characters that are digits."""
    with_digit: float
    number: float
    decimal: float
    negative: bool
    year: float
    date: float
    email: float
    phone: float
    url: float
    geo: float
    street: float
    alphabetic: float
    """Share without digits and of at most four words."""
    same_length: float
    """Share that has the most common length."""
    overlap: float
    """Share of the right table's distinct values that the left table has too; NaN with one table."""


def profile_of(sides: Sequence[Sequence[str | None]]) -> Profile:
    """The profile of a column, given as its cleaned values per table."""
    present = [[value for value in side if value is not None] for side in sides]
    counts = Counter(value for side in present for value in side)
    values = list(counts)
    sample = values[:: max(1, -(-len(values) // MEASURED))]
    rows = sum(map(len, present))
    lengths = Counter(map(len, sample))
    numbers = [_NUMBER.fullmatch(value) for value in sample]

    def share(flags: Sequence[object]) -> float:
        return sum(map(bool, flags)) / len(flags) if flags else 0.0

    return Profile(
        rows=sum(map(len, sides)),
        present=min((len(some) / len(side) if side else 0.0) for some, side in zip(present, sides, strict=True)),
        distinct=len(values),
        distinct_share=len(values) / rows if rows else 0.0,
        most_common=max(counts.values(), default=0) / rows if rows else 0.0,
        words=float(np.mean([count_words(value) for value in sample])) if sample else 0.0,
        length=float(np.mean([len(value) for value in sample])) if sample else 0.0,
        longest=max(map(len, values), default=0),
        digits=sum(c.isdigit() for v in sample for c in v) / max(sum(map(len, sample)), 1),
        with_digit=share([any(c.isdigit() for c in value) for value in sample]),
        number=share(numbers),
        decimal=share([found and found["decimals"] and found["decimals"].strip("0") for found in numbers]),
        negative=any(value.startswith("-") for value, found in zip(sample, numbers, strict=True) if found),
        year=share([value.isascii() and value.isdigit() and int(value[:6]) in _YEARS for value in sample]),
        date=share([_is_date(value) for value in sample]),
        email=share([_EMAIL.fullmatch(value) for value in sample]),
        phone=share([_PHONE.fullmatch(value[:40]) for value in sample]),
        url=share([_URL.match(value) for value in sample]),
        geo=share([_is_position(value) for value in sample]),
        street=share([_STREET.search(value[:200]) for value in sample]),
        alphabetic=share([not any(c.isdigit() for c in value) and count_words(value) <= 4 for value in sample]),
        same_length=max(lengths.values(), default=0) / max(len(sample), 1),
        overlap=_overlap(present) if len(sides) == 2 else float("nan"),
    )


def _overlap(present: Sequence[Sequence[str]]) -> float:
    left, right = (set(map(str.casefold, side)) for side in present)
    return len(left & right) / len(right) if right else 0.0


def _is_date(value: str) -> bool:
    digits = calendar_date(value) if _DATE.fullmatch(value) else None
    return bool(digits and len(digits) == 8 and int(digits[:4]) in _YEARS and is_calendar_date(digits))


def _is_position(value: str) -> bool:
    found = _GEO.fullmatch(value[:60])
    return bool(found and "." in value and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180)
