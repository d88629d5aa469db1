"""The effect of calibration, and the cost of the bands."""

import json

import numpy as np
import pandas as pd
import pytest

from matchwright.core.decide.bands import Bands, bands_from_costs
from matchwright.core.spec.deciding import Costs
from matchwright.evaluation.curves import operating_points, review_load
from matchwright.evaluation.metrics import measure
from matchwright.evaluation.outcomes import pair_outcomes
from matchwright.evaluation.reliability import calibration_figures, mid_range_gap, reliability_curve

COSTS = Costs(false_match=10, missed_match=5, review=1)


def overconfident(pairs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return overconfident scores, calibrated scores and labels."""
    generator = np.random.default_rng(7)
    log_odds = generator.normal(-0.7, 2, pairs)
    calibrated = 1 / (1 + np.exp(-log_odds))
    return 1 / (1 + np.exp(-3 * log_odds - 2)), calibrated, (generator.random(pairs) < calibrated).astype(int)


def outcomes_of(score: np.ndarray, label: np.ndarray, bands: Bands, missed: int = 0) -> pd.DataFrame:
    keys = pd.Series(np.arange(len(score)).astype(str))
    scored = pd.DataFrame({"left_key": keys, "right_key": keys, "label": label, "score": score})
    missed_pairs = pd.DataFrame({"left_key": ["m"] * missed, "right_key": ["m"] * missed, "label": [1] * missed})
    return pair_outcomes(scored.assign(band=bands.assign(score)), missed_pairs)


def test_calibration_removes_the_gap_in_the_middle_range_and_the_figures_show_it():
    before, after, labels = overconfident(4000)
    figures = calibration_figures(before, after, labels, np.arange(4000) // 2)
    assert figures["before"]["mid_range_gap"]["lower"] > 0.05
    assert figures["after"]["mid_range_gap"]["lower"] == 0.0
    assert figures["after"]["mid_range_pairs"] == ((after >= 0.2) & (after <= 0.8)).sum()
    for name in ("log_loss", "brier"):
        assert figures["change"][name]["upper"] < 0
        assert figures["after"][name]["lower"] < figures["after"][name]["value"] < figures["after"][name]["upper"]
    assert figures == calibration_figures(before, after, labels, np.arange(4000) // 2)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_each_of_a_few_different_scores_is_its_own_point_of_the_curve(count):
    scores = np.array([0.9, 0.1, 0.6, 0.4])[:count]
    curve = reliability_curve(scores, (scores > 0.5).astype(int), bins=10)
    assert curve["mean_score"].tolist() == sorted(scores)
    assert curve["true_share"].tolist() == [float(score > 0.5) for score in sorted(scores)]
    assert curve["pairs"].tolist() == [1] * count


def test_a_few_equal_scores_are_one_point_of_the_curve():
    curve = reliability_curve(np.full(4, 0.5), np.array([1, 0, 1, 1]), bins=10)
    assert curve[["mean_score", "true_share", "pairs"]].to_numpy().tolist() == [[0.5, 0.75, 4]]


def test_without_scores_in_the_middle_range_the_gap_is_unknown():
    scores, labels = np.array([0.01, 0.99]), np.array([0, 1])
    gap, pairs = mid_range_gap(scores, labels)
    assert np.isnan(gap.value)
    assert pairs == 0
    figures = calibration_figures(scores, scores, labels)
    assert figures["before"]["mid_range_gap"] == {"value": None, "lower": None, "upper": None}
    json.dumps(figures, allow_nan=False)


def test_the_interval_of_the_gap_is_wide_for_few_pairs():
    gap, pairs = mid_range_gap(np.full(4, 0.5), np.array([1, 1, 1, 1]))
    assert pairs == 4
    assert gap.value == pytest.approx(0.5)
    assert gap.lower < 0.05


def test_if_reviews_are_cheaper_there_are_more_reviews_and_fewer_errors():
    _, score, label = overconfident(3000)
    table = operating_points(outcomes_of(score, label, bands_from_costs(COSTS), 3), COSTS, bands_from_costs(COSTS))
    others = table[~table["chosen"]]
    assert others["review_worth"].is_monotonic_decreasing
    assert others["review_share"].is_monotonic_increasing
    assert (np.diff(others["false_matches"] + others["missed_matches"]) <= 0).all()
    chosen, alike = table[table["chosen"]].iloc[0], others[others["review_worth"] == COSTS.review].iloc[0]
    assert chosen["cost"] == alike["cost"]
    assert chosen["review_share"] == alike["review_share"]


def test_calibrated_scores_predict_the_cost_and_the_chosen_point_is_almost_the_cheapest():
    _, score, label = overconfident(30_000)
    outcomes = outcomes_of(score, label, bands_from_costs(COSTS))
    table = operating_points(outcomes, COSTS, bands_from_costs(COSTS))
    assert np.allclose(table["cost"], table["expected_cost"], rtol=0.08)
    assert table.loc[table["chosen"], "cost"].item() == pytest.approx(table["cost"].min(), rel=0.01)
    curve = review_load(outcomes, COSTS)
    assert np.allclose(curve["cost"], curve["expected_cost"], rtol=0.08)


def test_the_chosen_point_has_the_same_cost_and_review_share_as_the_metrics():
    _, score, label = overconfident(500)
    outcomes = outcomes_of(score, label, Bands(review_from=0.3, match_from=0.8), missed=2)
    table = operating_points(outcomes, COSTS, Bands(review_from=0.3, match_from=0.8))
    chosen = table[table["chosen"]].iloc[0]
    figures = measure(outcomes, COSTS, replicates=10)
    assert chosen["cost"] == pytest.approx(figures["cost_per_1000"].value)
    assert chosen["review_share"] == pytest.approx(figures["review_share"].value)
