"""Reading and writing a number in one notation: with a decimal point or a decimal comma.

A value is read whole or not at all. ``12,50`` is no number where the decimal mark is a point, and never 1250. One case
is truly ambiguous: a single mark before exactly three digits (``1.299``). It is read in the notation of its column:
as a decimal mark if it is the notation's decimal mark, else as a mark between thousands.
"""

import math
import re
import unicodedata

import numpy as np

from matchwright.core.notation import Decimal

LONGEST_NUMBER = 100
"""A longer value is no number."""

_SIGN = "[-+\u2212\u2013]"
_MINUS = "-\u2212\u2013"
_SYMBOLS = "$€£¥₹₽₩₺₴₫₪₦฿₱"
_CODES = (
    "usd|eur|gbp|aud|nzd|cad|chf|jpy|cny|inr|rub|brl|sek|nok|dkk|pln|czk|huf|try|krw|mxn|zar|rs|kr|fr|sfr|zł|kč|ft|tl"
)
_CURRENCY = rf"(?:(?:[^\W\d_]{{0,3}}[{_SYMBOLS}]|(?:{_CODES})\.?)\s?)?"
_WORDS = r"(?P<words>(?:[^\W\d_]{1,20}[.:]?\s){0,3})"
_NO_CENTS = "(?:-{1,2}|\u2013|\u2014)?"
_EXPONENT = r"(?:[eE](?P<exponent>[-+\u2212]?\d{1,3})(?![^\W_]))?"


def _pattern(decimal: str, group: str) -> re.Pattern[str]:
    thousands = rf"(?!0)\d{{1,3}}(?P<mark>{group})\d{{3}}(?:(?P=mark)\d{{3}})*"
    lakhs = r"(?!0)\d{1,2}(?:,\d{2})+,\d{3}|" if decimal == "." else ""
    whole = rf"(?P<whole>{lakhs}{thousands}(?!\d)|\d+)(?:[{decimal}\u066b](?:(?P<part>\d+)|{_NO_CENTS}(?![^\W_])))?"
    number = rf"(?:{whole}|[{decimal}\u066b](?P<only>\d+))"
    return re.compile(
        rf"[~≈]?\s?{_WORDS}(?P<sign>{_SIGN}\s?)?{_CURRENCY}(?P<inner>{_SIGN})?{number}{_EXPONENT}", re.IGNORECASE
    )


_FORMS: dict[Decimal, re.Pattern[str]] = {
    "point": _pattern(".", "[, '’\u066c]"),
    "comma": _pattern(",", "[. '’\u066c]"),
}
_DURATION = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?(?:[.,](\d+))?")
_WHOLE_FLOAT = re.compile(r"[-+]?\d+\.0")
_SIMPLE = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_POWER = re.compile(r"(?<=[^\W\d_])[23](?!\w)")
_NO_UNIT = re.compile(r"[-_/.,:;'’+*×=\u2212\u2013]")


def read_number(text: str, decimal: Decimal) -> float:
    """The number that a text is, with a currency, a unit or words around it; NaN if it is none in this notation.

    Durations such as ``3:39`` and ``0:03:39`` are seconds.
    """
    if decimal == "point" and _SIMPLE.fullmatch(text):
        return float(text)
    plain = unicodedata.normalize("NFKC", text[: LONGEST_NUMBER + 1]).strip()
    if len(plain) > LONGEST_NUMBER:
        return math.nan
    if duration := _DURATION.fullmatch(plain):
        return _seconds(duration)
    found = _FORMS[decimal].match(plain)
    if not found:
        return math.nan
    rest = plain[found.end() :]
    behind = rest in _MINUS and rest != ""
    signs = [sign.strip() for sign in (found["sign"], found["inner"]) if sign]
    if len(signs) + behind > 1 or (signs and found["words"]) or not (behind or _is_unit(rest)):
        return math.nan
    if found["exponent"] and found["mark"]:
        return math.nan
    whole = re.sub(r"\D", "", found["whole"] or "0")
    digits = f"{whole}.{found['part'] or found['only'] or '0'}"
    exponent = (found["exponent"] or "0").replace("\u2212", "-")
    value = float(f"{digits}e{exponent}")
    if not math.isfinite(value):
        return math.nan
    return -value if behind or any(sign in _MINUS for sign in signs) else value


def write_number(value: float, decimal: Decimal = "point") -> str:
    """The shortest text without an exponent that is read as this number again, and keeps all its digits."""
    if float(value).is_integer() and abs(value) < 1e16:
        text = str(int(value))
    else:
        text = np.format_float_positional(value, trim="-") if 1e-6 <= abs(value) < 1e22 else repr(float(value))
    return text if decimal == "point" else text.replace(".", ",")


def without_zero_fraction(text: str) -> str:
    """Digits that a program wrote as a float (``1992.0``) without the fraction; any other text unchanged."""
    return text[:-2] if _WHOLE_FLOAT.fullmatch(text) else text


def depends_on_notation(text: str) -> bool:
    """Whether a text is another number, or none, in another notation."""
    point, comma = read_number(text, "point"), read_number(text, "comma")
    return point != comma and not (math.isnan(point) and math.isnan(comma))


def _is_unit(rest: str) -> bool:
    """Whether what follows a number leaves it whole: nothing, or words without digits."""
    if not rest or rest in (".", ")"):
        return True
    return not _NO_UNIT.match(rest.lstrip()) and not any(c.isdigit() for c in _POWER.sub("", rest))


def _seconds(duration: re.Match[str]) -> float:
    first, second, third, part = duration.groups()
    hours, minutes, seconds = ("0", first, second) if third is None else (first, second, third)
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + (float(f"0.{part}") if part else 0.0)
