"""How many records have each n-gram. An index counts this once, when it is fitted, and never again.

So the similarity of two records does not change when other records are added or removed. An n-gram that the fitted
records lack is as rare as an n-gram can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from matchwright.core.candidates.tfidf_index.ngrams import Codes, CodeTable, Integers, ngrams_of, runs_of
from matchwright.core.candidates.tfidf_index.texts import DistinctTexts

EXACT_WORK = 10_000_000_000
"""Products of two weights that an exact search may take: about a minute on one core."""

BOUNDED_WORK = 1_000_000_000
"""Look-ups that a bounded search may always take in all. Within it the limit of a record is raised."""

LONGER = 2
"""In a larger register n-grams have so many more characters.

A search may look up a few thousand records per record there. Of a million persons, 2,000 look-ups reach two n-grams
of three characters, or twelve of five: the latter find more true pairs than an exact search with three characters.
"""

Weights = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class NgramStatistics:
    """What an index was fitted with.

    - ``length``: characters of an n-gram.
    - ``most``: records that a search may look up for one record; None where it looks up all, so that it is exact.
    - ``total``: the fitted records.
    - ``codes``: the n-grams, rising, shape (n-grams,).
    - ``records``: how many fitted records have each n-gram, shape (n-grams,).
    - ``texts``: how many distinct texts of the index have it, shape (n-grams,): the look-ups that it takes.
    """

    length: int
    most: int | None
    total: int
    codes: Codes
    records: Integers
    texts: Integers
    _table: CodeTable = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_table", CodeTable(self.codes))

    def rarity(self, codes: Codes) -> tuple[Weights, Integers]:
        """The inverse document frequency of n-grams, and the look-ups that each takes; shapes (codes,)."""
        at = self._table.find(codes)
        records = np.where(at >= 0, self.records[at], 0) if len(self.codes) else np.zeros(len(codes), dtype=np.int64)
        lookups = np.where(at >= 0, self.texts[at], 0) if len(self.codes) else records
        return np.log((1 + self.total) / (1 + records)) + 1, lookups


def fitted(texts: DistinctTexts, length: int, most: int) -> NgramStatistics:
    """The statistics of a set of texts: exact where the work is within :data:`EXACT_WORK`, and else bounded.

    Args:
        texts: the texts of the index, and those that are looked up in it.
        length: characters of an n-gram.
        most: the limit of look-ups per record of a bounded search. It is raised within :data:`BOUNDED_WORK`.
    """
    exact = _counted(texts, length, EXACT_WORK)
    if exact is not None:
        return NgramStatistics(length, None, texts.records, *exact)
    bounded = _counted(texts, length + LONGER, None)
    assert bounded is not None  # it was not stopped
    most = max(most, BOUNDED_WORK // max(int(texts.asked.sum()), 1))
    return NgramStatistics(length + LONGER, most, texts.records, *bounded)


def _counted(texts: DistinctTexts, length: int, most: int | None) -> tuple[Codes, Integers, Integers] | None:
    """The n-grams with their records and texts. None as soon as looking them all up takes more than ``most``."""
    codes: Codes = np.empty(0, dtype=np.uint64)
    counts = np.zeros((3, 0), dtype=np.int64)  # records, texts of the index, texts that are looked up
    for block, (copies, indexed, asked) in texts.blocks():
        found = ngrams_of(block, length)
        per_text = [copies[found.row], indexed[found.row], asked[found.row]]
        codes, counts = _added(codes, counts, found.code, per_text)
        if most is not None and int(counts[1] @ counts[2]) > most:
            return None
    return codes, counts[0], counts[1]


def _added(codes: Codes, counts: Integers, new: Codes, per_ngram: Sequence[Integers]) -> tuple[Codes, Integers]:
    order = np.argsort(new)
    first, distinct = runs_of(new[order])
    added = np.stack([np.add.reduceat(each[order], first) if len(first) else each[order] for each in per_ngram])
    together = np.concatenate([codes, distinct])
    order = np.argsort(together, kind="stable")
    first, codes = runs_of(together[order])
    both = np.concatenate([counts, added], axis=1)[:, order]
    return codes, np.add.reduceat(both, first, axis=1) if len(first) else both
