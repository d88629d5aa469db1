"""Reliability: does a score of 0.8 mean that eight in ten match?"""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.evaluate.wilson import wilson_interval


def reliability_curve(scores: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], bins: int = 10) -> pd.DataFrame:
    """Bins of equal mass over the scores, equal scores never apart.

    Returns:
        One row per bin, rising: mean_score, true_share with Wilson's 95 % interval (lower, upper), pairs.
        Fewer rows than ``bins`` where many scores are equal.
    """
    order = np.argsort(scores, kind="stable")
    scores, labels = np.asarray(scores, dtype=np.float64)[order], np.asarray(labels)[order] == 1
    cuts = np.linspace(0, len(scores), bins + 1).round().astype(int)
    # A cut inside a run of equal scores moves to the start of the run.
    starts = np.unique(np.searchsorted(scores, scores[cuts[:-1]], side="left")) if len(scores) else cuts[:0]
    if not len(starts):
        return pd.DataFrame(columns=["mean_score", "true_share", "lower", "upper", "pairs"], dtype=np.float64)
    pairs = np.diff(np.r_[starts, len(scores)])
    true = np.add.reduceat(labels.astype(np.int64), starts)
    lower, upper = wilson_interval(true, pairs)
    mean = np.add.reduceat(scores, starts) / pairs
    return pd.DataFrame(
        {"mean_score": mean, "true_share": true / pairs, "lower": lower, "upper": upper, "pairs": pairs}
    )
