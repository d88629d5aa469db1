"""Curves over thresholds: precision against recall, and cost against review load."""

import numpy as np
import pandas as pd

from matchwright.core.spec.model import Costs


def precision_recall(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Precision and end-to-end recall at every distinct score, falling: columns score, precision, recall."""
    candidates = outcomes[~outcomes["missed"]].sort_values("score", ascending=False, kind="stable")
    score, true = candidates["score"].to_numpy(dtype=np.float64), (candidates["label"] == 1).to_numpy()
    last_of_score = np.r_[score[1:] != score[:-1], True] if len(score) else np.empty(0, dtype=bool)
    found, taken = np.cumsum(true)[last_of_score], np.flatnonzero(last_of_score) + 1
    all_true = max(int((outcomes["label"] == 1).sum()), 1)
    return pd.DataFrame({"score": score[last_of_score], "precision": found / taken, "recall": found / all_true})


def review_load(outcomes: pd.DataFrame, costs: Costs, points: int = 101) -> pd.DataFrame:
    """What it costs to send more pairs to review, those first whose automatic decision is likeliest to cost.

    Every pair outside review gets the cheaper decision by its score; reviews are taken as decided
    rightly; pairs that blocking missed cost the same throughout.

    Returns:
        review_share (0 to 1), error_cost, review_cost and cost, each per 1,000 candidates. The points
        lie closer together near 0, where the choice is made.
    """
    candidates = outcomes[~outcomes["missed"]]
    score, true = candidates["score"].to_numpy(dtype=np.float64), (candidates["label"] == 1).to_numpy()
    match_risk, no_match_risk = (1 - score) * costs.false_match, score * costs.missed_match
    order = np.argsort(-np.minimum(match_risk, no_match_risk), kind="stable")
    as_match = match_risk <= no_match_risk
    paid = np.where(as_match, ~true * costs.false_match, true * costs.missed_match)[order]
    lost_in_blocking = costs.missed_match * float((outcomes["missed"] & (outcomes["label"] == 1)).sum())
    left_over = np.r_[paid.sum(), paid.sum() - np.cumsum(paid)] + lost_in_blocking
    reviewed = np.unique((np.linspace(0, 1, points) ** 2 * len(candidates)).round().astype(int))
    size = max(len(candidates), 1)
    table = pd.DataFrame(
        {
            "review_share": reviewed / size,
            "error_cost": 1000 * left_over[reviewed] / size,
            "review_cost": 1000 * costs.review * reviewed / size,
        }
    )
    return table.assign(cost=table["error_cost"] + table["review_cost"])
