"""From similar texts to ranked records: first the most similar, and among equals those with the smaller key."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.candidates.tfidf_index.ngrams import Integers

Similarities = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Members:
    """The records of each text: those of text t are ``records[starts[t]:starts[t + 1]]``, and they rise."""

    starts: Integers
    records: Integers

    @classmethod
    def of(cls, text_of: Integers, texts: int) -> "Members":
        """From the text of each record, shape (records,)."""
        counts = np.bincount(text_of, minlength=texts)
        return cls(np.r_[0, np.cumsum(counts)], np.argsort(text_of, kind="stable"))

    def counts(self, texts: Integers) -> Integers:
        """How many records have each of these texts."""
        return np.asarray(self.starts[texts + 1] - self.starts[texts])

    def expanded(self, texts: Integers, most: int | None = None) -> tuple[Integers, Integers]:
        """The row of ``texts`` and the record, for the first ``most`` records of each text, by default all."""
        counts = self.counts(texts)
        if most is not None:
            counts = np.minimum(counts, most)
        row = np.repeat(np.arange(len(texts)), counts)
        within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        return row, self.records[self.starts[texts][row] + within]


@dataclass(frozen=True)
class Ranked:
    """Records by query, the best first within each: aligned arrays, and which queries need a longer list of texts."""

    query: Integers
    record: Integers
    similarity: Similarities
    incomplete: Integers


def ranked_records(nearest: Any, asked_for: int, members: Members, most: int) -> Ranked:
    """The first ``most`` records of each query.

    Args:
        nearest: sparse similarities of queries and texts, falling within each row.
        asked_for: the length of a list that is full, so that more texts may follow.
        members: the records of the texts.
        most: records of a query.

    A full list is complete where its last text is less similar than the last record. Else a text that is missing may
    have a record with a smaller key. Similarities are equal if they are equal in single precision.
    """
    lengths = np.diff(nearest.indptr).astype(np.int64)
    query = np.repeat(np.arange(len(lengths)), lengths)
    text, similarity = nearest.indices.astype(np.int64), nearest.data.astype(np.float32)
    counts = members.counts(text)
    so_far = np.cumsum(counts)
    start = np.asarray(nearest.indptr[:-1], dtype=np.int64)
    before = np.r_[0, so_far][start]
    so_far -= np.repeat(before, lengths)
    cut = np.full(len(lengths), -np.inf, dtype=np.float32)
    reached = np.flatnonzero(so_far >= most)
    first = reached[np.r_[True, query[reached][1:] != query[reached][:-1]]] if len(reached) else reached
    cut[query[first]] = similarity[first]
    full = np.flatnonzero((lengths >= asked_for) & (lengths < nearest.shape[1]))
    incomplete = full[similarity[nearest.indptr[full + 1] - 1] >= cut[full]]
    cut[incomplete] = np.inf
    kept = similarity >= cut[query]
    row, record = members.expanded(text[kept], most)
    query, similarity = query[kept][row], similarity[kept][row]
    order = _ordered(query, similarity, record)
    query, record, similarity = query[order], record[order], similarity[order]
    first_ones = rank_in_row(query) <= most
    return Ranked(query[first_ones], record[first_ones], similarity[first_ones], incomplete)


def rank_in_row(rows: Integers) -> Integers:
    """1, 2, 3 ... within each run of equal row numbers."""
    if not len(rows):
        return np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    return np.asarray(np.arange(len(rows)) - np.repeat(starts, np.diff(np.r_[starts, len(rows)])) + 1)


def _ordered(query: Integers, similarity: Similarities, record: Integers) -> Integers:
    """The order by query, falling similarity and record. Only rows with equal similarities are sorted."""
    order = np.arange(len(query))
    same = (query[1:] == query[:-1]) & (similarity[1:] == similarity[:-1])
    has_equal = np.zeros(query[-1] + 1 if len(query) else 0, dtype=bool)
    has_equal[query[1:][same]] = True
    tied = np.flatnonzero(has_equal[query])
    order[tied] = tied[np.lexsort((record[tied], -similarity[tied], query[tied]))]
    return order
