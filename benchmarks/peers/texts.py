"""Comparing two texts in plain Python, one pair at a time: part of the peer loop."""

from dataclasses import dataclass
from itertools import pairwise
from math import nan, sqrt

from matchwright.core.compare.compound_words import SHORTEST
from matchwright.core.compare.texts import codes_in, numbers_in
from matchwright.core.records.corpus import Corpus

OF_WORDS = frozenset({"token_overlap", "token_containment", "unmatched_left", "unmatched_right"})
OF_NUMBERS = frozenset({"numbers", "unmatched_numbers"})
OF_CODES = frozenset({"codes", "unmatched_codes_left", "unmatched_codes_right"})


@dataclass(frozen=True, slots=True)
class Text:
    """One text, split into words, numbers and codes."""

    words: set[str]
    mass: float
    numbers: set[str]
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
        return cls(words, mass, set(numbers_in(value)), codes_in(value), _squeezed(value), joined)


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
    """Weighted cosine and containment of two sets of words, and the unmatched weight on either side."""
    shared = sum(weights[word] for word in one.words & other.words)
    found, found_other = shared, shared
    wholes, others = one.joined.keys() & other.words, other.joined.keys() & one.words
    if wholes or others:
        apart, apart_other = (
            {word for whole in w for word in t.joined[whole]} for w, t in ((wholes, one), (others, other))
        )
        found += sum(weights[word] for word in (apart | others) - other.words)
        found_other += sum(weights[word] for word in (apart_other | wholes) - one.words)
    norm = sqrt(one.mass * other.mass)
    left, right = max(one.mass - found, 0.0), max(other.mass - found_other, 0.0)
    if alike and left < right:
        left, right = right, left
    return {
        "token_overlap": sqrt(found * found_other) / norm if norm else 0.0,
        "token_containment": max(found / one.mass, found_other / other.mass) if norm else 0.0,
        "unmatched_left": left,
        "unmatched_right": right,
    }


def of_numbers(one: Text, other: Text) -> dict[str, float]:
    """Of the numbers on the side with fewer: the share found on the other side, and the count of those not found."""
    fewer = min(len(one.numbers), len(other.numbers))
    if not fewer:
        return {"numbers": nan, "unmatched_numbers": nan}
    shared = len(one.numbers & other.numbers)
    return {"numbers": shared / fewer, "unmatched_numbers": float(fewer - shared)}


def of_codes(one: Text, other: Text, alike: bool) -> dict[str, float]:
    """The share of both sides' codes found in the other text, and the count of those not found, per side."""
    found = sum(_squeezed(code) in other.squeezed for code in one.codes)
    found_other = sum(_squeezed(code) in one.squeezed for code in other.codes)
    left, right = len(one.codes) - found, len(other.codes) - found_other
    if alike and left < right:
        left, right = right, left
    count = len(one.codes) + len(other.codes)
    share = (found + found_other) / count if count else nan
    return {"codes": share, "unmatched_codes_left": float(left), "unmatched_codes_right": float(right)}


def _squeezed(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def cosine(one: dict[int, float], other: dict[int, float]) -> float:
    """The cosine of two sparse unit vectors."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[index] for index, weight in one.items() if index in other)
