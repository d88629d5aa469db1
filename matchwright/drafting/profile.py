"""The profile of a column: shares and counts that show the kind of its values."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchwright.core.notation import Decimal, Order
from matchwright.core.notation.dates import read_date
from matchwright.core.notation.numbers import depends_on_notation, read_number, without_zero_fraction
from matchwright.core.notation.units import UNITS
from matchwright.core.records.normal import is_calendar_date
from matchwright.core.records.word_split import count_words
from matchwright.drafting.notations import Told, told_decimal, told_order

MEASURED = 4_000
"""The most distinct values that patterns are tested on."""

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
_SHORT_CODE = re.compile(r"(?=(?:.*\d){2})[^\W_]{2,4}[ -][^\W_]{2,4}")
_MONTH = re.compile(r"(?:1[89]|20)\d{2}[-/](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/](?:1[89]|20)\d{2}")
_DURATION = re.compile(r"\d{1,4}(?::[0-5]\d){1,2}(?:[.,]\d+)?")
_AMOUNT = re.compile(r"\d[.,]\d{2}(?!\d|[.,]\d)")
_LETTERS = re.compile(r"[^\W\d_]+")
_EXPONENT = re.compile(r"(?<=\d)[eE](?=[-+]?\d)")
_CURRENCIES = frozenset({"usd", "eur", "gbp", "aud", "chf", "us", "a", "c", "r", "rs", "kr", "zł", "kč"})
_YEARS = range(1850, 2101)
_YEARS_OF_DATES = range(1000, 2201)


@dataclass(frozen=True)
class Profile:
    """Measurements of one column over all tables. Shares are of distinct values, except where they name rows."""

    rows: int
    filled: int
    """Rows with a value."""
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
    amount: float
    """Share of numbers that are written with two decimals, such as ``1.299,00``."""
    negative: bool
    year: float
    date: float
    email: float
    phone: float
    url: float
    geo: float
    street: float
    duration: float
    short_code: float
    """Share of two short groups with digits, such as postcodes with a blank."""
    month: float
    """Share of months with a year and without a day."""
    decimals: Told
    order: Told
    alphabetic: float
    """Share without digits and of at most four words."""
    same_length: float
    """Share that has the most common length."""
    overlap: float
    """Share of the right table's distinct values that the left table has too; NaN with one table."""


def profile_of(sides: Sequence[Sequence[str | None]]) -> Profile:
    """The profile of a column, given as its cleaned values per table.

    Numbers and dates are read in the notation that the values of their table have.
    """
    present = [[value for value in side if value is not None] for side in sides]
    counts = Counter(value for side in present for value in side)
    values = list(counts)
    sample = values[:: max(1, -(-len(values) // MEASURED))]
    rows = sum(map(len, present))
    lengths = Counter(map(len, sample))
    distinct = [list(dict.fromkeys(side)) for side in present]
    decimals, order = told_decimal(distinct), told_order(distinct)
    of_left = set(distinct[0])
    side_of = [0 if value in of_left else -1 for value in sample]
    numbers = _numbers(sample, [decimals.sides[side] for side in side_of])
    known = [number for number in numbers if number is not None]
    fractions = [number for number in known if not number.is_integer()]
    if not fractions:  # some programs write whole numbers as 1992.0
        sample = [without_zero_fraction(value) for value in sample]
        lengths = Counter(map(len, sample))

    def share(flags: Sequence[object]) -> float:
        return sum(map(bool, flags)) / len(flags) if flags else 0.0

    return Profile(
        rows=sum(map(len, sides)),
        filled=rows,
        present=min((len(some) / len(side) if side else 0.0) for some, side in zip(present, sides, strict=True)),
        distinct=len(values),
        distinct_share=len(values) / rows if rows else 0.0,
        most_common=max(counts.values(), default=0) / rows if rows else 0.0,
        words=float(np.mean([count_words(value) for value in sample])) if sample else 0.0,
        length=float(np.mean([len(value) for value in sample])) if sample else 0.0,
        longest=max(map(len, values), default=0),
        digits=sum(c.isdigit() for v in sample for c in v) / max(sum(map(len, sample)), 1),
        with_digit=share([any(c.isdigit() for c in value) for value in sample]),
        number=share([number is not None for number in numbers]),
        decimal=len(fractions) / max(len(sample), 1),
        amount=share([_AMOUNT.search(value) for value in sample]),
        negative=any(number < 0 for number in known),
        year=share([value.isascii() and value.isdigit() and int(value[:6]) in _YEARS for value in sample]),
        date=share([_is_date(value, order.sides[side]) for value, side in zip(sample, side_of, strict=True)]),
        email=share([_EMAIL.fullmatch(value) for value in sample]),
        phone=share([_PHONE.fullmatch(value[:40]) for value in sample]),
        url=share([_URL.match(value) for value in sample]),
        geo=share([_is_position(value) for value in sample]),
        duration=share([_DURATION.fullmatch(value) for value in sample]),
        short_code=share([_is_short_code(value) for value in sample]),
        month=share([_MONTH.fullmatch(value) for value in sample]),
        decimals=decimals,
        order=order,
        street=share([_STREET.search(value[:200]) for value in sample]),
        alphabetic=share([not any(c.isdigit() for c in value) and count_words(value) <= 4 for value in sample]),
        same_length=max(lengths.values(), default=0) / max(len(sample), 1),
        overlap=_overlap(present) if len(sides) == 2 else float("nan"),
    )


def _overlap(present: Sequence[Sequence[str]]) -> float:
    left, right = (set(map(str.casefold, side)) for side in present)
    return len(left & right) / len(right) if right else 0.0


def _numbers(values: Sequence[str], decimals: Sequence[Decimal]) -> list[float | None]:
    """Each value as a number, None where it is none. All values with a unit must have the same one."""
    read = [read_number(value, decimal) for value, decimal in zip(values, decimals, strict=True)]
    words = [_LETTERS.findall(_EXPONENT.sub("", value.casefold())) for value in values]
    units = [[word for word in found if word not in _CURRENCIES] for found in words]
    known = [UNITS.get(found[0]) if len(found) == 1 else None for found in units]
    usual = Counter(unit for unit in known if unit is not None).most_common(1)
    allowed = usual[0][0] if usual else None
    return [
        number if not math.isnan(number) and (not found or (unit is not None and unit == allowed)) else None
        for number, found, unit in zip(read, units, known, strict=True)
    ]


def _is_date(value: str, order: Order) -> bool:
    if order == "mixed":  # dates that may be either are dates, although no day is read from them
        return _is_date(value, "day_first") or _is_date(value, "month_first")
    day = read_date(value, order)
    if day is None or len(value) < len("1.1.80"):
        return False
    if "-" in day:
        return int(day[:4]) in _YEARS_OF_DATES
    return int(day[:4]) in _YEARS and is_calendar_date(day)


def _is_short_code(value: str) -> bool:
    return bool(_SHORT_CODE.fullmatch(value)) and not any(word in UNITS for word in value.casefold().split())


def _is_position(value: str) -> bool:
    found = _GEO.fullmatch(value[:60])
    # 1.870,59 is a number with a decimal comma
    is_number = depends_on_notation(value)
    return bool(found and not is_number and "." in value and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180)
