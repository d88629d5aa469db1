"""Levels of agreement, and how much more frequent each is among matches than among other pairs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

SMOOTHING = 5.0
"""Pseudo-counts for every comparison, spread over the levels as all pairs are, so that no count is 0."""


@dataclass(frozen=True)
class Scale:
    """The levels of a comparison: the ``edges`` between them, and the ``middles``, where each has its full weight.

    There is one more middle than there are edges.
    """

    edges: tuple[float, ...]
    middles: tuple[float, ...]


SIMILARITY = Scale((0.1, 0.3, 0.5, 0.65, 0.8, 0.9, 0.97), (0.05, 0.2, 0.4, 0.575, 0.725, 0.85, 0.935, 1.0))
"""For similarities from 0 to 1. The highest level has its full weight at 1, where most matches are."""

LEAD = Scale((-0.3, -0.15, -0.05, 0.0, 0.05, 0.15, 0.3), (-0.45, -0.22, -0.1, -0.025, 0.025, 0.1, 0.22, 0.45))
"""For the lead of a pair over the best of its competing candidates, from -1 to 1."""


@dataclass(frozen=True)
class Levels:
    """One comparison: its values, the level of each (-1 where missing), and the share of pairs of each level."""

    scale: Scale
    values: Array
    level: "np.ndarray[Any, np.dtype[np.int64]]"
    all_pairs: Array

    @classmethod
    def of(cls, values: Array, scale: Scale = SIMILARITY) -> "Levels":
        """The levels of a comparison's values, shape (pairs,)."""
        level = np.where(np.isnan(values), -1, np.searchsorted(scale.edges, values, side="right"))
        counts = np.bincount(level[level >= 0], minlength=len(scale.middles)) + 1.0
        return cls(scale, values, level, counts / counts.sum())

    def weights(self, share: Array) -> Array:
        """``log(m / u)`` per level; it never falls as agreement rises. ``share`` is the probability of each pair."""
        from sklearn.isotonic import IsotonicRegression

        known, count = self.level >= 0, len(self.scale.middles)
        frequencies = [
            np.bincount(self.level[known], part[known], count) + SMOOTHING * self.all_pairs
            for part in (share, 1 - share)
        ]
        m, u = (frequency / frequency.sum() for frequency in frequencies)
        indices = np.array(self.scale.middles)
        weights = IsotonicRegression().fit_transform(indices, np.log(m / u), sample_weight=self.all_pairs)
        return np.asarray(weights, dtype=np.float64)

    def read(self, weights: Array) -> Array:
        """The weight of each pair's level; 0 where the comparison is missing."""
        return np.where(self.level >= 0, weights[np.maximum(self.level, 0)], 0.0)
