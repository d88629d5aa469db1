"""The margins of boosted trees for many pairs, several times as fast as XGBoost and the same to the last bit.

Each tree becomes a complete binary tree, whose nodes are tables. So the same node is evaluated for hundreds of pairs
at a time, by one instruction of the processor for several of them. The leaves are added in the order of the trees and
in single precision, as XGBoost does.

The work is compiled by numba. Where it is not installed, as in a serving image, XGBoost does it.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from matchwright.core.models.compiling import FEWEST_PAIRS, compiled, compiles

Values = np.ndarray[Any, np.dtype[np.float32]]

SHALLOWEST, DEEPEST = 2, 5
"""A complete tree has twice as many nodes with each level. From this depth on, XGBoost is as fast."""

AT_ONCE = 512
"""Pairs that are evaluated together. Their numbers fit into the processor's cache."""

CHECKED = 256
"""Pairs for which the margins are compared with those of XGBoost before any are used."""


@dataclass(frozen=True)
class TreeTables:
    """Complete trees of one depth, in the order of a breadth-first search.

    - ``features``: the comparison that each inner node reads, shape (trees, 2 ** depth - 1). From the number of
      comparisons on, it is the same comparison, but a missing value goes to the right and not to the left.
    - ``thresholds``: smaller values go to the left; the same shape.
    - ``leaves``: shape (trees, 2 ** depth).
    - ``left_share``: the share of the pairs fitted on that each inner node sends to the left.
    - ``base``: the margin before the first tree.
    """

    features: "np.ndarray[Any, np.dtype[np.int32]]"
    thresholds: Values
    leaves: Values
    left_share: Values
    base: np.float32
    depth: int

    def margins(self, values: Values) -> Values:
        """The margin of each pair, shape (pairs,); ``values`` has shape (pairs, comparisons)."""
        rows = np.ascontiguousarray(values, dtype=np.float32)
        found: Values = _kernel()(rows, self.features, self.thresholds, self.leaves, self.base, self.depth, AT_ONCE)
        return found

    @classmethod
    def of(cls, booster: Any, depth: int = 0) -> "TreeTables | None":
        """The tables of an ``xgboost.Booster``; None if its trees are too deep, or are not those of one margin.

        ``depth`` is that of the complete trees; 0 is that of the deepest tree.
        """
        model = json.loads(bytes(booster.save_raw("json")))["learner"]
        shape = model["learner_model_param"]
        trees = model["gradient_booster"].get("model", {}).get("trees", [])
        plain = shape["num_class"] == "0" and shape["num_target"] == "1"
        if not trees or not plain or any(tree["categories_nodes"] for tree in trees):
            return None
        deepest = max(_depth(tree) for tree in trees)
        depth = depth or max(SHALLOWEST, deepest)
        if deepest > depth or depth > DEEPEST:
            return None
        inner, comparisons = 2**depth - 1, int(shape["num_feature"])
        features = np.zeros((len(trees), inner), dtype=np.int32)
        # a leaf above the last level stands under nodes that send every value to the left, and it is on both sides
        thresholds = np.full((len(trees), inner), np.inf, dtype=np.float32)
        left_share = np.ones((len(trees), inner), dtype=np.float32)
        leaves = np.zeros((len(trees), inner + 1), dtype=np.float32)
        for row, tree in enumerate(trees):
            _fill(tree, comparisons, depth, (features[row], thresholds[row], left_share[row], leaves[row]))
        return cls(features, thresholds, leaves, left_share, _base(model), depth)


def margins(booster: Any, values: Values) -> Values:
    """The margins of an ``xgboost.Booster``, by its tables where that is faster and gives the same bits.

    Args:
        booster: the trees. Its tables are made once.
        values: shape (pairs, comparisons), NaN where missing.

    Returns:
        Shape (pairs,).
    """
    if len(values) >= FEWEST_PAIRS and compiles():
        tables = _tables(booster)
        checked = values[:CHECKED]
        if tables is not None and np.array_equal(tables.margins(checked), _by_booster(booster, checked)):
            return tables.margins(values)
    return _by_booster(booster, values)


