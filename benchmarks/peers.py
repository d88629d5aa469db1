"""The comparisons of a spec, made pair by pair in plain Python with rapidfuzz: what compare() is measured against.

Written as one would by hand, without waste: a text is taken apart and weighed once, and what several comparators
need of a pair is made once. A comparator that it does not know is refused, not left out.
Those of context are no comparisons of a pair, and compare() leaves them out too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from math import nan, sqrt
from typing import Any

import pandas as pd
from nicknames import NickNamer
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from matchwright.core.compare import field_of
from matchwright.core.compare.names import other_names
from matchwright.core.compare.texts import codes_in, numbers_in
from matchwright.core.corpus import Corpus
from matchwright.core.records.columns import columns_of
from matchwright.core.records.whole import record_texts
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import CONTEXT, MISSING_SUFFIX, RECORD

Record = dict[str, Any]
Compared = Callable[[Record, Record], list[float]]
NICKNAMES = NickNamer()


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


def nickname(one: str, other: str) -> float:
    """1 where equal or one is a short form of the other."""
    return float(one == other or other in NICKNAMES.nicknames_of(one) or one in NICKNAMES.nicknames_of(other))


def relative(one: float, other: float) -> float:
    """One less the difference over the larger magnitude."""
    largest = max(abs(one), abs(other))
    return max(1 - abs(one - other) / largest, 0.0) if largest else 1.0


def date(one: str, other: str) -> float:
    """Edit similarity; 0.9 where day and month are swapped."""
    if one != other and one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]:
        return 0.9
    return levenshtein(one, other)


def parts(one: str, other: str) -> float:
    """Share of year, month and day that are equal."""
    return ((one[:4] == other[:4]) + (one[4:6] == other[4:6]) + (one[6:] == other[6:])) / 3


OF_VALUES: dict[str, Callable[[Any, Any], float]] = {
    function.__name__: function
    for function in (
        *(jaro_winkler, levenshtein, token_sort, token_set, exact, containment, nickname),
        *(relative, date, parts),
    )
}
"""Comparators of one field's two values, by name."""

OF_DERIVED = frozenset({"phonetic", "initial", "year", "number"})
"""Comparators that ask whether a derived record feature is the same."""

OF_WORDS = frozenset({"token_overlap", "token_containment", "unmatched_left", "unmatched_right"})
OF_NUMBERS = frozenset({"numbers", "unmatched_numbers"})
OF_CODES = frozenset({"codes", "unmatched_codes_left", "unmatched_codes_right"})
OF_RECORDS = frozenset({"rarity", "swapped", "elsewhere"})
KNOWN = {*OF_VALUES, *OF_DERIVED, *OF_WORDS, *OF_NUMBERS, *OF_CODES, *OF_RECORDS, "ngram_cosine"}


@dataclass(frozen=True, slots=True)
class Text:
    """One text taken apart."""

    words: set[str]
    mass: float
    numbers: set[str]
    codes: list[str]
    squeezed: str


@dataclass(frozen=True)
class Weights:
    """What a corpus says of a field's texts: words by weight, texts by trigram vector."""

    words: dict[str, float]
    ngrams: dict[str, dict[int, float]]

    @classmethod
    def of(cls, field: str, corpus: Corpus, texts: list[str], with_ngrams: bool) -> "Weights":
        """Of all texts that will be met."""
        words = sorted({word for text in texts for word in text.split()})
        weights = dict(zip(words, corpus.information(field, words).tolist(), strict=True))
        if not with_ngrams:
            return cls(weights, {})
        vectors = corpus.ngram_vectors(field, texts)
        bounds = zip(vectors.indptr[:-1], vectors.indptr[1:], strict=True)
        rows = [dict(zip(vectors.indices[a:b].tolist(), vectors.data[a:b].tolist(), strict=True)) for a, b in bounds]
        return cls(weights, dict(zip(texts, rows, strict=True)))


class PairByPair:
    """The loop over row-aligned record features: called, it returns what compare() does of the pairs alone."""

    def __init__(
        self, spec: MatchSpec, corpus: Corpus, names: list[str], left: pd.DataFrame, right: pd.DataFrame
    ) -> None:
        self.names = [name for name in names if field_of(name) != CONTEXT]
        self._spec, self._corpus = spec, corpus
        self._sides = [_records(side) for side in (left, right)]
        self._fields = {
            field: [name.partition("__")[2] for name in group] for field, group in groupby(self.names, key=field_of)
        }
        for field, comparators in self._fields.items():
            compared(spec, field, comparators, Weights({}, {}))  # an unknown comparator is refused now

    def __call__(self) -> pd.DataFrame:
        """Every comparison of every pair, one after the other, from the same record features as compare()."""
        if self._spec.record is not None:
            self._read_whole()
        fields = [
            compared(self._spec, field, comparators, self._weights(field, comparators))
            for field, comparators in self._fields.items()
        ]
        rows = []
        for left, right in zip(*self._sides, strict=True):
            row: list[float] = []
            for field in fields:
                row += field(left, right)
            rows.append(row)
        return pd.DataFrame(rows, columns=self.names)

    def _read_whole(self) -> None:
        """The text of the whole record, once for each."""
        records = {record["record_key"]: record for side in self._sides for record in side}
        texts = record_texts(columns_of(pd.DataFrame(list(records.values()))), self._spec)
        by_key = dict(zip(records, texts, strict=True))
        for side in self._sides:
            for record in side:
                record[RECORD] = by_key[record["record_key"]]

    def _weights(self, field: str, comparators: list[str]) -> Weights:
        needed = OF_WORDS.union(OF_NUMBERS, OF_CODES, {"ngram_cosine"}).intersection(comparators)
        values = {record[field] for side in self._sides for record in side} if needed else set()
        texts = sorted(value for value in values if value is not None)
        return Weights.of(field, self._corpus, texts, "ngram_cosine" in comparators)


