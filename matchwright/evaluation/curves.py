"""Curves over thresholds: precision and recall, cost and review load."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.decide.bands import Bands, bands_from_costs
from matchwright.core.spec.deciding import Costs

REVIEW_COSTS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Operating points are shown for these multiples of the spec's review cost."""


def precision_recall(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Precision and end-to-end recall at every distinct score, highest first: columns score, precision, recall."""
    candidates = outcomes[~outcomes["missed"]].sort_values("score", ascending=False, kind="stable")
    score, true = candidates["score"].to_numpy(dtype=np.float64), (candidates["label"] == 1).to_numpy()
    last_of_score = np.r_[score[1:] != score[:-1], True] if len(score) else np.empty(0, dtype=bool)
    found, taken = np.cumsum(true)[last_of_score], np.flatnonzero(last_of_score) + 1
    all_true = max(int((outcomes["label"] == 1).sum()), 1)
    return pd.DataFrame({"score": score[last_of_score], "precision": found / taken, "recall": found / all_true})


def review_load(outcomes: pd.DataFrame, costs: Costs, points: int = 101) -> pd.DataFrame:
    """The cost for each number of pairs sent to review. Pairs with the highest expected cost go to review first.

    Every other pair gets the decision that is cheaper by its score. Reviews are assumed to be decided correctly. Pairs
    that blocking missed cost the same at every point.

    Returns:
        review_share (0 to 1), and per 1,000 candidates error_cost, review_cost, cost (their sum) and expected_cost
        (the cost that the scores predict). Points lie closer together near 0, where bands are chosen.
    """
    candidates = outcomes[~outcomes["missed"]]
    score, true = candidates["score"].to_numpy(dtype=np.float64), (candidates["label"] == 1).to_numpy()
    match_risk, no_match_risk = (1 - score) * costs.false_match, score * costs.missed_match
    risk = np.minimum(match_risk, no_match_risk)
    order = np.argsort(-risk, kind="stable")
    as_match = match_risk <= no_match_risk
    paid = np.where(as_match, ~true * costs.false_match, true * costs.missed_match)
    lost = costs.missed_match * _lost(outcomes)
    reviewed = np.unique((np.linspace(0, 1, points) ** 2 * len(candidates)).round().astype(int))
    size = max(len(candidates), 1)
    table = pd.DataFrame(
        {
            "review_share": reviewed / size,
            "error_cost": 1000 * (_left_over(paid[order])[reviewed] + lost) / size,
            "review_cost": 1000 * costs.review * reviewed / size,
        }
    )
    expected = 1000 * (_left_over(risk[order])[reviewed] + lost) / size + table["review_cost"]
    return table.assign(cost=table["error_cost"] + table["review_cost"], expected_cost=expected)


def operating_points(outcomes: pd.DataFrame, costs: Costs, bands: Bands) -> pd.DataFrame:
    """The cost of the chosen bands, and of the bands that other review costs would give.

    A lower review cost gives a wider review band. The cost of every point is computed with the spec's own costs, so
    that points can be compared.

    Args:
        outcomes: of ``pair_outcomes``. The chosen point uses their bands, which may depend on more than the scores.
        costs: the spec's.
        bands: the chosen bands.

    Returns:
        One row per point, by rising review_share: review_worth (the review cost that gives these bands, NaN for the
        chosen ones), review_from, match_from, review_share (0 to 1), and per 1,000 candidates false_matches,
        missed_matches (with those that blocking missed), cost and expected_cost (the cost that the scores predict).
        ``chosen`` marks the bands in use.
    """
    candidates = outcomes[~outcomes["missed"]]
    score, true = candidates["score"].to_numpy(dtype=np.float64), (candidates["label"] == 1).to_numpy()
    lost, per_thousand = _lost(outcomes), 1000 / max(len(candidates), 1)

    def point(worth: float, at: Bands, band: "np.ndarray[Any, Any]", chosen: bool) -> dict[str, float | bool]:
        match, no_match = band == "match", band == "no_match"
        reviews = costs.review * float((~match & ~no_match).sum())
        false_matches, missed = float((match & ~true).sum()), float((no_match & true).sum()) + lost
        predicted = costs.false_match * (1 - score[match]).sum() + costs.missed_match * (score[no_match].sum() + lost)
        cost = costs.false_match * false_matches + costs.missed_match * missed + reviews
        return {
            "review_worth": worth,
            "review_from": at.review_from,
            "match_from": at.match_from,
            "review_share": float((~match & ~no_match).sum()) * per_thousand / 1000,
            "false_matches": false_matches * per_thousand,
            "missed_matches": missed * per_thousand,
            "cost": cost * per_thousand,
            "expected_cost": float(predicted + reviews) * per_thousand,
            "chosen": chosen,
        }

    rows = [point(float("nan"), bands, candidates["band"].to_numpy(dtype=object), True)]
    for multiple in REVIEW_COSTS:
        at = bands_from_costs(costs.model_copy(update={"review": costs.review * multiple}))
        rows.append(point(costs.review * multiple, at, at.assign(score), False))
    table = pd.DataFrame(rows)
    # above some review cost no pair goes to review, so the bands are the same from there on
    table = table.drop_duplicates(["review_from", "match_from", "chosen"])
    return table.sort_values("review_share", kind="stable", ignore_index=True)


def _lost(outcomes: pd.DataFrame) -> float:
    """True pairs that blocking missed."""
    return float((outcomes["missed"] & (outcomes["label"] == 1)).sum())


def _left_over(paid: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """The cost of the pairs that are left when the first 0, 1, 2, ... pairs are reviewed."""
    return np.asarray(np.r_[paid.sum(), paid.sum() - np.cumsum(paid)])