_made: WeakKeyDictionary[Any, TreeTables | None] = WeakKeyDictionary()


def _tables(booster: Any) -> TreeTables | None:
    if booster not in _made:
        _made[booster] = TreeTables.of(booster)
    return _made[booster]


def _by_booster(booster: Any, values: Values) -> Values:
    return np.asarray(booster.inplace_predict(values, predict_type="margin"), dtype=np.float32).ravel()


def _depth(tree: dict[str, Any]) -> int:
    left, right = tree["left_children"], tree["right_children"]

    def below(node: int) -> int:
        return 0 if left[node] < 0 else 1 + max(below(left[node]), below(right[node]))

    return below(0)


def _fill(tree: dict[str, Any], comparisons: int, depth: int, tables: tuple[Any, Any, Any, Any]) -> None:
    features, thresholds, left_share, leaves = tables
    left, right, conditions = tree["left_children"], tree["right_children"], tree["split_conditions"]
    cover = tree["sum_hessian"]

    def place(node: int, at: int, level: int) -> None:
        if left[node] < 0:
            width = 2 ** (depth - level)
            first = (at + 1) * width - 2**depth
            leaves[first : first + width] = conditions[node]
            return
        features[at] = tree["split_indices"][node] + (0 if tree["default_left"][node] else comparisons)
        thresholds[at] = conditions[node]
        left_share[at] = cover[left[node]] / (cover[left[node]] + cover[right[node]])
        place(left[node], 2 * at + 1, level + 1)
        place(right[node], 2 * at + 2, level + 1)

    place(0, 0, 0)


def _base(model: dict[str, Any]) -> np.float32:
    stated = np.float32(model["learner_model_param"]["base_score"].strip("[]"))
    if model["objective"]["name"] == "binary:logistic":
        return np.float32(-np.log(np.float32(1) / stated - np.float32(1)))
    return stated


@cache
def _kernel() -> Any:
    """:func:`_margins`, compiled."""
    return compiled(_margins)


def _margins(
    values: Any, features: Any, thresholds: Any, leaves: Any, base: Any, depth: int, at_once: int
) -> Any:  # pragma: no cover - compiled
    pairs, comparisons = values.shape
    found = np.empty(pairs, dtype=np.float32)
    columns = np.empty((2 * comparisons, at_once), dtype=np.float32)
    chosen = np.empty((2 ** (depth - 1), at_once), dtype=np.float32)
    total = np.empty(at_once, dtype=np.float32)
    lowest, highest = np.float32(-np.inf), np.float32(np.inf)
    for start in range(0, pairs, at_once):
        count = min(at_once, pairs - start)
        for comparison in range(comparisons):
            for row in range(count):
                value = values[start + row, comparison]
                missing = value != value
                columns[comparison, row] = lowest if missing else value
                columns[comparisons + comparison, row] = highest if missing else value
        total[:] = base
        for tree in range(len(features)):
            width = 2 ** (depth - 1)
            for node in range(width):
                column, limit = columns[features[tree, width - 1 + node]], thresholds[tree, width - 1 + node]
                one, other, into = leaves[tree, 2 * node], leaves[tree, 2 * node + 1], chosen[node]
                for row in range(at_once):
                    into[row] = one if column[row] < limit else other
            while width > 2:
                width //= 2
                for node in range(width):
                    column, limit = columns[features[tree, width - 1 + node]], thresholds[tree, width - 1 + node]
                    left, right, into = chosen[2 * node], chosen[2 * node + 1], chosen[node]
                    for row in range(at_once):
                        first, second = left[row], right[row]
                        into[row] = first if column[row] < limit else second
            column, limit, left, right = columns[features[tree, 0]], thresholds[tree, 0], chosen[0], chosen[1]
            for row in range(at_once):
                first, second = left[row], right[row]
                total[row] += first if column[row] < limit else second
        found[start : start + count] = total[:count]
    return found
