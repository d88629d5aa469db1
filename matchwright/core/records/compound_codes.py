"""Compound codes: model numbers and article numbers that are written in several parts, such as ``QX-40T-E``.

In running text a hyphen or a slash separates words. Within a code it does not. A word with a hyphen (``well-known``), a
range (``10-12``, ``155-250u``), an amount (``4-port``, ``18-55mm``) and alternatives (``98/me``) are no codes.
"""

import re
from typing import Any

import regex

from matchwright.core.notation.dates import read_date
from matchwright.core.notation.units import UNITS
from matchwright.core.records.scripts import WITHOUT_BLANKS

LONGEST_LETTERS = 4
"""A part with more letters and no digit is a word. It ends the code."""

SHORTEST, FEWEST_DIGITS = 5, 2
"""Least length and number of digits of a compound code."""

FEWEST_IN_NUMBERS = 3
"""Digits that a code needs if no part of it has letters and digits: ``rs-232`` is a code, ``usb-20`` is not."""

FEWEST_AFTER_A_NUMBER = 4
"""Digits that a code needs if it begins with a number and no part has letters and digits: ``01-ssc-6046``."""

HYPHEN = "-"
"""What divides the parts of a code in the normal form of a text."""

_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
SIGN = rf"[[\p{{L}}\p{{N}}]--[{WITHOUT_BLANKS}]]"
_PART = rf"{SIGN}++(?:(?<=\d)\.(?=\d){SIGN}++)*"
_RUN = regex.compile(rf"(?<!{SIGN}|\p{{M}}|\d\.(?=\d)){_PART}(?:[-/]{_PART})+(?!{SIGN}|\p{{M}})", regex.V1)
_LONG_WORD = re.compile(rf"(?<![^-/])[^\W\d_]{{{LONGEST_LETTERS + 1},}}(?![^-/])")
_AMOUNT = re.compile(r"\d+(?:\.\d+)*([^\W\d_]*)")
_VERSION = re.compile(r"v?\d+(?:\.\d+)+[^\W\d_]?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LINKS = frozenset({"in", "to", "by", "x", "of", "a", "and", "or", "bis"})
"""Words between two numbers: ``24-in-1``."""


def with_whole_codes(plain: str) -> str:
    """A folded text in which a hyphen or a slash between two signs is a hyphen within a code, and else a blank."""
    if not plain.isascii():
        plain = plain.translate(_HYPHENS)
    return _RUN.sub(_rewritten, plain) if "-" in plain or "/" in plain else plain


def _rewritten(found: Any) -> str:
    """A run of parts, in which only codes have hyphens."""
    written: list[str] = []
    for choices in _without_words(found[0]):
        segments = [segment.split("-") for segment in choices.split("/")]
        if _is_code_with_ending(segments):
            written.append("-".join(part for parts in segments for part in parts))
        else:
            written += ["-".join(parts) if _is_code(parts) else " ".join(parts) for parts in segments]
    return " ".join(written)


def _without_words(run: str) -> list[str]:
    """The run, parted at its words; each word is a part of its own."""
    parted = _LONG_WORD.sub(r" \g<0> ", run)
    return [part for part in (piece.strip("-/") for piece in parted.split()) if part]


def _is_code_with_ending(segments: list[list[str]]) -> bool:
    """Whether the part before the first slash is a code, and those after it are its endings: ``wd10/ezex-00``."""
    if len(segments) < 2:
        return False
    codes = [_is_code(parts) if len(parts) > 1 else _is_mixed_code(parts[0]) for parts in segments]
    endings = not any(codes[1:]) and all(parts[0].isalpha() for parts in segments[1:])
    # written with hyphens it must be a code too, or the normal form would have another normal form
    return codes[0] and endings and _is_code([part for parts in segments for part in parts])


def _is_code(parts: list[str]) -> bool:
    whole = "".join(parts)
    digits = sum(map(str.isdigit, whole))
    if len(parts) < 2 or len(whole) < SHORTEST or digits < FEWEST_DIGITS or any(map(_VERSION.fullmatch, parts)):
        return False
    if any(map(_is_mixed, parts)):
        return True
    units = [found[1] for found in map(_AMOUNT.fullmatch, parts) if found]
    if any(len(unit) > 1 and unit in UNITS for unit in units) or any(map(_YEAR.fullmatch, parts)):
        return False
    if parts[0].isalpha():
        return digits >= FEWEST_IN_NUMBERS or any(units)
    names = [part for part in parts if part.isalpha()]
    return (
        digits >= FEWEST_AFTER_A_NUMBER
        and parts[0].isdigit()
        and parts[-1].isdigit()
        and bool(names)
        and not any(name in _LINKS or name in UNITS for name in names)
        and read_date("-".join(parts), "day_first") is None
    )


def _is_mixed(part: str) -> bool:
    """Whether a part has letters and digits and is no amount: ``b21``, ``1v500``, ``zx111.417.37``; not ``55mm``."""
    return not part.isalpha() and not _AMOUNT.fullmatch(part)


def _is_mixed_code(part: str) -> bool:
    return _is_mixed(part) and len(part) >= SHORTEST - 1 and sum(map(str.isdigit, part)) >= FEWEST_DIGITS
