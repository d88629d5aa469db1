"""Reliability: whether the share of true pairs among pairs with one score is that score."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.evaluation.bootstrap import Estimate, means
from matchwright.evaluation.paired import LEAST_SCORE
from matchwright.evaluation.wilson import wilson_interval

MIDDLE = (0.2, 0.8)
"""The range of scores that the mid-range gap covers. Reviewers see pairs with such scores."""


def reliability_curve(scores: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], bins: int = 10) -> pd.DataFrame:
    """Bins of about equally many pairs by score. Equal scores are in one bin.

    Returns:
        One row per bin, by rising score: mean_score, true_share with Wilson's 95 % interval (lower, upper), pairs.
        There are fewer rows than ``bins`` where many scores are equal.
    """
    order = np.argsort(scores, kind="stable")
    scores, labels = np.asarray(scores, dtype=np.float64)[order], np.asarray(labels)[order] == 1
    if not len(scores):
        return pd.DataFrame(columns=["mean_score", "true_share", "lower", "upper", "pairs"], dtype=np.float64)
    cuts = np.linspace(0, len(scores), bins, endpoint=False).round().astype(int)
    # a cut inside a run of equal scores moves to the start of the run; with few scores a cut may be after the last one
    starts = np.unique(np.searchsorted(scores, scores[cuts[cuts < len(scores)]], side="left"))
    pairs = np.diff(np.r_[starts, len(scores)])
    true = np.add.reduceat(labels.astype(np.int64), starts)
    lower, upper = wilson_interval(true, pairs)
    mean = np.add.reduceat(scores, starts) / pairs
    return pd.DataFrame(
        {"mean_score": mean, "true_share": true / pairs, "lower": lower, "upper": upper, "pairs": pairs}
    )


def calibration_figures(
    scores_before: np.ndarray[Any, Any],
    scores_after: np.ndarray[Any, Any],
    labels: np.ndarray[Any, Any],
    groups: Any = None,
    seed: int = 0,
) -> dict[str, dict[str, Any]]:
    """The effect of calibration: the same figures before and after it, on pairs that it was not fitted on.

    Args:
        scores_before: the scorer's own probabilities, shape (pairs,).
        scores_after: the calibrated ones, shape (pairs,).
        labels: 1 for a match, else 0.
        groups: pairs of one group (the left record's key) are drawn together; None makes each pair a group.
        seed: of the resampling.

    Returns:
        ``before`` and ``after``, each with log_loss and brier (intervals by bootstrap over groups), mid_range_gap
        (see :func:`mid_range_gap`) and mid_range_pairs. ``change`` is after less before for log_loss and brier, by
        paired bootstrap. Values are ready for JSON; unknown ones are None.
    """
    true = np.asarray(labels) == 1
    scores_of = {"before": scores_before, "after": scores_after}
    losses = {name: _losses(scores, true) for name, scores in scores_of.items()}
    losses["change"] = {name: after - losses["before"][name] for name, after in losses["after"].items()}
    columns = {f"{when} {loss}": column for when, found in losses.items() for loss, column in found.items()}
    estimates = means(columns, groups, seed)
    figures: dict[str, dict[str, Any]] = {
        when: {loss: estimates[f"{when} {loss}"].as_dict() for loss in found} for when, found in losses.items()
    }
    for when, scores in scores_of.items():
        gap, pairs = mid_range_gap(scores, labels)
        figures[when] |= {"mid_range_gap": gap.as_dict(), "mid_range_pairs": pairs}
    return figures


def mid_range_gap(scores: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> tuple[Estimate, int]:
    """|mean score - true share| of the pairs with a score of 0.2 to 0.8, its 95 % interval, and their number.

    The interval is Wilson's, which holds for few pairs too. It assumes that the pairs are independent. NaN without
    such a pair.
    """
    chosen = (scores >= MIDDLE[0]) & (scores <= MIDDLE[1])
    pairs = int(chosen.sum())
    if not pairs:
        return Estimate(float("nan"), float("nan"), float("nan")), 0
    true = int((np.asarray(labels)[chosen] == 1).sum())
    mean = float(np.mean(scores[chosen]))
    low, high = (mean - float(bound) for bound in wilson_interval(true, pairs)[::-1])
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return Estimate(abs(mean - true / pairs), nearest, max(abs(low), abs(high))), pairs


def _losses(scores: np.ndarray[Any, Any], true: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    sure = np.clip(np.where(true, scores, 1 - scores), LEAST_SCORE, 1.0)
    return {"log_loss": -np.log(sure), "brier": (scores - true) ** 2}
