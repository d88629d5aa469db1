"""The exact contributions of comparisons to the margin of boosted trees, from tables.

A tree of depth three has seven inner nodes, so a pair can take 128 ways through it. For each, the SHAP values of the
tree's comparisons are computed once: Lundberg et al. (2020), From local explanations to global understanding. What a
comparison contributes to a pair is then a sum of one number per tree.

The sums are in double precision and in the order of the trees, so a pair has the same contributions alone and among
many others, whether NumPy or numba adds them.
"""

from dataclasses import dataclass
from functools import cache
from math import factorial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from matchwright.core.models.compiling import compiled, compiles
from matchwright.core.models.tree_tables import AT_ONCE, TreeTables, Values

Array = np.ndarray[Any, np.dtype[np.float64]]

DEPTH, NODES = 3, 7
"""Deeper trees have too many ways. XGBoost explains them itself."""

FEWEST_PAIRS = 500
"""With fewer pairs, NumPy takes less time than loading numba does."""

FEW, TREES_AT_ONCE = 64, 50
"""Pairs, and trees, that NumPy works on together. This bounds memory and does not change results."""


@dataclass(frozen=True)
class ContributionTables:
    """SHAP values by tree and way.

    - ``trees``: the complete trees. Bit ``n`` of a way says that inner node ``n`` sends the pair to the left.
    - ``players``: the comparisons that each tree reads, shape (trees, 7). A place that is not needed is comparison 0.
    - ``values``: what each of them contributes, shape (trees, 128, 7); 0 for a place that is not needed.
    - ``base``: the mean margin of the trees.
    """

    trees: TreeTables
    players: "np.ndarray[Any, np.dtype[np.int64]]"
    values: Array
    base: float
    comparisons: int

    def contributions(self, values: Values) -> Array:
        """The contributions to the margin of each pair, shape (pairs, comparisons).

        Args:
            values: shape (pairs, comparisons), NaN where missing.
        """
        if len(values) >= FEWEST_PAIRS and compiles():
            rows = np.ascontiguousarray(values, dtype=np.float32)
            found: Array = _kernel()(
                rows, self.trees.features, self.trees.thresholds, self.players, self.values, AT_ONCE
            )
            return found
        parts = [self._of_few(values[start : start + FEW]) for start in range(0, len(values), FEW)]
        return np.concatenate(parts) if parts else np.zeros((0, self.comparisons))

    def _of_few(self, values: Values) -> Array:
        missing = np.isnan(values)
        both = np.concatenate(
            [np.where(missing, np.float32(-np.inf), values), np.where(missing, np.float32(np.inf), values)], axis=1
        )
        left = both[:, self.trees.features] < self.trees.thresholds
        way = left @ (1 << np.arange(NODES))
        added = self.values[np.arange(len(self.players)), way]
        at = np.arange(len(values))[:, None, None] * self.comparisons + self.players
        sums = np.bincount(at.ravel(), added.ravel(), minlength=len(values) * self.comparisons)
        return np.asarray(sums.reshape(len(values), self.comparisons), dtype=np.float64)

    @classmethod
    def of(cls, booster: Any) -> "ContributionTables | None":
        """The tables of an ``xgboost.Booster``; None if its trees are deeper than :data:`DEPTH`."""
        trees = TreeTables.of(booster, depth=DEPTH)
        if trees is None:
            return None
        comparisons, count = int(booster.num_features()), len(trees.features)
        players, values, expected = np.zeros((count, NODES), dtype=np.int64), [], 0.0
        for start in range(0, count, TREES_AT_ONCE):
            part = slice(start, start + TREES_AT_ONCE)
            players[part], places = _places(trees, part, comparisons)
            of_sets = _of_sets(trees, part, places)
            values.append(_shapley(of_sets))
            expected += float(of_sets[0][:, 0].sum())  # nothing is known, so all ways are the same
        return cls(trees, players, np.concatenate(values), float(trees.base) + expected, comparisons)


_made: WeakKeyDictionary[Any, ContributionTables | None] = WeakKeyDictionary()


