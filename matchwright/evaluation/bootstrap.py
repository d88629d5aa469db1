"""The bootstrap: 95 % intervals from groups of pairs drawn with replacement. Efron and Tibshirani (1993).

Pairs of one left record are not independent, so a record is drawn with all its pairs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Array = np.ndarray[Any, np.dtype[np.float64]]

REPLICATES = 500
_CHUNK = 2_000_000


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval; NaN where it is undefined."""

    value: float
    lower: float = float("nan")
    upper: float = float("nan")

    def as_dict(self) -> dict[str, float | None]:
        """For JSON, which has no NaN."""
        items = {"value": self.value, "lower": self.lower, "upper": self.upper}
        return {name: float(number) if np.isfinite(number) else None for name, number in items.items()}


def bootstrap(
    values: Array,
    groups: ArrayLike | None,
    figures: Callable[[Array], Mapping[str, Array]],
    seed: int = 0,
    replicates: int = REPLICATES,
) -> dict[str, Estimate]:
    """Figures of the pairs, each with an interval that holds 95 % of its values on resampled groups.

    To compare two models, give both models' values for each pair. The bootstrap is then paired.

    Args:
        values: what each pair adds to each sum, (pairs, sums).
        groups: the group of each pair, (pairs,); None makes each pair a group. Pairs of a group are drawn together.
            Groups are sorted by key, so that intervals do not depend on the order of rows.
        figures: computes named figures, (...), from sums along the last axis, (..., sums).
        seed: of the draws.
        replicates: number of draws.

    Returns:
        The figures by name. A draw in which a figure is NaN does not count for its interval. If all are NaN, the
        bounds are NaN.
    """
    drawn = figures(_drawn_sums(values, group_codes(groups, len(values)), replicates, seed))
    return {name: _estimate(value, drawn[name]) for name, value in figures(values.sum(axis=0)).items()}


def means(
    columns: Mapping[str, ArrayLike], groups: ArrayLike | None, seed: int = 0, replicates: int = REPLICATES
) -> dict[str, Estimate]:
    """The mean of each column over all pairs, with the interval of :func:`bootstrap`; NaN without pairs."""
    values = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns.values()])
    if not len(values):
        return {name: Estimate(float("nan")) for name in columns}
    counted = np.column_stack([values, np.ones(len(values))])  # the column of ones turns sums into means
    return bootstrap(
        counted,
        groups,
        lambda sums: {name: sums[..., index] / sums[..., -1] for index, name in enumerate(columns)},
        seed,
        replicates,
    )


def group_codes(groups: ArrayLike | None, size: int) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """The number of each pair's group, (size,), in the order of the groups' keys."""
    if groups is None:
        return np.arange(size)
    return np.unique(np.asarray(groups, dtype=object), return_inverse=True)[1]


def _drawn_sums(values: Array, group: np.ndarray[Any, Any], replicates: int, seed: int) -> Array:
    """Sums over groups drawn with replacement, shape (replicates, sums)."""
    size = int(group.max(initial=-1)) + 1
    if not size:
        return np.zeros((replicates, values.shape[1]))
    per_group = np.column_stack([np.bincount(group, column, minlength=size) for column in values.T])
    generator = np.random.default_rng(seed)
    at_once = max(1, _CHUNK // size)
    sums = []
    for start in range(0, replicates, at_once):
        rows = min(at_once, replicates - start)
        drawn = generator.integers(0, size, size=(rows, size)) + np.arange(rows)[:, None] * size
        times = np.bincount(drawn.ravel(), minlength=rows * size).reshape(rows, size)
        sums.append(times @ per_group)
    return np.vstack(sums)


def _estimate(value: Array, draws: Array) -> Estimate:
    known = draws[np.isfinite(draws)]
    lower, upper = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    return Estimate(float(value), float(lower), float(upper))
