"""A table of records, and proposed pairs as positions in it. All candidate methods use both.

A pair is two 32-bit positions until all pairs are made. Then the keys are looked up once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from matchwright.errors import CandidateError

Positions = np.ndarray[Any, np.dtype[np.int32]]
Codes = np.ndarray[Any, np.dtype[np.int64]]
Ranks = np.ndarray[Any, np.dtype[np.int16]]
MOST_PROPOSALS = 63
NO_RANK = int(np.iinfo(np.int16).max)
"""The rank of a pair that a method did not propose."""
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
    def of(cls, features: pd.DataFrame, *, one_table: bool = False) -> "RecordTable":
        """The table of a frame with a ``record_key`` column.

        Args:
            features: record features.
            one_table: look for pairs among all records, also if they come from two sources.

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
        if one_table or not is_right.any():
            return cls(ordered, keys, positions, positions, one_table=True)
        return cls(ordered, keys, positions[~is_right], positions[is_right], one_table=False)

    @property
    def possible_pairs(self) -> int:
        """The number of pairs without blocking."""
        if self.one_table:
            return len(self.left) * (len(self.left) - 1) // 2
        return len(self.left) * len(self.right)


@dataclass(frozen=True)
class Bounded:
    """What a search for similar texts left out in a large register.

    Of the ``records`` that it looked up, ``bounded`` have n-grams that it did not look up, because these lead to more
    than ``most`` records. ``nothing`` of them have no other n-grams, so it proposed nothing for them. ``ngram`` is the
    length of an n-gram in characters.
    """

    ngram: int
    most: int
    records: int
    bounded: int
    nothing: int


@dataclass(frozen=True)
class Proposal:
    """Pairs that one method proposes: two aligned arrays of positions, and the rank (from 1) if the method ranks."""

    name: str
    left: Positions
    right: Positions
    rank: Ranks | None = None
    bounded: Bounded | None = None


@dataclass(frozen=True)
class Narrowed:
    """What was narrowed: a rule, how many of its blocks, how many records these hold, and by which features.

    ``pairs`` is what the rule would have made, and ``kept`` what it makes now at most.
    """

    rule: str
    blocks: int
    records: int
    by: tuple[str, ...]
    pairs: int
    kept: int

    def __str__(self) -> str:
        divided = f"its {self.blocks} largest blocks are divided by {' or '.join(self.by)}"
        return f"{self.rule} would make {self.pairs} pairs: {divided}, and it makes {self.kept}"