def contribution_tables(booster: Any) -> ContributionTables | None:
    """The tables of a booster, made once; None if its trees are too deep."""
    if booster not in _made:
        _made[booster] = ContributionTables.of(booster)
    return _made[booster]


def _places(trees: TreeTables, part: slice, comparisons: int) -> tuple[Any, Any]:
    """The comparisons that each tree reads, by place, and the place of the one that each inner node reads.

    A node that stands above a leaf of the real tree has place -1.
    """
    read, split = trees.features[part] % comparisons, np.isfinite(trees.thresholds[part])
    players, places = np.zeros(read.shape, dtype=np.int64), np.full(read.shape, -1, dtype=np.int64)
    for row, nodes in enumerate(split):
        distinct = list(dict.fromkeys(read[row, nodes].tolist()))
        players[row, : len(distinct)] = distinct
        places[row, nodes] = [distinct.index(feature) for feature in read[row, nodes]]
    return players, places


def _of_sets(trees: TreeTables, part: slice, places: Any) -> list[Array]:
    """What each tree says of a pair that takes each way, if only the comparisons of a set are known.

    Where a comparison is not known, it is the mean of both sides, by the pairs that the tree was fitted on.

    Returns:
        For each set (bit ``p`` is the comparison at place ``p``): shape (trees, ways).
    """
    ways = np.arange(2**NODES)
    leaves, share = trees.leaves[part].astype(np.float64), trees.left_share[part].astype(np.float64)
    found = []
    for one in range(2**NODES):
        # in the order of a breadth-first search, the children of node n are 2n + 1 and 2n + 2
        value = {NODES + leaf: leaves[:, [leaf]] for leaf in range(NODES + 1)}
        for node in reversed(range(NODES)):
            left, right = value.pop(2 * node + 1), value.pop(2 * node + 2)
            known = (places[:, node] < 0) | (one >> np.maximum(places[:, node], 0) & 1 == 1)
            mean = share[:, [node]] * left + (1 - share[:, [node]]) * right
            value[node] = np.where(known[:, None], np.where(ways >> node & 1 == 1, left, right), mean)
        found.append(value[0])
    return found


def _shapley(of_sets: list[Array]) -> Array:
    """The Shapley values of all places, shape (trees, ways, 7)."""
    values = []
    for place in range(NODES):
        total = np.zeros_like(of_sets[0])
        for one in range(2**NODES):
            if not one >> place & 1:
                size = one.bit_count()
                weight = factorial(size) * factorial(NODES - size - 1) / factorial(NODES)
                total += weight * (of_sets[one | 1 << place] - of_sets[one])
        values.append(total)
    return np.stack(values, axis=2)


@cache
def _kernel() -> Any:
    """:func:`_contributions`, compiled."""
    return compiled(_contributions)


def _contributions(
    values: Any, features: Any, thresholds: Any, players: Any, tables: Any, at_once: int
) -> Any:  # pragma: no cover - compiled
    pairs, comparisons = values.shape
    trees, nodes = features.shape
    found = np.zeros((pairs, comparisons))
    columns = np.empty((2 * comparisons, at_once), dtype=np.float32)
    way = np.empty(at_once, dtype=np.int32)
    lowest, highest = np.float32(-np.inf), np.float32(np.inf)
    for start in range(0, pairs, at_once):
        count = min(at_once, pairs - start)
        for comparison in range(comparisons):
            for row in range(count):
                value = values[start + row, comparison]
                missing = value != value
                columns[comparison, row] = lowest if missing else value
                columns[comparisons + comparison, row] = highest if missing else value
        for tree in range(trees):
            way[:] = 0
            for node in range(nodes):
                column, limit, bit = columns[features[tree, node]], thresholds[tree, node], np.int32(1 << node)
                for row in range(count):
                    if column[row] < limit:
                        way[row] |= bit
            for row in range(count):
                of_way = tables[tree, way[row]]
                for place in range(nodes):
                    found[start + row, players[tree, place]] += of_way[place]
    return found