def compared(spec: MatchSpec, field: str, comparators: list[str], weights: Weights) -> Compared:
    """What makes one field's comparisons, or the whole record's, of a pair, in their order."""
    if unknown := [name for name in comparators if name not in KNOWN and name != MISSING_SUFFIX]:
        raise SystemExit(f"the loop does not know {field}__{', '.join(unknown)}: add it to benchmarks/peers.py")
    kind = spec.fields[field].kind if field != RECORD else "text"
    ordered = spec.sources.alike and kind != "number"
    needed = (
        OF_WORDS.intersection(comparators),
        OF_NUMBERS.intersection(comparators),
        OF_CODES.intersection(comparators),
    )
    others = other_names(spec, field) if field != RECORD else ()
    taken_apart: dict[str, Text] = {}

    def text_of(value: str) -> Text:
        text = taken_apart.get(value)
        if text is None:
            words = set(value.split())
            mass = sum(weights.words[word] for word in words)
            text = Text(words, mass, set(numbers_in(value)), codes_in(value), value.replace(" ", ""))
            taken_apart[value] = text
        return text

    def of_pair(left: Record, right: Record) -> list[float]:
        one, other = left[field], right[field]
        missing = (one is None) + (other is None)
        row = []
        if ordered and not missing and one > other:
            one, other = other, one
        evidence: dict[str, float] = {}
        if any(needed) and not missing:
            text, second = text_of(one), text_of(other)
            if needed[0]:
                evidence |= of_words(text, second, weights.words, spec.sources.alike)
            if needed[1]:
                evidence |= of_numbers(text, second)
            if needed[2]:
                evidence |= of_codes(text, second, spec.sources.alike)
        for name in comparators:
            if name == MISSING_SUFFIX:
                row.append(float(missing))
            elif name == "elsewhere":
                row.append(elsewhere(left, right, field, kind == "id_code"))
            elif name in OF_DERIVED:
                column = f"{field}__{name}"
                first, last = left[column], right[column]
                row.append(nan if first is None or last is None else float(first == last))
            elif missing:
                row.append(nan)
            elif name in OF_VALUES:
                row.append(OF_VALUES[name](one, other))
            elif name in evidence:
                row.append(evidence[name])
            elif name == "ngram_cosine":
                row.append(cosine(weights.ngrams[one], weights.ngrams[other]))
            elif name == "rarity":
                column = f"{field}__rarity"
                row.append((left[column] + right[column]) / 2 if one == other else 0.0)
            else:
                row.append(swapped(left, right, field, others, ordered))
        return row

    return of_pair


def of_words(one: Text, other: Text, weights: dict[str, float], alike: bool) -> dict[str, float]:
    """Weighted cosine and containment of two sets of words, and the weight on either side that is left over."""
    shared = sum(weights[word] for word in one.words & other.words)
    norm, lighter = sqrt(one.mass * other.mass), min(one.mass, other.mass)
    left, right = max(one.mass - shared, 0.0), max(other.mass - shared, 0.0)
    if alike and left < right:
        left, right = right, left
    return {
        "token_overlap": shared / norm if norm else 0.0,
        "token_containment": shared / lighter if lighter else 0.0,
        "unmatched_left": left,
        "unmatched_right": right,
    }


def of_numbers(one: Text, other: Text) -> dict[str, float]:
    """Share, and count of those left over, of the numbers of the side with fewer."""
    fewer = min(len(one.numbers), len(other.numbers))
    if not fewer:
        return {"numbers": nan, "unmatched_numbers": nan}
    shared = len(one.numbers & other.numbers)
    return {"numbers": shared / fewer, "unmatched_numbers": float(fewer - shared)}


def of_codes(one: Text, other: Text, alike: bool) -> dict[str, float]:
    """Share of both sides' codes found in the other text, and those of either side that are not."""
    found = sum(code in other.squeezed for code in one.codes)
    found_other = sum(code in one.squeezed for code in other.codes)
    left, right = len(one.codes) - found, len(other.codes) - found_other
    if alike and left < right:
        left, right = right, left
    count = len(one.codes) + len(other.codes)
    share = (found + found_other) / count if count else nan
    return {"codes": share, "unmatched_codes_left": float(left), "unmatched_codes_right": float(right)}


def cosine(one: dict[int, float], other: dict[int, float]) -> float:
    """Of two sparse unit vectors."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[place] for place, weight in one.items() if place in other)


def swapped(left: Record, right: Record, field: str, others: tuple[str, ...], ordered: bool) -> float:
    """The best over other names of the weaker Jaro-Winkler similarity when the two change places."""
    best = nan
    for other in others:
        pairs = (left[field], right[other]), (left[other], right[field])
        if all(None not in pair for pair in pairs):
            similarity = min(jaro_winkler(*(sorted(pair) if ordered else pair)) for pair in pairs)
            best = similarity if best != best else max(best, similarity)
    return best


def elsewhere(left: Record, right: Record, field: str, squeeze: bool) -> float:
    """Share of both sides' values that stand anywhere in the other record."""
    found = looked = 0
    for value, text in ((left[field], right[RECORD]), (right[field], left[RECORD])):
        if value is None or text is None:
            continue
        wanted = value if isinstance(value, str) else f"{value:g}"
        if len(wanted) >= 2:
            looked += 1
            found += wanted in text.replace(" ", "") if squeeze else f" {wanted} " in f" {text} "
    return found / looked if looked else nan


def _records(side: pd.DataFrame) -> list[Record]:
    """Each row as a dictionary, None where missing."""
    return side.astype(object).where(side.notna(), None).to_dict("records")
