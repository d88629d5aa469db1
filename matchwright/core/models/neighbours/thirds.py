"""The third records of a pair: the other records that are near one of its two records."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.models.neighbours.links import PER_PAIR, Array, Whole, batches_of

NEAR = -3.0
"""A candidate is near a record from these log-odds on: a probability of about one twentieth."""


@dataclass(frozen=True)
class Candidates:
    """All candidates of a register as a graph, with each pair of records once.

    ``left``, ``right`` (numbers of records) and ``log_odds`` are of the candidates as given, shape (candidates,).
    ``pairs`` are the pairs of records, rising, and ``rows`` the row of each. ``counted`` is, for each candidate, the
    row that counts for its pair, or -1 where its records are the same. ``others`` and ``other_rows`` are the near
    candidates of each record, from ``starts`` on.
    """

    left: Whole
    right: Whole
    log_odds: Array
    size: int
    pairs: Whole
    rows: Whole
    counted: Whole
    starts: Whole
    others: Whole
    other_rows: Whole

    @classmethod
    def of(cls, left: Whole, right: Whole, log_odds: Array, size: int) -> "Candidates":
        """The graph of candidates. One that is given twice counts once, with its larger log-odds.

        Args:
            left: numbers of records, from 0 to ``size``.
            right: the other record of each candidate.
            log_odds: of each candidate, shape (pairs,).
            size: the number of records.
        """
        pair = np.minimum(left, right) * size + np.maximum(left, right)
        order = np.lexsort((-log_odds, pair))
        order = order[left[order] != right[order]]
        first = np.ones(len(order), dtype=bool)
        first[1:] = pair[order][1:] != pair[order][:-1]
        rows = order[first]
        counted = np.full(len(pair), -1, dtype=np.int64)
        counted[order] = rows[np.cumsum(first) - 1]
        near = rows[log_odds[rows] >= NEAR]
        ends = np.concatenate([left[near], right[near]])
        others = np.concatenate([right[near], left[near]])
        by_record = np.lexsort((others, ends))
        starts = np.searchsorted(ends[by_record], np.arange(size + 1))
        other_rows = np.concatenate([near, near])[by_record]
        return cls(left, right, log_odds, size, pair[rows], rows, counted, starts, others[by_record], other_rows)

    def row_of(self, one: Whole, other: Whole) -> Whole:
        """The row of each pair of records, or -1 where it is no candidate."""
        if not len(self.pairs):
            return np.full(len(one), -1, dtype=np.int64)
        pair = np.minimum(one, other) * self.size + np.maximum(one, other)
        at = np.minimum(np.searchsorted(self.pairs, pair), len(self.pairs) - 1)
        return np.where(self.pairs[at] == pair, self.rows[at], -1)

    def near_of(self, records: Whole) -> tuple[Whole, Whole, Whole]:
        """The near candidates of records: the index of the record, the other record, and the row."""
        counts = self.starts[records + 1] - self.starts[records]
        index = np.repeat(np.arange(len(records)), counts)
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        at = np.repeat(self.starts[records], counts) + within
        return index, self.others[at], self.other_rows[at]

    def batches(self, rows: Whole) -> Iterator[Whole]:
        """The rows in batches of bounded work."""
        counts = np.diff(self.starts)
        yield from batches_of(rows, PER_PAIR + counts[self.left[rows]] + counts[self.right[rows]])


@dataclass(frozen=True)
class Thirds:
    """The third records of some pairs, one entry each.

    ``pair`` is the index of the pair, rising. ``left`` and ``right`` are the rows of the candidates that link the third
    record with the left and with the right record, or -1 where there is none.
    """

    pairs: int
    pair: Whole
    left: Whole
    right: Whole

    @classmethod
    def among(cls, candidates: Candidates, rows: Whole) -> "Thirds":
        """The third records of these pairs."""
        one, other = candidates.left[rows], candidates.right[rows]
        index, third, row = candidates.near_of(one)
        kept = (third != other[index]) & (third != one[index])
        index, third, row = index[kept], third[kept], row[kept]
        opposite = candidates.row_of(other[index], third)
        index_right, third_right, row_right = candidates.near_of(other)
        kept = (third_right != one[index_right]) & (third_right != other[index_right])
        index_right, third_right, row_right = index_right[kept], third_right[kept], row_right[kept]
        opposite_right = candidates.row_of(one[index_right], third_right)
        # one that is near both records was found from the left one
        twice = (opposite_right >= 0) & (candidates.log_odds[opposite_right] >= NEAR)
        pair = np.concatenate([index, index_right[~twice]])
        left = np.concatenate([row, opposite_right[~twice]])
        right = np.concatenate([opposite, row_right[~twice]])
        order = np.argsort(pair, kind="stable")
        return cls(len(rows), pair[order], left[order], right[order])

    def most(self, values: "np.ndarray[Any, Any]", none: float) -> Array:
        """The largest value of the third records of each pair, shape (pairs,); ``none`` where there is none."""
        found = np.full(self.pairs, none, dtype=np.float64)
        if len(self.pair):
            first = np.flatnonzero(np.r_[True, self.pair[1:] != self.pair[:-1]])
            found[self.pair[first]] = np.maximum.reduceat(values, first)
        return found

    def total(self, values: "np.ndarray[Any, Any]") -> Array:
        """The sum over the third records of each pair, shape (pairs,)."""
        return np.bincount(self.pair, values, minlength=self.pairs).astype(np.float64)
