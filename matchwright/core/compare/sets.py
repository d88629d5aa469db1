"""Weighted sets, one per distinct text: the members of each set, and the weight that two sets share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np

from matchwright.core.records.columns import numbering

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Positions = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class Words:
    """Texts as word numbers in one flat array, text after text. A number is an index into ``vocabulary``."""

    members: Positions
    starts: Positions
    vocabulary: list[str]

    @classmethod
    def of(cls, texts: Iterable[Iterable[str]]) -> "Words":
        """The words of each text, numbered in the order in which they first occur."""
        numbers = numbering()
        members: list[int] = []
        starts = [0]
        for words in texts:
            members.extend(map(numbers.__getitem__, words))
            starts.append(len(members))
        return cls(np.array(members, dtype=np.intp), np.array(starts, dtype=np.intp), list(numbers))

    def replaced(self, by: Callable[[str], Iterable[str]]) -> "Words":
        """The texts with every word replaced by the words that ``by`` gives for it.

        ``by`` is called once per distinct word.
        """
        held = Words.of(by(word) for word in self.vocabulary)
        counts = np.diff(held.starts)[self.members]
        ends = np.cumsum(counts)
        inside = np.arange(len(self.members) and ends[-1]) - np.repeat(ends - counts, counts)
        members = held.members[np.repeat(held.starts[:-1][self.members], counts) + inside]
        return Words(members, np.r_[0, ends][self.starts], held.vocabulary)


@dataclass(frozen=True)
class WeightedSets:
    """Sets as member numbers in one flat array, set after set. ``mass`` is the total weight of each set."""

    members: Positions
    starts: Positions
    weights: Numbers
    mass: Numbers

    @classmethod
    def of(cls, sets: "Words", weights: Numbers) -> "WeightedSets":
        """One set per text. A member that is repeated in a text counts once.

        Args:
            sets: each text's members.
            weights: of each member of ``sets.vocabulary``.
        """
        size = max(len(weights), 1)
        texts = np.repeat(np.arange(len(sets.starts) - 1), np.diff(sets.starts))
        each = np.sort(texts * size + sets.members)
        once = each[np.r_[True, each[1:] != each[:-1]]] if len(each) else each
        owners, members = once // size, once % size
        starts = np.searchsorted(owners, np.arange(len(sets.starts)))
        mass = np.bincount(owners, weights[members], minlength=len(sets.starts) - 1).astype(np.float64)
        return cls(members, starts, weights, mass)

    def shared(self, one: Positions, other: Positions) -> Numbers:
        """The total weight of the members that both sets of each pair have."""
        return self.total(self.common(one, other), len(one))

    def common(self, one: Positions, other: Positions) -> Positions:
        """The members that both sets of each pair have, as ``pair * size + member``, rising."""
        return _common(self._keys(one), self._keys(other))

    def total(self, found: Positions, pairs: int) -> Numbers:
        """The total weight of the members that were found for each pair, given as ``pair * size + member``."""
        return np.bincount(found // self.size, self.weights[found % self.size], minlength=pairs).astype(np.float64)

    def greatest(self, found: Positions, pairs: int) -> Numbers:
        """The greatest weight of the members that were found for each pair, 0 where there is none.

        They are given as ``pair * size + member``, rising. No weight is below 0.
        """
        return greatest(found // self.size, self.weights[found % self.size], pairs)

    @property
    def size(self) -> int:
        """The number of possible members, at least 1. ``set * size + member`` is unique for each member of each set."""
        return max(len(self.weights), 1)

    @cached_property
    def _owned(self) -> Positions:
        """``set * size + member`` of every member of every set, rising."""
        owners = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        return cast("Positions", owners * self.size + self.members)

    def holds(self, rows: Positions, members: Positions) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """For each row, whether the set has the member."""
        wanted = rows * self.size + members
        if not len(self._owned):
            return np.zeros(len(wanted), dtype=bool)
        indices = np.minimum(np.searchsorted(self._owned, wanted), len(self._owned) - 1)
        return cast("np.ndarray[Any, np.dtype[np.bool_]]", self._owned[indices] == wanted)

    def each(self, rows: Positions) -> tuple[Positions, Positions]:
        """All members of the set of each row: the index of the row, rising, and the member, rising within a row."""
        lengths = self.starts[rows + 1] - self.starts[rows]
        pairs = np.repeat(np.arange(len(rows)), lengths)
        offsets = np.arange(len(pairs)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return pairs, self.members[self.starts[rows][pairs] + offsets]

    def _keys(self, rows: Positions) -> Positions:
        """``pair * size + member`` for every member of the set of each pair. They rise, because members are sorted."""
        pairs, members = self.each(rows)
        return cast("Positions", pairs * self.size + members)


def _common(left: Positions, right: Positions) -> Positions:
    """The elements of both sorted arrays."""
    if not len(left) or not len(right):
        return left[:0]
    indices = np.minimum(np.searchsorted(right, left), len(right) - 1)
    return cast("Positions", left[right[indices] == left])


def greatest(groups: Positions, values: Numbers, count: int) -> Numbers:
    """The greatest value of each of ``count`` groups, 0 where a group has none. ``groups`` rise."""
    result = np.zeros(count)
    if len(groups):
        starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
        result[groups[starts]] = np.maximum.reduceat(values, starts)
    return result
