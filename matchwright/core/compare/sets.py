"""Weighted sets, one per distinct text: what two of them share, and what each holds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Positions = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class WeightedSets:
    """Members as numbers in one flat array, set after set; ``mass`` is the summed weight of each set."""

    members: Positions
    starts: Positions
    weights: Numbers
    mass: Numbers

    @classmethod
    def of(cls, sets: Sequence[Iterable[str]], weigh: Callable[[list[str]], Numbers]) -> "WeightedSets":
        """The sets, each member weighed once; repeated members count once."""
        places: dict[str, int] = {}
        members: list[int] = []
        starts = [0]
        for each in sets:
            members += sorted({places.setdefault(member, len(places)) for member in each})
            starts.append(len(members))
        weights = np.asarray(weigh(list(places)), dtype=np.float64)
        flat, bounds = np.array(members, dtype=np.intp), np.array(starts, dtype=np.intp)
        owners = np.repeat(np.arange(len(sets)), np.diff(bounds))
        mass = np.bincount(owners, weights[flat], minlength=len(sets)).astype(np.float64)
        return cls(flat, bounds, weights, mass)

    def shared(self, one: Positions, other: Positions) -> Numbers:
        """Per pair of sets the summed weight of what both hold."""
        size = max(len(self.weights), 1)
        left, right = self._keys(one, size), self._keys(other, size)
        both = _common(left, right)
        return cast("Numbers", np.bincount(both // size, self.weights[both % size], minlength=len(one)))

    def _keys(self, rows: Positions, size: int) -> Positions:
        """``pair * size + member`` for every member of each pair's set: rising, because members are sorted."""
        lengths = self.starts[rows + 1] - self.starts[rows]
        pairs = np.repeat(np.arange(len(rows)), lengths)
        offsets = np.arange(len(pairs)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return cast("Positions", pairs * size + self.members[self.starts[rows][pairs] + offsets])


def _common(left: Positions, right: Positions) -> Positions:
    """The elements of both sorted arrays."""
    if not len(left) or not len(right):
        return left[:0]
    places = np.minimum(np.searchsorted(right, left), len(right) - 1)
    return cast("Positions", left[right[places] == left])
