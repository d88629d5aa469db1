"""The comparisons of a spec, made pair by pair in plain Python with rapidfuzz: what compare() is measured against.

A function per comparator, by name; a comparator without one is refused rather than left out.
"""

from collections.abc import Callable
from itertools import groupby
from math import nan, sqrt
from typing import Any

import pandas as pd
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from matchwright.core.compare import field_of
from matchwright.core.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import MISSING_SUFFIX

Record = dict[str, Any]


def jaro_winkler(one: str, other: str) -> float:
    """rapidfuzz's, in [0, 1]."""
    return JaroWinkler.normalized_similarity(one, other)


def levenshtein(one: str, other: str) -> float:
    """Optimal string alignment, in [0, 1]."""
    return OSA.normalized_similarity(one, other)


def token_sort(one: str, other: str) -> float:
    """rapidfuzz's, in [0, 1]."""
    return fuzz.token_sort_ratio(one, other) / 100


def token_set(one: str, other: str) -> float:
    """rapidfuzz's, in [0, 1]."""
    return fuzz.token_set_ratio(one, other) / 100


def exact(one: Any, other: Any) -> float:
    """1 where equal."""
    return float(one == other)


def containment(one: str, other: str) -> float:
    """The share of the longer code that the shorter one makes up, if it holds it."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    return len(shorter) / len(longer) if len(shorter) >= 4 and shorter in longer else 0.0


def relative(one: float, other: float) -> float:
    """One less the difference over the larger magnitude."""
    largest = max(abs(one), abs(other))
    return max(1 - abs(one - other) / largest, 0.0) if largest else 1.0


def date(one: str, other: str) -> float:
    """Edit similarity; 0.9 where day and month are swapped."""
    if one != other and one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]:
        return 0.9
    return levenshtein(one, other)


OF_VALUES: dict[str, Callable[[Any, Any], float]] = {
    "jaro_winkler": jaro_winkler,
    "levenshtein": levenshtein,
    "token_sort": token_sort,
    "token_set": token_set,
    "exact": exact,
    "containment": containment,
    "relative": relative,
    "date": date,
}
"""Comparators of one field's two values."""

OF_DERIVED = ("phonetic", "year", "number")
"""Comparators that ask whether a derived record feature is the same."""

OF_WORDS = ("token_overlap", "unmatched_left", "unmatched_right")
"""Comparators of weighted words, made together."""

KNOWN = {*OF_VALUES, *OF_DERIVED, *OF_WORDS, "rarity", MISSING_SUFFIX}


class PairByPair:
    """The loop over row-aligned record features: called, it returns the comparisons as compare() does."""

    def __init__(
        self, spec: MatchSpec, corpus: Corpus, names: list[str], left: pd.DataFrame, right: pd.DataFrame
    ) -> None:
        self.names = names
        self._left, self._right = (
            side.astype(object).where(side.notna(), None).to_dict("records") for side in (left, right)
        )
        self._fields = [
            _field(field, tuple(name.partition("__")[2] for name in group), spec, _weights(field, corpus, left, right))
            for field, group in groupby(names, key=field_of)
        ]

    def __call__(self) -> pd.DataFrame:
        """Every comparison of every pair, one after the other."""
        rows = []
        for left, right in zip(self._left, self._right, strict=True):
            row: list[float] = []
            for field in self._fields:
                row += field(left, right)
            rows.append(row)
        return pd.DataFrame(rows, columns=self.names)


def _field(
    field: str, comparators: tuple[str, ...], spec: MatchSpec, weights: dict[str, float]
) -> Callable[[Record, Record], list[float]]:
    """One field's comparisons, the count of sides without it last."""
    unknown = [name for name in comparators if name not in KNOWN]
    if unknown or field not in spec.fields or comparators[-1] != MISSING_SUFFIX:
        raise SystemExit(
            f"the loop does not know {field}__{', '.join(unknown or comparators)}: add it to benchmarks/peers.py"
        )
    text = spec.fields[field].kind != "number"
    alike = spec.sources.alike
    plan = [(OF_VALUES.get(name), name) for name in comparators[:-1]]
    by_words = any(name in OF_WORDS for name in comparators)

    def compared(left: Record, right: Record) -> list[float]:
        one, other = left[field], right[field]
        if one is None or other is None:
            return [nan] * len(plan) + [float((one is None) + (other is None))]
        if alike and text and one > other:
            one, other = other, one
        words = word_evidence(one, other, weights, alike) if by_words else {}
        row = []
        for function, name in plan:
            if function is not None:
                row.append(function(one, other))
            elif name in OF_WORDS:
                row.append(words[name])
            elif name == "rarity":
                column = f"{field}__rarity"
                row.append((left[column] + right[column]) / 2 if one == other else 0.0)
            else:
                column = f"{field}__{name}"
                derived = left[column], right[column]
                row.append(nan if None in derived else float(derived[0] == derived[1]))
        row.append(0.0)
        return row

    return compared


def word_evidence(one: str, other: str, weights: dict[str, float], alike: bool) -> dict[str, float]:
    """Weighted cosine of two sets of words, and the weight on either side that the other does not explain."""
    words, others = set(one.split()), set(other.split())
    shared = sum(weights[word] for word in words & others)
    mass, other_mass = sum(weights[word] for word in words), sum(weights[word] for word in others)
    norm = sqrt(mass * other_mass)
    left, right = max(mass - shared, 0.0), max(other_mass - shared, 0.0)
    if alike and left < right:
        left, right = right, left
    return {"token_overlap": shared / norm if norm else 0.0, "unmatched_left": left, "unmatched_right": right}


def _weights(field: str, corpus: Corpus, left: pd.DataFrame, right: pd.DataFrame) -> dict[str, float]:
    """The weight of every word of a text field, looked up beforehand."""
    values = pd.concat([left[field], right[field]]).dropna().unique() if field in left else []
    words = sorted({word for value in values if isinstance(value, str) for word in value.split()})
    return dict(zip(words, corpus.inverse_document_frequency(field, words).tolist(), strict=True))
