"""Comparing two models on the same pairs: the change of a figure, its interval, and whether chance explains it.

The interval is that of the paired bootstrap. It alone is no test: where few groups differ and all of them in favour of
one model, it excludes 0 for any number of them above three. So a change counts as real by a randomisation test: if the
models were alike, each group might as well have had its two results exchanged. Noreen (1989), Computer-Intensive
Methods for Testing Hypotheses; Yeh (2000), More accurate tests for the statistical significance of result differences.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from matchwright.evaluation.bootstrap import REPLICATES, Array, Estimate, bootstrap, group_codes

EXCHANGES = 2_000
"""Random exchanges of the randomisation test. The smallest p-value is one in this number."""
SIGNIFICANT = 0.05
LEAST_SCORE = 1e-7
"""In the log loss, scores stay this far from 0 and 1, because 32-bit scores are not precise closer to them."""
_ROUNDING = 1e-12
_CHUNK = 2_000_000

Figures = Callable[[Array], Mapping[str, Array]]


@dataclass(frozen=True)
class Change(Estimate):
    """A figure of one model less that of another one, with the p-value of the paired test; NaN where undefined."""

    p_value: float = float("nan")

    @property
    def beyond_noise(self) -> bool:
        """Whether chance does not explain the change, at 5 %."""
        return self.p_value < SIGNIFICANT

    def as_dict(self) -> dict[str, float | None]:
        """For JSON, which has no NaN."""
        return super().as_dict() | {"p_value": float(self.p_value) if np.isfinite(self.p_value) else None}


def changes(
    old: Array, new: Array, groups: ArrayLike | None, figures: Figures, seed: int = 0, replicates: int = REPLICATES
) -> dict[str, Change]:
    """Figures of the ``new`` model less those of the ``old`` one on the same pairs.

    Args:
        old: what each pair adds to each sum under the old model, (pairs, sums).
        new: the same under the new model, row by row.
        groups: the group of each pair, (pairs,), whose results are drawn and exchanged together; None makes each pair
            a group.
        figures: computes named figures, (...), from sums along the last axis, (..., sums).
        seed: of the draws and exchanges.
        replicates: number of bootstrap draws.
    """

    def change(sums: Array) -> dict[str, Array]:
        before, after = (figures(half) for half in np.split(sums, 2, axis=-1))
        return {name: after[name] - before[name] for name in after}

    estimates = bootstrap(np.hstack([old, new]), groups, change, seed, replicates)
    p_values = _p_values(old, new, group_codes(groups, len(old)), figures, seed)
    return {name: Change(found.value, found.lower, found.upper, p_values[name]) for name, found in estimates.items()}


def mean_changes(
    old: Mapping[str, ArrayLike],
    new: Mapping[str, ArrayLike],
    groups: ArrayLike | None,
    seed: int = 0,
    replicates: int = REPLICATES,
) -> dict[str, Change]:
    """The change of the mean of each column over all pairs, see :func:`changes`; NaN without pairs."""
    before, after = (
        np.column_stack([*(np.asarray(column, dtype=np.float64) for column in columns.values())])
        for columns in (old, new)
    )
    if not len(before):
        return {name: Change(float("nan")) for name in old}
    ones = np.ones((len(before), 1))  # turns sums into means
    return changes(
        np.hstack([before, ones]),
        np.hstack([after, ones]),
        groups,
        lambda sums: {name: sums[..., index] / sums[..., -1] for index, name in enumerate(old)},
        seed,
        replicates,
    )


def log_losses(log_odds: ArrayLike, labels: ArrayLike) -> Array:
    """The log loss of each pair, shape (pairs,), from its log-odds. It is capped as in the other metrics."""
    values = np.asarray(log_odds, dtype=np.float64)
    wrong_way = np.where(np.asarray(labels) == 1, -values, values)
    return np.asarray(np.minimum(np.logaddexp(0.0, wrong_way), -np.log(LEAST_SCORE)))


def log_losses_of_scores(scores: ArrayLike, labels: ArrayLike) -> Array:
    """The log loss of each pair, shape (pairs,), from its score. It is capped as in the other metrics."""
    right = np.where(np.asarray(labels) == 1, scores, 1 - np.asarray(scores, dtype=np.float64))
    return np.asarray(-np.log(np.maximum(right, LEAST_SCORE)))


def _p_values(
    old: Array, new: Array, group: "np.ndarray[tuple[int], np.dtype[np.intp]]", figures: Figures, seed: int
) -> dict[str, float]:
    """The two-sided p-value of each change: the share of exchanges that change the figure at least as much."""
    size = int(group.max(initial=-1)) + 1
    gains = np.column_stack([np.bincount(group, column, minlength=size) for column in (new - old).T])
    gains = gains[np.any(gains != 0, axis=1)]
    before, after = old.sum(axis=0), new.sum(axis=0)
    generator = np.random.default_rng(seed)
    at_once = max(1, _CHUNK // max(len(gains), 1))
    observed = _changed(before, after, figures)
    as_large = dict.fromkeys(observed, 1)
    for start in range(0, EXCHANGES - 1, at_once):
        rows = min(at_once, EXCHANGES - 1 - start)
        exchanged = generator.integers(2, size=(rows, len(gains))).astype(np.float64) @ gains
        for name, values in _changed(before + exchanged, after - exchanged, figures).items():
            as_large[name] += int((np.abs(values) >= abs(float(observed[name])) - _ROUNDING).sum())
    return {
        name: count / EXCHANGES if np.isfinite(observed[name]) else float("nan") for name, count in as_large.items()
    }


def _changed(old: Array, new: Array, figures: Figures) -> dict[str, Array]:
    before, after = figures(old), figures(new)
    return {name: after[name] - before[name] for name in after}
