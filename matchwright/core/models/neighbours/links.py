"""The predicted matches of a register as links between its records."""

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

PER_PAIR = 40
"""The measures of a pair take as much memory as so many links."""

AT_ONCE = 5_000_000
"""Links that are looked at together. This bounds memory and does not change results."""


@dataclass(frozen=True)
class Links:
    """The links between records: ``partners`` has 1 for each predicted match; shape (records, records), symmetric.

    ``records`` are the record keys, rising. ``left`` and ``right`` (numbers of records) are of the candidates as given,
    shape (candidates,).
    """

    records: Any
    left: Whole
    right: Whole
    partners: Any

    @classmethod
    def of(cls, left_keys: Keys, right_keys: Keys, log_odds: Array) -> "Links":
        """The links of all candidates of a register.

        Args:
            left_keys: one record of each candidate; equal keys are one record.
            right_keys: the other record. A candidate that is given twice, in either order, counts once, with its
                larger log-odds.
            log_odds: of each candidate, shape (candidates,).
        """
        records, left, right = numbered(left_keys, right_keys)
        size = len(records)
        chosen = (log_odds >= PREDICTED_FROM) & (left != right)
        pair = np.unique(np.minimum(left, right)[chosen] * size + np.maximum(left, right)[chosen])
        return cls(records, left, right, symmetric(pair // max(size, 1), pair % max(size, 1), size))

    @property
    def partner_counts(self) -> Whole:
        """The number of predicted matches of each record, shape (records,)."""
        return np.asarray(np.diff(self.partners.indptr), dtype=np.int64)


def numbered(left_keys: Keys, right_keys: Keys) -> tuple[Any, Whole, Whole]:
    """The record keys, rising, and for each candidate the numbers of its left and of its right record."""
    keys = np.concatenate([np.asarray(left_keys), np.asarray(right_keys)])
    codes, records = pd.factorize(keys, sort=True, use_na_sentinel=False)
    half = len(codes) // 2
    return records, codes[:half].astype(np.int64), codes[half:].astype(np.int64)


def symmetric(left: Whole, right: Whole, size: int) -> Any:
    """A sparse matrix of shape (size, size) with 1 for each of these pairs, in both directions."""
    ends = np.concatenate([left, right]), np.concatenate([right, left])
    made = csr_matrix((np.ones(len(ends[0]), dtype=np.float32), ends), shape=(size, size))
    made.sort_indices()
    return made


def batches_of(rows: Whole, work: Whole) -> Iterator[Whole]:
    """Rows in batches of at most :data:`AT_ONCE` work, or of one row with more."""
    if not len(rows):
        return
    batch = np.cumsum(work) // AT_ONCE
    yield from np.split(rows, np.flatnonzero(np.diff(batch)) + 1)
