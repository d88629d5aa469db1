"""Comparing two values of a field in plain Python with rapidfuzz, one pair at a time: part of the peer loop."""

from collections.abc import Callable
from typing import Any

from nicknames import NickNamer
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

NICKNAMES = NickNamer()


def jaro_winkler(one: str, other: str) -> float:
    """rapidfuzz's Jaro-Winkler similarity, in [0, 1]."""
    return JaroWinkler.normalized_similarity(one, other)


def levenshtein(one: str, other: str) -> float:
    """Optimal string alignment, in [0, 1]."""
    return OSA.normalized_similarity(one, other)


def token_sort(one: str, other: str) -> float:
    """rapidfuzz's token sort ratio, in [0, 1]."""
    return fuzz.token_sort_ratio(one, other) / 100


def token_set(one: str, other: str) -> float:
    """rapidfuzz's token set ratio, in [0, 1]."""
    return fuzz.token_set_ratio(one, other) / 100


def exact(one: Any, other: Any) -> float:
    """1 if equal, else 0."""
    return float(one == other)


def containment(one: str, other: str) -> float:
    """The length of the shorter code over that of the longer one, if the longer one contains it; else 0."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    return len(shorter) / len(longer) if len(shorter) >= 4 and shorter in longer else 0.0


def nickname(one: str, other: str) -> float:
    """1 if equal, or if one is a short form of the other; else 0."""
    return float(one == other or other in NICKNAMES.nicknames_of(one) or one in NICKNAMES.nicknames_of(other))


def relative(one: float, other: float) -> float:
    """1 - difference / larger magnitude."""
    largest = max(abs(one), abs(other))
    return max(1 - abs(one - other) / largest, 0.0) if largest else 1.0


def date(one: str, other: str) -> float:
    """Edit similarity; 0.9 if day and month are swapped."""
    if one != other and one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]:
        return 0.9
    return levenshtein(one, other)


def parts(one: str, other: str) -> float:
    """Share of year, month and day that are equal."""
    return ((one[:4] == other[:4]) + (one[4:6] == other[4:6]) + (one[6:] == other[6:])) / 3


def reduced_precision(one: str, other: str) -> float:
    """How many of year, month and day two dates share, if one may be a year or a month alone, over three."""
    if one == other:
        return 1.0
    if one[:6] == other[:6] and "01" in (one[6:], other[6:]):
        return 2 / 3
    return 1 / 3 if one[:4] == other[:4] and "0101" in (one[4:], other[4:]) else 0.0


OF_VALUES: dict[str, Callable[[Any, Any], float]] = {
    function.__name__: function
    for function in (
        *(jaro_winkler, levenshtein, token_sort, token_set, exact, containment, nickname),
        *(relative, date, parts, reduced_precision),
    )
}
"""Comparators of one field's two values, by name."""
