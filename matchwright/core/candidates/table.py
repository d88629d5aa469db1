"""A table of records, and proposed pairs as positions in it. All candidate methods use both.

A pair is two 32-bit positions until all pairs are made. Then the keys are looked up once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.errors import CandidateError

Positions = np.ndarray[Any, np.dtype[np.int32]]
Codes = np.ndarray[Any, np.dtype[np.int64]]
MOST_PROPOSALS = 63
RANKED = ("tfidf", "embedding")
"""The methods that rank their candidates. The ranks are in ``tfidf_rank`` and ``embedding_rank``."""


@dataclass(frozen=True)
class RecordTable:
    """Record features sorted by record key, so that their order does not matter.

    ``left`` and ``right`` are the positions of the left and the right records. In deduplication (``one_table``) both
    hold all positions.
    """

    features: pd.DataFrame
    keys: np.ndarray[Any, Any]
    left: Positions
    right: Positions
    one_table: bool

    @classmethod
    def of(cls, features: pd.DataFrame) -> "RecordTable":
        """The table of a frame with a ``record_key`` column.

        Raises:
            CandidateError: record keys repeat.
        """
        ordered = features.sort_values("record_key", kind="stable", ignore_index=True)
        keys = ordered["record_key"].to_numpy(dtype=object)
        repeated = int(ordered["record_key"].duplicated().sum())
        if repeated:
            raise CandidateError(f"{repeated} record key(s) repeat.", "keep one row per record and source")
        positions = np.arange(len(ordered), dtype=np.int32)
        is_right = ordered["record_key"].str.startswith("right:").to_numpy(dtype=bool)
        if not is_right.any():
            return cls(ordered, keys, positions, positions, one_table=True)
        return cls(ordered, keys, positions[~is_right], positions[is_right], one_table=False)

    @property
    def possible_pairs(self) -> int:
        """The number of pairs without blocking."""
        if self.one_table:
            return len(self.left) * (len(self.left) - 1) // 2
        return len(self.left) * len(self.right)


@dataclass(frozen=True)
class Proposal:
    """Pairs that one method proposes: two aligned arrays of positions, and the rank (from 1) if the method ranks."""

    name: str
    left: Positions
    right: Positions
    rank: np.ndarray[Any, np.dtype[np.int16]] | None = None


def unite(table: RecordTable, proposals: Sequence[Proposal]) -> pd.DataFrame:
    """The distinct pairs of all proposals with the names of the methods that proposed them, sorted by key.

    One proposal is merged at a time, so memory grows only with the distinct pairs.

    Raises:
        CandidateError: there are more than 63 proposals.
    """
    if len(proposals) > MOST_PROPOSALS:
        raise CandidateError(f"{len(proposals)} candidate methods are more than {MOST_PROPOSALS}.", "remove rules")
    size = size_of(table)
    codes, masks = merged(table, proposals)
    combinations, which = np.unique(masks, return_inverse=True)
    names = np.array(["|".join(p.name for bit, p in enumerate(proposals) if mask >> bit & 1) for mask in combinations])
    return pd.DataFrame(
        {
            "left_key": table.keys[codes // size],
            "right_key": table.keys[codes % size],
            "proposed_by": names.astype(object)[which] if len(codes) else np.empty(0, dtype=object),
            **{f"{name}_rank": _ranks(codes, size, [p for p in proposals if p.name == name]) for name in RANKED},
        }
    )


def size_of(table: RecordTable) -> np.int64:
    """The number by which the left position of a pair is multiplied in its code."""
    return np.int64(max(len(table.keys), 1))


def merged(table: RecordTable, proposals: Sequence[Proposal]) -> tuple[Codes, Codes]:
    """The codes of all distinct pairs, rising, and for each a bit mask of the proposals that have it.

    The code of a pair is its left position times :func:`size_of`, plus its right position.
    """
    codes, masks = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    for bit, proposal in enumerate(proposals):
        new = np.unique(proposal.left * size_of(table) + proposal.right)
        codes, masks = _merge(codes, masks, new, np.int64(1) << bit)
    return codes, masks


def _merge(
    codes: np.ndarray[Any, Any], masks: np.ndarray[Any, Any], new: np.ndarray[Any, Any], bit: np.int64
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    together = np.concatenate([codes, new])
    order = np.argsort(together, kind="stable")
    together = together[order]
    together_masks = np.concatenate([masks, np.full(len(new), bit, dtype=np.int64)])[order]
    first = np.flatnonzero(np.r_[True, together[1:] != together[:-1]]) if len(together) else np.empty(0, dtype=np.intp)
    return together[first], np.bitwise_or.reduceat(together_masks, first) if len(first) else together_masks


def _ranks(codes: np.ndarray[Any, Any], size: np.int64, proposals: Sequence[Proposal]) -> Any:
    ranks = np.full(len(codes), np.iinfo(np.int16).max, dtype=np.int16)
    for proposal in proposals:
        if proposal.rank is not None:
            at = np.searchsorted(codes, proposal.left * size + proposal.right)
            np.minimum.at(ranks, at, proposal.rank)
    return pd.arrays.IntegerArray(ranks, ranks == np.iinfo(np.int16).max)
