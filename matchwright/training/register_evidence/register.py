"""A register as numbers: equal values of a field have equal codes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.information import counted_fields
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec

Rows = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Register:
    """The records that pairs are drawn from.

    ``codes`` has a number for each value, shape (records, counted fields), and -1 where a value is missing. ``left``
    and ``right`` are the rows to pair. ``scale`` is how many times more right records the whole register has.
    ``true`` are ``left row * records + right row`` of the known matches, rising; in one table in both orders.
    """

    codes: Rows
    left: Rows
    right: Rows
    scale: float
    one_table: bool
    true: Rows

    @classmethod
    def of(cls, frame: pd.DataFrame, matches: pd.DataFrame, inside: Mask, spec: MatchSpec) -> "Register":
        """The register of some records.

        Args:
            frame: record features of all records.
            matches: left_key and right_key of the known matches.
            inside: the records of ``frame`` to draw from, shape (records,).
            spec: the match spec.
        """
        codes = np.column_stack([pd.factorize(frame[field])[0] for field in counted_fields(spec)]).astype(np.int64)
        is_right = frame["record_key"].str.startswith("right:").to_numpy(dtype=bool)
        one_table = not is_right.any()
        everybody = np.ones(len(frame), dtype=bool)
        left, right = (everybody, everybody) if one_table else (~is_right, is_right)
        index = pd.Index(frame["record_key"])
        one, other = (index.get_indexer(matches[key]) for key in PAIR_KEYS)
        known = (one >= 0) & (other >= 0)
        known &= inside[one] & inside[other]
        one, other = one[known].astype(np.int64), other[known].astype(np.int64)
        if one_table:
            one, other = np.r_[one, other], np.r_[other, one]
        return cls(
            codes=codes,
            left=np.flatnonzero(left & inside),
            right=np.flatnonzero(right & inside),
            scale=float(right.sum()) / max(int((right & inside).sum()), 1),
            one_table=one_table,
            true=np.unique(one * len(frame) + other),
        )

    def groups(self, fields: tuple[int, ...], rows: Rows) -> Rows:
        """The number of each row's values in ``fields``: equal values, equal number. -1 where one is missing."""
        chosen = self.codes[rows][:, fields]
        group = np.zeros(len(rows), dtype=np.int64)
        for values in chosen.T:
            group = pd.factorize(group * (int(values.max(initial=0)) + 2) + values + 1)[0].astype(np.int64)
        return np.where((chosen >= 0).all(axis=1), group, -1)

    def are_true(self, left: Rows, right: Rows) -> Mask:
        """Whether each pair of rows is a known match."""
        if not len(self.true):
            return np.zeros(len(left), dtype=bool)
        wanted = left * len(self.codes) + right
        found = self.true[np.minimum(np.searchsorted(self.true, wanted), len(self.true) - 1)] == wanted
        return np.asarray(found)

    @cached_property
    def true_rows(self) -> tuple[Rows, Rows]:
        """The left and right rows of the known matches."""
        return self.true // len(self.codes), self.true % len(self.codes)

    @cached_property
    def true_agreement(self) -> Mask:
        """Whether the known matches agree exactly in each field; shape (matches, counted fields)."""
        one, other = (self.codes[rows] for rows in self.true_rows)
        return np.asarray((one == other) & (one >= 0))
