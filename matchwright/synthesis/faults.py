"""Errors in the values of records: short forms, typing errors, swapped parts, default values, missing values."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from matchwright.synthesis.draws import Draws, Values, Whole
from matchwright.synthesis.options import Errors, Missing
from matchwright.synthesis.typing_errors import KINDS, mistype
from matchwright.synthesis.word_lists import STREET_KINDS

DEFAULT_DATES = ("1900-01-01", "1901-01-01", "1970-01-01")
PLACEHOLDERS = {
    "given_name": ("unknown", "test", "n/a", "baby", "xxx"),
    "surname": ("unknown", "test", "n/a", "xxx"),
    "phone": ("+9990000000000", "+999123456789", "none"),
    "email": ("none@example.com", "noemail@example.com", "unknown@example.com"),
}
_TYPED = ("given_name", "surname", "street_number", "address_1", "suburb", "postcode", "phone", "email")
_DATE = "date_of_birth"

Columns = dict[str, Values]
"""The values of records, by column: text or None."""


def with_faults(values: Columns, births: Whole, errors: Errors, missing: Missing, draws: Draws, key: Whole) -> Columns:
    """Values as they are written down.

    Args:
        values: the true values, without the date of birth.
        births: the true dates of birth, as days since 1970-01-01.
        errors: how often each error occurs.
        missing: how often a value is missing.
        draws: the draws.
        key: the numbers of the records.
    """
    made = {name: column.copy() for name, column in values.items()}
    made["given_name"] = _shortened(made["given_name"], errors, draws, key)
    _change(made["address_1"], draws.happens("abbreviated", errors.abbreviated_street, key), _abbreviated)
    for name in _TYPED:
        _mistype(made[name], name, errors, draws, key)
    made[_DATE] = _dates(births, errors, draws, key)
    swapped = draws.happens("swapped names", errors.swapped_names, key)
    made["given_name"][swapped], made["surname"][swapped] = made["surname"][swapped], made["given_name"][swapped]
    for name, words in PLACEHOLDERS.items():
        at = np.flatnonzero(draws.happens(f"placeholder {name}", errors.placeholder, key))
        made[name][at] = np.array(words, dtype=object)[draws.below(f"which placeholder {name}", len(words), key[at])]
    for name, column in made.items():
        column[draws.happens(f"missing {name}", getattr(missing, name), key)] = None
    return made


def _change(column: Values, rows: Values, change: Callable[[str], str]) -> None:
    at = np.flatnonzero(rows)
    column[at] = [change(value) for value in column[at]]


def _abbreviated(street: str) -> str:
    stem, _, kind = street.rpartition(" ")
    return f"{stem} {STREET_KINDS[kind]}"


def _shortened(names: Values, errors: Errors, draws: Draws, key: Whole) -> Values:
    at = np.flatnonzero(draws.happens("nickname", errors.nickname, key))
    choice = draws.uniform("which nickname", key[at])
    names[at] = [_short_form(name, uniform) for name, uniform in zip(names[at], choice.tolist(), strict=True)]
    _change(names, draws.happens("initial", errors.initial, key), lambda name: name[:1])
    return names


def _short_form(name: str, choice: float) -> str:
    forms = _short_forms(name)
    return forms[int(choice * len(forms))] if forms else name


@cache
def _short_forms(name: str) -> tuple[str, ...]:
    """The short forms of a name in the table that the comparator ``nickname`` reads."""
    return tuple(sorted(form for form in _table().nicknames_of(name) if form.isalpha()))


@cache
def _table() -> Any:
    from nicknames import NickNamer

    return NickNamer()


def _mistype(column: Values, name: str, errors: Errors, draws: Draws, key: Whole) -> None:
    at = np.flatnonzero(draws.happens(f"mistyped {name}", errors.mistyped, key))
    weights = np.cumsum([getattr(errors.typing, kind) for kind in KINDS])
    key = key[at]
    kinds = np.searchsorted(weights / weights[-1], draws.uniform(f"kind {name}", key), side="right").tolist()
    place, choice = draws.uniform(f"place {name}", key).tolist(), draws.uniform(f"choice {name}", key).tolist()
    rows = zip(column[at], kinds, place, choice, strict=True)
    column[at] = [mistype(value, tuple(KINDS)[kind], where, which) for value, kind, where, which in rows]


def _dates(births: Whole, errors: Errors, draws: Draws, key: Whole) -> Values:
    """Dates as text. A typing error changes one digit of the year, the day or the month, and leaves a real date."""
    days = births.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    mistyped, part = draws.happens("mistyped date", errors.mistyped, key), draws.below("part of date", 3, key)
    years = np.where(mistyped & (part == 0), years // 10 * 10 + _other(years % 10, 10, 0, draws, key), years)
    month = np.where(mistyped & (part == 1), _other(month, 12, 1, draws, key), month)
    day = np.where(mistyped & (part == 2), _other(day, 28, 1, draws, key), day)
    day = np.where(mistyped, day.clip(max=28), day)
    swapped = draws.happens("swapped day and month", errors.swapped_day_month, key) & (day <= 12)
    month, day = np.where(swapped, day, month), np.where(swapped, month, day)
    text = ((years - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)).astype("datetime64[D]")
    made: Values = np.datetime_as_string(text + (day - 1)).astype(object)
    default = np.flatnonzero(draws.happens("default date", errors.default_date, key))
    made[default] = np.array(DEFAULT_DATES, dtype=object)[_skewed(draws.uniform("which default", key[default]))]
    return made


def _other(value: Whole, count: int, first: int, draws: Draws, key: Whole) -> Whole:
    """Another whole number than ``value`` of the ``count`` numbers from ``first``."""
    low = np.minimum(value - first, count - 1)
    other: Whole = (low + 1 + draws.below("other digit", count - 1, key)) % count + first
    return other


def _skewed(uniform: Values) -> Whole:
    """The first default date mostly."""
    return np.searchsorted((0.8, 0.9), uniform, side="right")
