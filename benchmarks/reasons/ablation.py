"""Ablation: whether the score depends on the group of the first reason.

Deletion tests of attributions after Samek et al. (2017), Evaluating the Visualization of What a Deep Neural Network Has
Learned: remove what the reason names, and compare with removing something else.
"""

import numpy as np
import pandas as pd

from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import evidence, group_contributions, groups_of
from matchwright.core.reasons.groups import Array, Group
from matchwright.frozen import Frozen

RESAMPLES = 1_000
INTERVAL = (2.5, 97.5)


class Interval(Frozen):
    """A mean with its 95% bootstrap interval, log-odds."""

    value: float
    lower: float
    upper: float


class Ablation(Frozen):
    """Mean drop of the score without the first reason's group, without a random other group, and their difference.

    Drops are in log-odds. A drop is positive if the score moves against the sign of the deleted group's contribution,
    and negative if it moves the other way.
    """

    pairs: int
    first: Interval
    random: Interval
    difference: Interval


def ablation(model: DecisionModel, comparisons: pd.DataFrame, seed: int = 0) -> Ablation | None:
    """Set the first reason's group, or a random other group, to missing.

    Only pairs with a reason and another group that is not missing count.

    Args:
        model: the model that gives reasons and log-odds.
        comparisons: one row per pair.
        seed: of the bootstrap and of the random other group.

    Returns:
        The drops with intervals over resampled pairs; None if no pair counts.
    """
    if not len(comparisons):
        return None
    names = model.scorer.names
    comparisons = comparisons[list(names)].reset_index(drop=True)
    groups = groups_of(names)
    levels = evidence(comparisons, model.spec)
    signs = np.sign(group_contributions(model.scorer.contributions(comparisons)[0], names).to_numpy())
    drops = signs * np.column_stack([_drop(model, comparisons, group) for group in groups])
    there = np.column_stack([levels[group.name] != "MISSING" for group in groups])
    index = {group.name: position for position, group in enumerate(groups)}
    generator = np.random.default_rng(seed)
    first, other = [], []
    for row, reasons in enumerate(model.reasons(comparisons, top=1)):
        named = index[reasons[0].field] if reasons else -1
        rest = [position for position in np.flatnonzero(there[row]) if position != named]
        if named >= 0 and there[row, named] and rest:
            first.append(drops[row, named])
            other.append(drops[row, generator.choice(rest)])
    if not first:
        return None
    one, another = np.array(first), np.array(other)
    resampled = generator.integers(len(one), size=(RESAMPLES, len(one)))
    return Ablation(
        pairs=len(one),
        first=_interval(one, resampled),
        random=_interval(another, resampled),
        difference=_interval(one - another, resampled),
    )


def _drop(model: DecisionModel, comparisons: pd.DataFrame, group: Group) -> Array:
    """How far the log-odds fall when the group's comparisons are missing."""
    values = comparisons.to_numpy(dtype=np.float32, copy=True)
    values[:, list(group.columns)] = np.nan
    if group.flag is not None:
        values[:, group.flag] = np.maximum(comparisons.to_numpy()[:, group.flag], 1)
    without = pd.DataFrame(values, columns=comparisons.columns)
    return model.scorer.log_odds(comparisons) - model.scorer.log_odds(without)


def _interval(values: Array, resampled: np.ndarray) -> Interval:
    lower, upper = np.percentile(values[resampled].mean(axis=1), INTERVAL)
    return Interval(value=round(float(values.mean()), 4), lower=round(float(lower), 4), upper=round(float(upper), 4))
