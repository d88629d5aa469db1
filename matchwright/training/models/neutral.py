"""Neutral values: for each comparison the value that speaks neither for nor against a match."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from matchwright.core.compare.names import constraints, field_of
from matchwright.core.spec.vocabulary import CONTEXT, MISSING_SUFFIX, SWAPPED

BONUS = frozenset({"rarity", "cross_field", SWAPPED})
"""Comparators that only speak for a match. Their smallest value, 0, is neutral."""

DECIMALS = 5


def without_flags(comparisons: pd.DataFrame) -> tuple[str, ...]:
    """The names of the comparisons without those that count missing sides.

    A flag of missing values has no direction, so with it a blanked field could move the score either way.
    """
    return tuple(str(name) for name in comparisons if not str(name).endswith(f"__{MISSING_SUFFIX}"))


def neutral_values(
    comparisons: pd.DataFrame, labels: Any, limits: Mapping[str, float] | None = None
) -> tuple[float, ...]:
    """The neutral value of each comparison, in the order of the columns.

    It is the value at which a match becomes more likely than no match, if both were equally frequent. It is NaN for
    comparisons with competing candidates: whether these are known does not depend on the pair. It is NaN too where a
    comparison is always missing.

    Args:
        comparisons: of the training pairs, one row per pair.
        labels: 1 for a match, else 0, shape (pairs,).
        limits: for comparisons that say whether a field disagrees, the limit of that. No neutral value is below its
            limit: what the spec calls a disagreement must not speak for a match.
    """
    target = np.asarray(labels, dtype=np.float64)
    names = list(map(str, comparisons.columns))
    least = limits or {}
    return tuple(
        np.nan
        if field_of(name) == CONTEXT
        else 0.0
        if name.partition("__")[2] in BONUS
        # np.maximum, because NaN stays NaN
        else float(
            np.maximum(
                _neutral(comparisons[name].to_numpy(dtype=np.float64), target, direction), least.get(name, -np.inf)
            )
        )
        for name, direction in zip(names, constraints(names), strict=True)
    )


def _neutral(values: "np.ndarray[Any, Any]", target: "np.ndarray[Any, Any]", direction: int) -> float:
    known = ~np.isnan(values)
    values, target = values[known], target[known]
    matches = target.sum()
    if not 0 < matches < len(target):
        return float(np.round(np.median(values), DECIMALS)) if len(values) else np.nan
    weights = np.where(target == 1, 0.5 / matches, 0.5 / (len(target) - matches))
    rising = direction * values
    levels = np.unique(rising)
    likely = IsotonicRegression().fit(rising, target, sample_weight=weights).predict(levels)
    at = int(np.searchsorted(likely, 0.5))
    below, above = levels[max(at - 1, 0)], levels[min(at, len(levels) - 1)]
    return float(np.round(direction * (below + above) / 2, DECIMALS))
