"""The normal form of a value, by field kind: without differences of case, accents and punctuation.

:mod:`~matchwright.core.records.scripts` says what is a part of a word in each script.
"""

import re
from collections.abc import Callable
from datetime import date

import regex

from matchwright.core.notation.dates import read_date
from matchwright.core.records.compound_codes import HYPHEN, SIGN, with_whole_codes
from matchwright.core.records.scripts import ascii_digits, compatible, folded
from matchwright.core.spec import FieldKind

NORMAL_FORMS = 5
"""The version of the normal forms. Features of another version are not comparable."""

LONGEST = {"name": 128, "text": 1_000, "id_code": 64, "address": 256, "category": 128}
"""Characters kept per kind. This bounds the cost of a comparison."""

LONGEST_PLACE = 100
"""Characters of a value that are searched for coordinates."""

_NOT_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_NOT_ASCII_WORD = {code: " " for code in range(128) if not chr(code).isalnum()}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NOT_RUNNING = regex.compile(rf"(?:(?!(?<=\d)\.\d|(?<={SIGN}){HYPHEN}{SIGN})[^\p{{L}}\p{{M}}\p{{N}}])+", regex.V1)
_COORDINATES = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*[,; ]\s*([-+]?\d+(?:\.\d+)?)")
_DIGITS = re.compile(r"\d+")
_SHORT_NUMBER_WITH_ZEROS = re.compile(r"(?=\d{2,4}(?!\d))0+(?=\d)")
"""At the beginning. Longer numbers are codes, in which a leading zero says something."""


def words(value: str) -> str | None:
    """Lower case, without accents, with single spaces for punctuation."""
    return _parted(folded(value)) or None


def numbered_words(value: str) -> str | None:
    """As :func:`words`, but a short number at the beginning has no leading zeros: house ``012 a`` is ``12 a``."""
    plain = words(value)
    found = _SHORT_NUMBER_WITH_ZEROS.match(plain) if plain else None
    return plain[found.end() :] if plain and found else plain


def running_text(value: str) -> str | None:
    """As :func:`words`, but decimal points stay (``15.4``) and thousands lose their comma (``1,299``).

    A code in several parts keeps them together: ``QX-40T-E`` is ``qx-40t-e``, see
    :mod:`~matchwright.core.records.compound_codes`.
    """
    plain = with_whole_codes(_THOUSANDS.sub("", folded(value)))
    return (_NOT_RUNNING.sub(" ", plain).strip() if "." in plain or HYPHEN in plain else _parted(plain)) or None


def coordinates(value: str) -> str | None:
    """``latitude,longitude`` in degrees with five decimals (one metre); None if the value is not a point on earth."""
    found = _COORDINATES.fullmatch(value[:LONGEST_PLACE].strip().strip("()[]"))
    if not found:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return f"{latitude + 0.0:.5f},{longitude + 0.0:.5f}"


def squeezed(value: str) -> str | None:
    """Letters and digits only: ``TT-4411 / b`` and ``tt4411b`` are one code."""
    plain = words(value)
    # without a space, parts of a syllable of Hangul can join
    return compatible(plain.replace(" ", "")) if plain else None


def calendar_date(value: str) -> str | None:
    """``YYYYMMDD`` of a date. Eight digits that are not a date are kept unchanged.

    Conforming has read the notation of the column. Without it, the day is taken to come first.
    """
    read = read_date(value, "day_first")
    return read.replace("-", "") if read else None


def is_calendar_date(digits: str) -> bool:
    """Whether ``YYYYMMDD`` is a day of the calendar."""
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def first_number(value: str) -> str | None:
    """The first run of digits, without leading zeros."""
    found = _DIGITS.search(ascii_digits(value))
    return (found.group().lstrip("0") or "0") if found else None


def _parted(plain: str) -> str:
    """The words with one space between them."""
    # several times as fast as the expression, which knows all letters
    return " ".join(plain.translate(_NOT_ASCII_WORD).split()) if plain.isascii() else _NOT_WORD.sub(" ", plain).strip()


def _bounded(kind: str, convert: Callable[[str], str | None]) -> Callable[[str], str | None]:
    longest = LONGEST[kind]

    def bounded(value: str) -> str | None:
        normal = convert(value)
        # cut within a code or a decimal number, the rest may be read as something else
        return convert(normal[:longest]) if normal and len(normal) > longest else normal

    return bounded


NORMAL_FORM: dict[FieldKind, Callable[[str], str | None]] = {
    "name": _bounded("name", words),
    "text": _bounded("text", running_text),
    "id_code": _bounded("id_code", squeezed),
    "date": lambda value: calendar_date(ascii_digits(value)),
    "address": _bounded("address", numbered_words),
    "category": _bounded("category", numbered_words),
    "geo": coordinates,
}