@dataclass(frozen=True)
class CandidatePairs:
    """Distinct pairs of records by position, rising by left and then by right position, so also by their keys.

    - ``left``, ``right``: shape (pairs,).
    - ``methods``: a bit mask per pair of the ``names`` of the methods that proposed it.
    - ``ranks``: of each method that ranks, from 1; :data:`NO_RANK` where it did not propose the pair.
    - ``narrowed``: the rules that were narrowed.
    - ``bounded``: what the search for similar texts left out; None if it left out nothing.
    """

    left: Positions
    right: Positions
    methods: Codes
    names: tuple[str, ...]
    ranks: dict[str, Ranks]
    narrowed: tuple[Narrowed, ...] = ()
    bounded: Bounded | None = None

    def __len__(self) -> int:
        return len(self.left)

    def take(self, rows: "np.ndarray[Any, Any] | slice") -> "CandidatePairs":
        """Some of the pairs."""
        ranks = {name: values[rows] for name, values in self.ranks.items()}
        return replace(self, left=self.left[rows], right=self.right[rows], methods=self.methods[rows], ranks=ranks)

    def hold(self, left: Positions, right: Positions) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Whether each of some pairs is one of these, shape (pairs,)."""
        return self.rows_of(left, right) >= 0

    def rows_of(
        self, left: "np.ndarray[Any, Any]", right: "np.ndarray[Any, Any]"
    ) -> "np.ndarray[Any, np.dtype[np.intp]]":
        """The number of each of some pairs among these, -1 where it is none of them; shape (pairs,)."""
        size = np.int64(max(self.left.max(initial=0), self.right.max(initial=0), right.max(initial=0)) + 1)
        codes, wanted = self.left * size + self.right, left * size + right
        at = np.searchsorted(codes, wanted)
        return np.where(np.append(codes, -1)[at] == wanted, at, -1)

    def frame(self, table: RecordTable) -> pd.DataFrame:
        """The pairs with left_key, right_key, proposed_by (names joined by a bar) and the ranks (Int16)."""
        return pd.DataFrame(
            {
                "left_key": table.keys[self.left],
                "right_key": table.keys[self.right],
                "proposed_by": self.proposed_by,
                **{f"{name}_rank": pd.arrays.IntegerArray(v.copy(), v == NO_RANK) for name, v in self.ranks.items()},
            }
        )

    @property
    def proposed_by(self) -> "np.ndarray[Any, np.dtype[np.object_]]":
        """The names of the methods that proposed each pair, joined by a bar, shape (pairs,)."""
        combinations, which = np.unique(self.methods, return_inverse=True)
        joined = [self.names_of(mask) for mask in combinations]
        return np.array(joined, dtype=object)[which] if len(self) else np.empty(0, dtype=object)

    def names_of(self, mask: int) -> str:
        """The names of the methods of a bit mask, joined by a bar."""
        return "|".join(name for bit, name in enumerate(self.names) if mask >> bit & 1)


def unite(table: RecordTable, proposals: Sequence[Proposal]) -> CandidatePairs:
    """The distinct pairs of all proposals.

    One proposal is merged at a time, so memory grows only with the distinct pairs.

    Raises:
        CandidateError: there are more than 63 proposals.
    """
    names = one_bit_each(tuple(proposal.name for proposal in proposals))
    size = size_of(table)
    codes, masks = merged(table, proposals)
    return CandidatePairs(
        left=(codes // size).astype(np.int32),
        right=(codes % size).astype(np.int32),
        methods=masks,
        names=names,
        ranks={name: _ranks(codes, size, [p for p in proposals if p.name == name]) for name in RANKED},
        bounded=next((proposal.bounded for proposal in proposals if proposal.bounded is not None), None),
    )


def one_bit_each(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of methods, if the bits of a number are enough for them (CandidateError otherwise)."""
    if len(names) > MOST_PROPOSALS:
        raise CandidateError(f"{len(names)} candidate methods are more than {MOST_PROPOSALS}.", "remove rules")
    return names


def size_of(table: RecordTable) -> np.int64:
    """The number by which the left position of a pair is multiplied in its code."""
    return np.int64(max(len(table.keys), 1))


def merged(table: RecordTable, proposals: Sequence[Proposal]) -> tuple[Codes, Codes]:
    """The codes of all distinct pairs, rising, and for each a bit mask of the proposals that have it.

    The code of a pair is its left position times :func:`size_of`, plus its right position.
    """
    codes, masks = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    for bit, proposal in enumerate(proposals):
        new = rising(proposal.left * size_of(table) + proposal.right)
        codes, masks = _merge(codes, masks, new, np.int64(1) << bit)
    return codes, masks


def rising(codes: Codes) -> Codes:
    """The distinct codes in rising order. ``numpy.unique`` hashes them, which takes ten times as long as sorting."""
    ordered = np.sort(codes)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered


def _merge(codes: Codes, masks: Codes, new: Codes, bit: np.int64) -> tuple[Codes, Codes]:
    at = np.searchsorted(codes, new)
    known = np.append(codes, -1)[at] == new
    masks[at[known]] |= bit
    fresh = ~known
    return np.insert(codes, at[fresh], new[fresh]), np.insert(masks, at[fresh], bit)


def _ranks(codes: Codes, size: np.int64, proposals: Sequence[Proposal]) -> Ranks:
    ranks = np.full(len(codes), NO_RANK, dtype=np.int16)
    for proposal in proposals:
        if proposal.rank is not None:
            at = np.searchsorted(codes, proposal.left * size + proposal.right)
            np.minimum.at(ranks, at, proposal.rank)
    return ranks
