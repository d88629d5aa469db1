"""Shapley values of groups of comparisons, for a scorer that gives only log-odds.

Shapley (1953), A Value for n-Person Games. An absent group has the values of a background row. Up to ``EXACT_GROUPS``
groups every coalition is computed. With more groups, permutations are sampled together with their reversals, after
Mitchell et al. (2022), Sampling Permutations for Shapley Value Estimation. In both cases the values of all groups add
up exactly to the log-odds of the pair minus those of the background.
"""

from collections.abc import Callable
from functools import lru_cache
from math import factorial
from typing import Any

import numpy as np

from matchwright.core.compare.names import group_of
from matchwright.core.models.scorer import Array

Matrix = np.ndarray[Any, np.dtype[np.float32]]

EXACT_GROUPS = 8
PERMUTATIONS = 16
"""Half of them are drawn and half are their reversals. This costs about as much as eight groups computed exactly."""

SEED = 20
ROWS_AT_ONCE = 65_536


def group_shapley(
    log_odds: Callable[[Matrix], Array], values: Matrix, background: Matrix, names: tuple[str, ...]
) -> Array:
    """Contributions, shape (pairs, comparisons). The first comparison of a group has the value of the group.

    Args:
        log_odds: from a matrix of comparisons, shape (rows, comparisons), to log-odds, shape (rows,).
        values: the pairs' comparisons, shape (pairs, comparisons).
        background: the values of absent comparisons, shape (comparisons,).
        names: the comparisons.
    """
    membership, first = _groups(names)
    present, weights = _coalitions(len(first))
    shown = present @ membership  # (coalitions, comparisons)
    contributions = np.zeros(values.shape)
    at_once = max(ROWS_AT_ONCE // len(shown), 1)
    for start in range(0, len(values), at_once):
        batch = values[start : start + at_once]
        rows = np.where(shown[None], batch[:, None], background).reshape(-1, len(names))
        found = log_odds(np.ascontiguousarray(rows, dtype=np.float32)).reshape(len(batch), len(shown))
        contributions[start : start + at_once, first] = found @ weights
    return contributions


@lru_cache
def _groups(names: tuple[str, ...]) -> "tuple[np.ndarray[Any, np.dtype[np.bool_]], list[int]]":
    """Which comparisons (columns) each group (row) has, and the index of the first one of each group."""
    groups = list(dict.fromkeys(map(group_of, names)))
    membership = np.array([[group_of(name) == group for name in names] for group in groups], dtype=bool)
    return membership.reshape(len(groups), len(names)), [int(np.argmax(row)) for row in membership]


@lru_cache
def _coalitions(count: int) -> "tuple[np.ndarray[Any, np.dtype[np.bool_]], Array]":
    """Coalitions of ``count`` groups, and the weight of their log-odds for each group; both (coalitions, groups)."""
    return _all_coalitions(count) if count <= EXACT_GROUPS else _sampled_coalitions(count)


def _all_coalitions(count: int) -> "tuple[np.ndarray[Any, np.dtype[np.bool_]], Array]":
    present = (np.arange(2**count)[:, None] >> np.arange(count)) & 1 == 1
    weights = np.zeros(present.shape)
    for row, inside in enumerate(present):
        size = int(inside.sum())
        if size:
            weights[row, inside] = factorial(size - 1) * factorial(count - size) / factorial(count)
        if size < count:
            weights[row, ~inside] = -factorial(size) * factorial(count - size - 1) / factorial(count)
    return present, weights


def _sampled_coalitions(count: int) -> "tuple[np.ndarray[Any, np.dtype[np.bool_]], Array]":
    random = np.random.default_rng(SEED)
    drawn = [random.permutation(count) for _ in range(PERMUTATIONS // 2)]
    counts: dict[tuple[bool, ...], Array] = {}
    for order in [*drawn, *(order[::-1] for order in drawn)]:
        inside = np.zeros(count, dtype=bool)
        for group in order:
            counts.setdefault(tuple(inside), np.zeros(count))[group] -= 1 / PERMUTATIONS
            inside[group] = True
            counts.setdefault(tuple(inside), np.zeros(count))[group] += 1 / PERMUTATIONS
    return np.array(list(counts), dtype=bool), np.array(list(counts.values()))
