"""The competing candidates of an augmented pair: it stands in the place of the candidate that it was made from."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from matchwright.core.compare.competing import Grouped, Measures
from matchwright.core.models.scorer import Array
from matchwright.training.datasets.among_candidates import scores_in_place_among

Rows = np.ndarray[Any, np.dtype[np.integer[Any]]]


def scores_standing_in(left: Rows, right: Rows, log_odds: Array, rows: Rows, new: Array, alike: bool) -> pd.DataFrame:
    """What :func:`~matchwright.core.compare.competing_scores.competing_scores` gives for changed pairs.

    Args:
        left: the number of the left record of each candidate, shape (candidates,).
        right: the same for the right record.
        log_odds: of the candidates, shape (candidates,).
        rows: the candidate whose place each changed pair takes, shape (changed,).
        new: the changed pairs' log-odds, shape (changed,).
        alike: whether both sources are alike.
    """
    return scores_in_place_among(log_odds, left, right, alike, rows, new, _on_side)


def _on_side(keys: Any, log_odds: Array, rows: Rows, new: Array) -> Measures:
    of = Grouped.by(keys, log_odds)
    place = np.empty(len(keys), dtype=np.intp)
    place[of.order] = np.arange(len(keys))
    at = place[rows]
    group, others = of.of_group[at], of.best_other[at]
    levels = np.unique(np.concatenate([-log_odds, -new]), return_inverse=True)[1]
    width = int(levels.max(initial=0)) + 1
    ladder = of.of_group * width + levels[: len(keys)][of.order]
    better = np.searchsorted(ladder, group * width + levels[len(keys) :], side="left") - of.starts[group]
    better -= log_odds[rows] > new  # the candidate itself has left its place
    likely = expit(of.values)
    rest = np.maximum(np.bincount(of.of_group, likely)[group] - likely[at], 0.0)
    share = expit(new) / (expit(new) + rest)
    alone = np.isnan(others)
    return np.asarray(new - others), np.where(alone, np.nan, better + 1.0), np.where(alone, np.nan, share)
