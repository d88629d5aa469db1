"""Reading a calendar date in one notation: with the day, the month or the year first.

A four-digit year that stands first (``1980-02-25``) and the name of a month are read in every notation. A time of day
is dropped. A text that is no day of the calendar in its column's notation is not read. One case is truly ambiguous: two
numbers up to 12 before the year (``03/04/1980``). They are read in the order of their column. In a column of mixed
orders they are not read.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from matchwright.core.notation import Order
from matchwright.core.notation.month_names import month_of

PIVOT = 30
"""Years with two digits: 00 to 29 are 2000 to 2029, and 30 to 99 are 1930 to 1999."""

LONGEST_DATE = 60
"""A longer value is no date."""

_MIXED: tuple[Order, ...] = ("day_first", "month_first")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_COMPACT = re.compile(r"\d{8}")
_FIRST_COMPACT_YEAR = 1000
_LIKELY_YEARS = range(1800, 2200)
_ZONE = r"(?:\s*(?:z|utc|gmt|[a-z]{3,4}|[-+]\d{2}:?\d{2}))?"
_TIME = re.compile(
    rf"(?:t|[\s,]+)(?:\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?(?:\s*[ap]\.?m\.?)?|(?<=t)\d{{4}}(?:\d{{2}})?){_ZONE}{_ZONE}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(\d{1,4})(\s?[-/.]\s?|\s)(\d{1,2})\2(\d{1,4})\.?")
_IDEOGRAPHIC = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_WEEKDAY = re.compile(r"[^\W\d_]{2,12}\.?,\s*(?=[\w])")
_GAP = r"(?:[\s,./-]*)"
_MONTH = r"(?P<month>[^\W\d_]{3,12})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|o(?=\s))?\.?"
_YEAR = r"(?P<year>\d{4}|['’]?\d{2})"
_NAMED = (
    re.compile(rf"{_DAY}{_GAP}(?:de\s|of\s)?{_MONTH}{_GAP}(?:de\s|del\s)?{_YEAR}", re.IGNORECASE),
    re.compile(rf"{_MONTH}{_GAP}{_DAY}[\s,./-]+{_YEAR}", re.IGNORECASE),
)
_NAMED_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}}){_GAP}{_MONTH}{_GAP}(?P<day>\d{{1,2}})", re.IGNORECASE)
_NAMED_SHORT_YEAR_FIRST = re.compile(rf"(?P<year>\d{{2}}){_GAP}{_MONTH}{_GAP}(?P<day>\d{{1,2}})", re.IGNORECASE)


def read_date(text: str, order: Order) -> str | None:
    """``YYYY-MM-DD``; None if the text is no day of the calendar in this notation.

    Eight digits with the year first are kept as they are, also if they are no day but the year is likely
    (``19801332``): so a typing error is compared digit by digit.
    """
    if (found := _ISO.fullmatch(text)) and _day(*found.groups()):
        return text
    if order == "mixed":
        days = {read for one in _MIXED if (read := read_date(text, one)) is not None}
        return days.pop() if len(days) == 1 else None
    if len(text) == len("YYYYMMDD") and text.isascii() and text.isdigit():
        return _compact(text, order)
    plain = unicodedata.normalize("NFKC", text[: LONGEST_DATE + 1]).strip()
    if len(plain) > LONGEST_DATE:
        return None
    if found := _DIGITS.fullmatch(plain):
        return _of_digits(found[1], found[3], found[4], order)
    weekday = _WEEKDAY.match(plain)
    if weekday and month_of(weekday[0].strip(" .,")) is None:
        plain = plain[weekday.end() :]
    plain = without_time(plain)
    if _COMPACT.fullmatch(plain):
        return _compact(f"{int(plain):08d}", order)  # digits of any script
    if found := (_IDEOGRAPHIC.fullmatch(plain) or _NAMED_YEAR_FIRST.fullmatch(plain)):
        parts = found.groupdict() or dict(zip(("year", "month", "day"), found.groups(), strict=True))
        return _day(parts["year"], parts["month"], parts["day"])
    if found := _DIGITS.fullmatch(plain):
        return _of_digits(found[1], found[3], found[4], order)
    return next(_of_names(plain, order), None)


def order_matters(text: str) -> bool:
    """Whether the order of day, month and year decides which day a text is."""
    day_first, year_first = read_date(text, "day_first"), read_date(text, "year_first")
    return day_first != read_date(text, "month_first") or (year_first is not None and year_first != day_first)


def without_time(text: str) -> str:
    """A text without the time of day at its end."""
    for found in _TIME.finditer(text):
        if found.end() == len(text) and found.start() > 0:
            return text[: found.start()].rstrip(" ,")
    return text


def _compact(digits: str, order: Order) -> str | None:
    if int(digits[:4]) >= _FIRST_COMPACT_YEAR and _day(digits[:4], digits[4:6], digits[6:]):
        return digits
    if int(digits[4:]) in _LIKELY_YEARS and order != "year_first":
        first, second = digits[:2], digits[2:4]
        month, day = (second, first) if order == "day_first" else (first, second)
        if read := _day(digits[4:], month, day):
            return read
    return digits if int(digits[:4]) in _LIKELY_YEARS else None


def _of_digits(one: str, two: str, three: str, order: Order) -> str | None:
    if len(one) == 4:
        return _day(one, two, three)
    if len(one) == 3 or len(three) not in (2, 4):
        # the day may have one digit where a short year stands first
        return _day(_full(one), two, three) if order == "year_first" and len(one) == 2 and len(three) == 1 else None
    if order == "year_first":
        return _day(_full(one), two, three) if len(one) == 2 and len(three) == 2 else None
    year = _full(three)
    return _day(year, two, one) if order == "day_first" else _day(year, one, two)


def _of_names(text: str, order: Order) -> Iterator[str]:
    patterns = (_NAMED_SHORT_YEAR_FIRST, *_NAMED[1:]) if order == "year_first" else _NAMED
    for pattern in patterns:
        found = pattern.fullmatch(text)
        read = found and _day(_full(found["year"].lstrip("'’")), found["month"], found["day"])
        if read:
            yield read
    if order == "year_first":
        found = _NAMED[0].fullmatch(text)
        if found and len(found["year"]) == 4 and (read := _day(found["year"], found["month"], found["day"])):
            yield read


def _full(year: str) -> str:
    """A year with four digits."""
    if len(year) != 2:
        return year
    return str(int(year) + (2000 if int(year) < PIVOT else 1900))


def _day(year: str, month: str, day: str) -> str | None:
    number = int(month) if month.isdecimal() else month_of(month)
    if number is None or len(day) > 2:
        return None
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        return None
