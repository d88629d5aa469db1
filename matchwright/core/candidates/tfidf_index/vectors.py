"""Texts as TF-IDF vectors of unit length, and which n-grams of a text are looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.candidates.tfidf_index.ngrams import Codes, Integers, ngrams_of
from matchwright.core.candidates.tfidf_index.statistics import NgramStatistics, Weights

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Vectors:
    """Sparse vectors of unit length: an n-gram's row, number and weight, and the look-ups that it takes.

    All arrays have the shape (n-grams,). Rows rise; ``texts`` is the number of rows.
    """

    row: Integers
    code: Codes
    weight: Weights
    lookups: Integers
    texts: int

    def take(self, chosen: "Integers | Flags") -> "Vectors":
        """Some of the n-grams."""
        return Vectors(self.row[chosen], self.code[chosen], self.weight[chosen], self.lookups[chosen], self.texts)

    def of_unit_length(self) -> "Vectors":
        """The vectors with unit length again, after n-grams were left out."""
        squares = np.bincount(self.row, self.weight**2, minlength=self.texts)
        return Vectors(self.row, self.code, self.weight / np.sqrt(squares)[self.row], self.lookups, self.texts)

    def rows(self, chosen: Integers) -> "Vectors":
        """The vectors of some rows, in the order of ``chosen``, which rises."""
        new = np.full(self.texts, -1, dtype=np.int64)
        new[chosen] = np.arange(len(chosen))
        kept = self.take(new[self.row] >= 0)
        return Vectors(new[kept.row], kept.code, kept.weight, kept.lookups, len(chosen))


@dataclass(frozen=True)
class Looked:
    """What is looked up for some texts: the vectors that are compared, and what the limit left out.

    - ``bounded``: for each text whether an n-gram is not looked up, shape (texts,).
    - ``nothing``: for each text whether it has n-grams, and none of them is looked up, shape (texts,).
    """

    vectors: Vectors
    bounded: Flags
    nothing: Flags


def vectors_of(texts: Sequence[str], statistics: NgramStatistics) -> Vectors:
    """The vectors of texts. An n-gram that a text has often counts by the logarithm of its number.

    Sublinear counts, and n-grams that cross words, found more true pairs than the plain variants on every dataset.
    """
    found = ngrams_of(texts, statistics.length)
    rarity, lookups = statistics.rarity(found.code)
    weight = (1 + np.log(found.count)) * rarity
    return Vectors(found.row, found.code, weight, lookups, found.texts).of_unit_length()


def looked_up(vectors: Vectors, most: int | None) -> Looked:
    """The n-grams that are looked up: the rarest of each text, as many as take at most ``most`` look-ups."""
    has = np.bincount(vectors.row, minlength=vectors.texts) > 0
    if most is None:
        return Looked(vectors, np.zeros_like(has), np.zeros_like(has))
    rare = vectors.take(vectors.lookups <= most)
    order = _rarest_first(rare)
    so_far = np.cumsum(rare.lookups[order])
    before = so_far - rare.lookups[order]
    counts = np.bincount(rare.row, minlength=rare.texts)
    first = np.repeat(np.r_[0, np.cumsum(counts)[:-1]], counts)
    kept = rare.take(order[so_far - (before[first] if len(first) else 0) <= most])
    left = np.bincount(kept.row, minlength=vectors.texts)
    bounded = left < np.bincount(vectors.row, minlength=vectors.texts)
    return Looked(kept.of_unit_length(), bounded, has & (left == 0))


def _rarest_first(vectors: Vectors) -> Integers:
    """The order by row, then by look-ups, then by number of the n-gram: one sort of packed integers."""
    position_bits = max(len(vectors.row).bit_length(), 1)
    lookup_bits = 64 - position_bits - max(vectors.texts.bit_length(), 1)
    row = vectors.row.astype(np.uint64) << np.uint64(64 - max(vectors.texts.bit_length(), 1))
    lookups = np.minimum(vectors.lookups, (1 << lookup_bits) - 1).astype(np.uint64) << np.uint64(position_bits)
    key = row | lookups | np.arange(len(vectors.row), dtype=np.uint64)
    key.sort()
    return (key & np.uint64((1 << position_bits) - 1)).astype(np.int64)
