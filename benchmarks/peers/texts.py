"""Comparing two texts in plain Python, one pair at a time: part of the peer loop."""

from dataclasses import dataclass
from itertools import pairwise
from math import nan, sqrt

from rapidfuzz.distance import Prefix

from matchwright.core.compare.compound_words import SHORTEST
from matchwright.core.compare.measures import measures_in
from matchwright.core.compare.texts import codes_in, numbers_in
from matchwright.core.records.corpus import Corpus

OF_WORDS = frozenset({"token_overlap", "token_containment", "unmatched_left", "unmatched_right", "rarest_shared"})
OF_NUMBERS = frozenset({"numbers", "unmatched_numbers"})
OF_MEASURES = frozenset({"measures", "conflicting_measures"})
OF_CODES = frozenset({"codes", "unmatched_codes_left", "unmatched_codes_right", "common_prefix"})


@dataclass(frozen=True, slots=True)
class Text:
    """One text, split into words, numbers, measures and codes. ``measures`` are the values of each name."""

    words: set[str]
    mass: float
    numbers: set[str]
    measures: dict[str, set[str]]
    codes: list[str]
    squeezed: str
    joined: dict[str, set[str]]

    @classmethod
    def of(cls, value: str, weights: dict[str, float]) -> "Text":
        """Split one value. ``weights`` are the weights of all its words."""
        written = value.replace("-", " ").split()
        words = set(written)
        mass = sum(weights[word] for word in words)
        joined: dict[str, set[str]] = {}
        for pair in pairwise(written):
            whole = "".join(pair)
            if len(whole) >= SHORTEST and not whole.isdigit():
                joined.setdefault(whole, set()).update(pair)
        measures: dict[str, set[str]] = {}
        for measure in measures_in(value):
            number, _, name = measure.partition(" ")
            measures.setdefault(name, set()).add(number)
        return cls(words, mass, set(numbers_in(value)), measures, codes_in(value), _squeezed(value), joined)


@dataclass(frozen=True)
class Weights:
    """The weights of a field's words, and the trigram vectors of its texts, from the corpus."""

    words: dict[str, float]
    ngrams: dict[str, dict[int, float]]

    @classmethod
    def of(cls, field: str, corpus: Corpus, texts: list[str], with_ngrams: bool) -> "Weights":
        """The weights for all texts of the benchmark."""
        words = sorted({word for text in texts for word in text.replace("-", " ").split()})
        weights = dict(zip(words, corpus.information(field, words).tolist(), strict=True))
        if not with_ngrams:
            return cls(weights, {})
        vectors = corpus.ngram_vectors(field, texts)
        bounds = zip(vectors.indptr[:-1], vectors.indptr[1:], strict=True)
        rows = [dict(zip(vectors.indices[a:b].tolist(), vectors.data[a:b].tolist(), strict=True)) for a, b in bounds]
        return cls(weights, dict(zip(texts, rows, strict=True)))


def of_words(one: Text, other: Text, weights: dict[str, float], alike: bool) -> dict[str, float]:
    """Weighted cosine and containment of two sets of words, the unmatched weight per side, the rarest in both."""
    both = one.words & other.words
    shared = sum(weights[word] for word in both)
    found, found_other = shared, shared
    wholes, others = one.joined.keys() & other.words, other.joined.keys() & one.words
    if wholes or others:
        apart, apart_other = (
            {word for whole in w for word in t.joined[whole]} for w, t in ((wholes, one), (others, other))
        )
        differently, differently_other = (apart | others) - other.words, (apart_other | wholes) - one.words
        found += sum(weights[word] for word in differently)
        found_other += sum(weights[word] for word in differently_other)
        both = both | differently | differently_other
    norm = sqrt(one.mass * other.mass)
    left, right = max(one.mass - found, 0.0), max(other.mass - found_other, 0.0)
    if alike and left < right:
        left, right = right, left
    return {
        "token_overlap": sqrt(found * found_other) / norm if norm else 0.0,
        "token_containment": max(found / one.mass, found_other / other.mass) if norm else 0.0,
        "unmatched_left": left,
        "unmatched_right": right,
        "rarest_shared": max((weights[word] for word in both), default=0.0),
    }


def of_numbers(one: Text, other: Text) -> dict[str, float]:
    """Of the numbers on the side with fewer: the share found on the other side, and the count of those not found."""
    fewer = min(len(one.numbers), len(other.numbers))
    if not fewer:
        return {"numbers": nan, "unmatched_numbers": nan}
    shared = len(one.numbers & other.numbers)
    return {"numbers": shared / fewer, "unmatched_numbers": float(fewer - shared)}


def of_measures(one: Text, other: Text) -> dict[str, float]:
    """Of the names of measures on both sides: the share with a value in common, and the count of those without."""
    names = one.measures.keys() & other.measures.keys()
    agreeing = sum(not one.measures[name].isdisjoint(other.measures[name]) for name in names)
    return {
        "measures": agreeing / len(names) if names else nan,
        "conflicting_measures": float(len(names) - agreeing) if one.measures and other.measures else nan,
    }


def of_codes(one: Text, other: Text, alike: bool) -> dict[str, float]:
    """The share of codes found in the other text, those not found per side, and the best shared beginning."""
    found = sum(_squeezed(code) in other.squeezed for code in one.codes)
    found_other = sum(_squeezed(code) in one.squeezed for code in other.codes)
    left, right = len(one.codes) - found, len(other.codes) - found_other
    if alike and left < right:
        left, right = right, left
    count = len(one.codes) + len(other.codes)
    share = (found + found_other) / count if count else nan
    pairs = [(_squeezed(code), _squeezed(second)) for code in one.codes for second in other.codes]
    return {
        "codes": share,
        "unmatched_codes_left": float(left),
        "unmatched_codes_right": float(right),
        "common_prefix": max((Prefix.similarity(*pair) / min(map(len, pair)) for pair in pairs), default=nan),
    }


def _squeezed(text: str) -> str:
    return text.replace(" ", "").replace("-", "").replace(".", "")


def cosine(one: dict[int, float], other: dict[int, float]) -> float:
    """The cosine of two sparse unit vectors."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[index] for index, weight in one.items() if index in other)
