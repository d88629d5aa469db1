"""The candidates of a register as links between its records: predicted ones and all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

Array = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]
Keys = Any
"""Record keys of any type that sorts, shape (pairs,)."""

PREDICTED_FROM = 0.0
"""A candidate is a predicted match from these log-odds on: a probability of one half."""

WEAKEST = 1e-6
"""The strength of a predicted link with log-odds of 0. A sparse matrix knows no link of strength 0."""

PER_PAIR = 40
"""The measures of a pair take as much memory as so many links."""

AT_ONCE = 5_000_000
"""Links that are looked at together. This bounds memory and does not change results."""


@dataclass(frozen=True)
class Links:
    """The links between records, each matrix of shape (records, records) and symmetric.

    ``partners`` has 1 for each predicted match, ``strength`` its log-odds, and ``compared`` has 1 for each candidate.
    ``records`` are the record keys, rising. ``left``, ``right`` (numbers of records) and ``log_odds`` are of the
    pairs as given, shape (pairs,).
    """

    records: Any
    left: Whole
    right: Whole
    log_odds: Array
    partners: Any
    strength: Any
    compared: Any

    @classmethod
    def of(cls, left_keys: Keys, right_keys: Keys, log_odds: Array) -> "Links":
        """The links of all candidates of a register.

        Args:
            left_keys: one record of each candidate; equal keys are one record.
            right_keys: the other record. A candidate that is given twice, in either order, counts once, with its
                larger log-odds.
            log_odds: of each candidate, shape (pairs,).
        """
        codes, records = pd.factorize(
            np.concatenate([np.asarray(left_keys), np.asarray(right_keys)]), sort=True, use_na_sentinel=False
        )
        left, right = codes[: len(log_odds)].astype(np.int64), codes[len(log_odds) :].astype(np.int64)
        size = len(records)
        pair = np.minimum(left, right) * size + np.maximum(left, right)
        order = np.lexsort((-log_odds, pair))
        first = np.r_[True, pair[order][1:] != pair[order][:-1]] if len(order) else np.zeros(0, dtype=bool)
        rows = order[first]
        rows = rows[left[rows] != right[rows]]
        predicted = rows[log_odds[rows] >= PREDICTED_FROM]

        def matrix(chosen: Whole, values: Array) -> Any:
            ends = np.r_[left[chosen], right[chosen]], np.r_[right[chosen], left[chosen]]
            made = csr_matrix((np.r_[values, values], ends), shape=(size, size))
            made.sort_indices()
            return made

        return cls(
            records,
            left,
            right,
            np.asarray(log_odds, dtype=np.float64),
            matrix(predicted, np.ones(len(predicted), dtype=np.float32)),
            matrix(predicted, np.maximum(log_odds[predicted], WEAKEST)),
            matrix(rows, np.ones(len(rows), dtype=np.float32)),
        )

    @property
    def partner_counts(self) -> Whole:
        """The number of predicted matches of each record, shape (records,)."""
        return np.asarray(np.diff(self.partners.indptr), dtype=np.int64)

    def other_partners(self) -> tuple[Whole, Whole]:
        """The predicted partners of the left and of the right record of each pair, without the pair's own records."""
        own = (self.log_odds >= PREDICTED_FROM).astype(np.int64)
        twice = self.left == self.right
        counts = self.partner_counts
        return counts[self.left] - np.where(twice, 0, own), counts[self.right] - np.where(twice, 0, own)

    def batches(self) -> Iterator[Whole]:
        """The pairs of which a record has another predicted partner, in batches of bounded work."""
        one, other = self.other_partners()
        rows = np.flatnonzero((one > 0) | (other > 0))
        sizes = np.diff(self.compared.indptr)
        yield from batches_of(rows, PER_PAIR + sizes[self.left[rows]] + sizes[self.right[rows]])


def batches_of(rows: Whole, work: Whole) -> Iterator[Whole]:
    """Rows in batches of at most :data:`AT_ONCE` work, or of one row with more."""
    if not len(rows):
        return
    batch = np.cumsum(work) // AT_ONCE
    yield from np.split(rows, np.flatnonzero(np.diff(batch)) + 1)
