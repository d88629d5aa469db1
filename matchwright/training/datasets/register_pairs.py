"""All candidates of a register, by the rows of their records: twelve bytes for a pair, in place of two keys."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import Columns, columns_of, take
from matchwright.core.records.numbered import OF_ONE_RECORD, NumberedColumns

Rows = np.ndarray[Any, np.dtype[np.integer[Any]]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

UNKNOWN = -1
"""The label of a pair that nobody labelled."""

BATCH = 100_000
"""Pairs whose records are read at a time. This bounds memory and does not change results."""

READ_AT_ONCE = 1_000_000
"""Pairs that are read from a file, or whose keys are looked at, at a time."""


@dataclass(frozen=True)
class RegisterPairs:
    """Distinct candidates, rising by the row of the left record and then by that of the right one.

    - ``frame``: record features of all records.
    - ``left``, ``right``: the rows of the two records in it, shape (pairs,).
    - ``label``: 1, 0, or :data:`UNKNOWN`, shape (pairs,).
    """

    frame: pd.DataFrame = field(repr=False, compare=False)
    left: Rows
    right: Rows
    label: "np.ndarray[Any, np.dtype[np.int8]]"

    def __len__(self) -> int:
        return len(self.left)

    @classmethod
    def of(cls, frame: pd.DataFrame, pairs: "pd.DataFrame | RegisterPairs") -> "RegisterPairs":
        """The pairs of a frame with left_key, right_key and perhaps label, without repeated ones.

        Raises:
            KeyError: a record of a pair is not in ``frame``.
        """
        if isinstance(pairs, RegisterPairs):
            return pairs
        index = pd.Index(frame["record_key"])
        return cls._sorted(frame, *_read(pairs, index))

    @classmethod
    def read(cls, path: Path, frame: pd.DataFrame) -> "RegisterPairs":
        """The pairs of a Parquet file with left_key, right_key and label, which is read piece by piece."""
        from pyarrow import parquet

        index = pd.Index(frame["record_key"])
        columns = [*PAIR_KEYS, "label"]
        file = parquet.ParquetFile(str(path))
        found = [_read(piece.to_pandas(), index) for piece in file.iter_batches(READ_AT_ONCE, columns=columns)]
        if not found:
            found = [_read(pd.DataFrame(columns=columns), index)]
        return cls._sorted(frame, *(np.concatenate(each) for each in zip(*found, strict=True)))

    @classmethod
    def _sorted(cls, frame: pd.DataFrame, left: Rows, right: Rows, label: Any) -> "RegisterPairs":
        code = left.astype(np.int64) * max(len(frame), 1) + right
        if len(code) and not (code[1:] > code[:-1]).all():
            chosen = np.unique(code, return_index=True)[1]
            left, right, label = left[chosen], right[chosen], label[chosen]
        return cls(frame, left, right, label)

    @cached_property
    def keys(self) -> "np.ndarray[Any, np.dtype[np.object_]]":
        """The record key of each row of the features."""
        return self.frame["record_key"].to_numpy(dtype=object)

    @cached_property
    def columns(self) -> NumberedColumns:
        """The record features, their texts numbered."""
        return NumberedColumns.of(columns_of(self.frame), plain=OF_ONE_RECORD)

    def take(self, rows: Any) -> "RegisterPairs":
        """Some of the pairs: row numbers that rise, or a mask."""
        made = RegisterPairs(self.frame, self.left[rows], self.right[rows], self.label[rows])
        return made._with(self)

    def _with(self, other: "RegisterPairs") -> "RegisterPairs":
        """The same with what another one has computed of the same records."""
        for name in ("keys", "columns", "_index"):
            if name in other.__dict__:
                self.__dict__[name] = other.__dict__[name]
        return self

    def including(self, pairs: pd.DataFrame) -> "RegisterPairs":
        """These pairs, and others that may not be among them."""
        if (self.rows_of(pairs) >= 0).all():
            return self
        more = RegisterPairs.of(self.frame, pairs)
        ends = (np.concatenate([getattr(self, name), getattr(more, name)]) for name in ("left", "right", "label"))
        return self._sorted(self.frame, *ends)._with(self)

    def rows_of(self, pairs: pd.DataFrame) -> "np.ndarray[Any, np.dtype[np.intp]]":
        """The number of each given pair (left_key and right_key) among these; -1 where it is none of them."""
        left, right = (self._index.get_indexer(pd.Index(pairs[key])).astype(np.int64) for key in PAIR_KEYS)
        size = max(len(self.frame), 1)
        wanted = left * size + right
        codes = self.left.astype(np.int64) * size + self.right
        at = np.searchsorted(codes, wanted)
        known = (np.append(codes, -1)[at] == wanted) & (left >= 0) & (right >= 0)
        return np.where(known, at, -1)

    def records_of(self, pairs: pd.DataFrame, *sides: str) -> Mask:
        """The records of given pairs, on the sides named or on both: shape (records,)."""
        found = np.zeros(len(self.frame), dtype=bool)
        for key in sides or PAIR_KEYS:
            found[self._index.get_indexer(pd.Index(pairs[key]))] = True
        return found

    def with_records(self, records: Mask) -> "np.ndarray[Any, np.dtype[np.intp]]":
        """The numbers of the pairs with at least one of some records."""
        return np.flatnonzero(records[self.left] | records[self.right])

    def pair_keys(self, rows: Any = slice(None)) -> pd.DataFrame:
        """The left_key and the right_key of some pairs."""
        return pd.DataFrame({"left_key": self.keys[self.left[rows]], "right_key": self.keys[self.right[rows]]})

    def batches(self, rows: Rows | None = None) -> Iterator[tuple[slice, Columns, Columns]]:
        """The record features of both sides of some pairs, or of all, :data:`BATCH` at a time.

        The slice says which of the chosen pairs they are.
        """
        total = len(self) if rows is None else len(rows)
        for start in range(0, total, BATCH):
            part = slice(start, min(start + BATCH, total))
            at: Any = part if rows is None else rows[part]
            yield part, take(self.columns, self.left[at]), take(self.columns, self.right[at])

    @cached_property
    def _index(self) -> "pd.Index[Any]":
        index: pd.Index[Any] = pd.Index(self.keys)
        return index


def _read(pairs: pd.DataFrame, index: "pd.Index[Any]") -> tuple[Rows, Rows, Any]:
    left, right = (index.get_indexer(pd.Index(pairs[key])) for key in PAIR_KEYS)
    if min(left.min(initial=0), right.min(initial=0)) < 0:
        raise KeyError("a record of a pair has no features")
    label = pairs["label"].to_numpy() if "label" in pairs else np.full(len(pairs), UNKNOWN)
    return left.astype(np.int32), right.astype(np.int32), np.asarray(label).astype(np.int8)
