"""Metrics and their intervals."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics import brier_score_loss, log_loss

from matchwright.core.spec.deciding import Costs
from matchwright.errors import TrainingError
from matchwright.evaluation.curves import precision_recall, review_load
from matchwright.evaluation.metrics import band_table, compare_models, measure
from matchwright.evaluation.outcomes import pair_outcomes
from matchwright.evaluation.reliability import reliability_curve
from matchwright.evaluation.wilson import wilson_interval

COSTS = Costs(false_match=50, missed_match=10, review=1)


def scored(*rows: tuple[int, float, str]) -> pd.DataFrame:
    """Return pairs with a label, a score and a band. Each pair has its own left record."""
    return pd.DataFrame(
        [(f"left:{n}", f"right:{n}", *row) for n, row in enumerate(rows)],
        columns=["left_key", "right_key", "label", "score", "band"],
    )


def missed(count: int, label: int = 1) -> pd.DataFrame:
    return pd.DataFrame(
        [(f"left:m{n}", f"right:m{n}", label) for n in range(count)], columns=["left_key", "right_key", "label"]
    )


FEW = scored(
    (1, 0.99, "match"),
    (1, 0.97, "match"),
    (0, 0.96, "match"),
    (1, 0.6, "review"),
    (0, 0.4, "review"),
    (1, 0.05, "no_match"),
    (0, 0.01, "no_match"),
    (0, 0.01, "no_match"),
)


def test_a_pair_is_predicted_positive_when_its_band_is_match():
    figures = measure(pair_outcomes(FEW), COSTS)
    assert figures["precision"].value == pytest.approx(2 / 3)
    assert figures["recall"].value == pytest.approx(2 / 4)
    assert figures["f1"].value == pytest.approx(4 / 7)
    assert figures["review_share"].value == 0.25


def test_f1_at_one_half_and_f1_with_reviews_resolved_are_separate_metrics():
    figures = measure(pair_outcomes(FEW), COSTS)
    assert figures["f1_at_half"].value == pytest.approx(2 * 3 / (4 + 4))
    assert figures["f1_review_resolved"].value == pytest.approx(2 * 3 / (4 + 4))


def test_true_pairs_that_are_not_candidates_are_false_negatives():
    figures = measure(pair_outcomes(FEW, missed(4)), COSTS)
    assert figures["recall"].value == pytest.approx(2 / 8)
    assert figures["pairs_completeness"].value == 0.5
    assert figures["precision"].value == pytest.approx(2 / 3)
    assert figures["cost_per_1000"].value == pytest.approx(1000 * (50 + 10 * (1 + 4) + 2) / 8)


def test_a_pair_that_is_not_a_candidate_and_not_a_match_has_no_cost():
    assert measure(pair_outcomes(FEW, missed(4, label=0)), COSTS) == measure(pair_outcomes(FEW), COSTS)


def test_pairs_with_an_unknown_label_are_ignored():
    unknown = scored((-1, 0.9, "match")).assign(left_key="left:u")
    assert len(pair_outcomes(pd.concat([FEW, unknown]))) == len(FEW)


def test_log_loss_and_brier_score_are_the_same_as_in_scikit_learn():
    figures = measure(pair_outcomes(FEW, missed(3)), COSTS)
    assert figures["log_loss"].value == pytest.approx(log_loss(FEW["label"], FEW["score"]))
    assert figures["brier"].value == pytest.approx(brier_score_loss(FEW["label"], FEW["score"]))


def test_a_wrong_score_of_zero_has_a_finite_loss():
    assert measure(pair_outcomes(scored((1, 0.0, "no_match"), (0, 0.2, "no_match"))), COSTS)["log_loss"].value < 17


def random_pairs(seed: int, pairs: int = 400, per_record: int = 4) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    label = (generator.random(pairs) < 0.3).astype(np.int8)
    score = np.clip(generator.normal(np.where(label == 1, 0.8, 0.2), 0.2), 0.001, 0.999)
    band = np.select([score > 0.7, score > 0.4], ["match", "review"], "no_match")
    left = [f"left:{n // per_record}" for n in range(pairs)]
    right = [f"right:{n}" for n in range(pairs)]
    return pd.DataFrame({"left_key": left, "right_key": right, "label": label, "score": score, "band": band})


def test_intervals_contain_the_value_and_do_not_depend_on_the_order_of_rows():
    figures = measure(pair_outcomes(random_pairs(1)), COSTS, seed=7)
    assert all(
        figure.lower < figure.value < figure.upper for name, figure in figures.items() if name != "pairs_completeness"
    )
    shuffled = measure(pair_outcomes(random_pairs(1).sample(frac=1, random_state=3)), COSTS, seed=7)
    assert all(shuffled[name].lower == pytest.approx(figure.lower) for name, figure in figures.items())


def test_intervals_contain_the_true_value_about_as_often_as_stated():
    truth = measure(pair_outcomes(random_pairs(0, pairs=200_000)), COSTS, replicates=2)["f1"].value
    figures = [measure(pair_outcomes(random_pairs(seed)), COSTS, replicates=200)["f1"] for seed in range(1, 101)]
    covered = sum(figure.lower <= truth <= figure.upper for figure in figures)
    assert 87 <= covered <= 100


def test_all_pairs_of_a_record_are_resampled_together():
    """Ten copies of a pair are not more evidence than one pair, so the interval must not become narrower."""
    once = random_pairs(2, pairs=200, per_record=1)
    copies = pd.concat([once.assign(right_key=once["right_key"] + f"-{n}") for n in range(10)])
    single, repeated = measure(pair_outcomes(once), COSTS)["f1"], measure(pair_outcomes(copies), COSTS)["f1"]
    assert repeated.upper - repeated.lower == pytest.approx(single.upper - single.lower, rel=0.15)


def test_the_interval_is_not_empty_even_without_any_error():
    perfect = measure(pair_outcomes(scored(*[(1, 0.99, "match")] * 50, *[(0, 0.01, "no_match")] * 50)), COSTS)
    assert perfect["f1"].value == 1.0
    assert 0.9 < perfect["f1"].lower < 1.0
    assert 0.9 < perfect["precision"].lower < 1.0


def test_an_undefined_metric_is_none_in_json():
    figures = measure(pair_outcomes(scored((0, 0.1, "no_match"))), COSTS)
    assert figures["recall"].as_dict()["value"] is None
    assert measure(pair_outcomes(FEW.head(0)), COSTS)["f1"].as_dict()["value"] is None


def test_the_band_table_shows_each_band_with_its_true_share():
    table = band_table(pair_outcomes(FEW, missed(5))).set_index("band")
    assert table["pairs"].tolist() == [3, 2, 3]
    assert table.loc["match", "true_share"] == pytest.approx(2 / 3)
    assert (table["lower"] < table["true_share"]).all()
    assert (table["true_share"] < table["upper"]).all()


def test_comparing_a_model_with_itself_shows_no_difference():
    same = pair_outcomes(random_pairs(3))
    assert compare_models(same, same, COSTS)["f1"].as_dict() == {"value": 0, "lower": 0, "upper": 0, "p_value": 1}


def test_the_interval_of_the_paired_difference_is_narrower_than_the_intervals_of_the_models():
    champion = random_pairs(4, pairs=2000)
    challenger = champion.copy()
    unsure = challenger.index[(challenger["label"] == 1) & (challenger["band"] == "review")][:10]
    challenger.loc[unsure, "band"] = "match"
    outcomes = pair_outcomes(champion), pair_outcomes(challenger)
    difference = compare_models(*outcomes, COSTS)["f1"]
    own = measure(outcomes[0], COSTS)["f1"]
    assert difference.value > 0
    assert 0 < difference.lower < difference.upper
    assert difference.upper - difference.lower < (own.upper - own.lower) / 2
    assert difference.beyond_noise


def test_models_scored_on_different_pairs_are_not_compared():
    with pytest.raises(TrainingError, match="same pairs"):
        compare_models(pair_outcomes(random_pairs(1)), pair_outcomes(random_pairs(2)), COSTS)


def test_wilson_intervals_are_the_same_as_in_scipy():
    lower, upper = wilson_interval([0, 3, 50, 97], [10, 10, 100, 97])
    for n, (successes, trials) in enumerate([(0, 10), (3, 10), (50, 100), (97, 97)]):
        expected = binomtest(successes, trials).proportion_ci(method="wilson")
        assert (lower[n], upper[n]) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert [float(bound) for bound in wilson_interval(0, 0)] == [0.0, 1.0]


def test_reliability_bins_have_equal_sizes_and_equal_scores_are_in_one_bin():
    generator = np.random.default_rng(5)
    score = generator.random(10_000)
    label = generator.random(10_000) < score
    curve = reliability_curve(score, label, bins=10)
    assert curve["pairs"].tolist() == [1000] * 10
    assert ((curve["lower"] <= curve["mean_score"]) & (curve["mean_score"] <= curve["upper"])).sum() >= 8
    equal_scores = reliability_curve(
        np.r_[np.full(90, 0.01), np.linspace(0.5, 0.9, 10)], np.r_[np.zeros(90), np.ones(10)]
    )
    assert equal_scores["pairs"].tolist() == [90, 10]
    assert reliability_curve(np.empty(0), np.empty(0)).empty


def test_precision_and_recall_over_thresholds_count_true_pairs_that_are_not_candidates():
    curve = precision_recall(pair_outcomes(FEW, missed(4)))
    assert curve["score"].is_monotonic_decreasing
    assert curve["recall"].iloc[-1] == 0.5
    assert curve.loc[curve["score"] == 0.97, "precision"].item() == 1.0


def test_the_review_load_curve_goes_from_no_reviews_to_reviews_of_all_pairs():
    curve = review_load(pair_outcomes(FEW, missed(1)), COSTS)
    assert curve["review_share"].iloc[[0, -1]].tolist() == [0.0, 1.0]
    assert curve["error_cost"].iloc[-1] == pytest.approx(1000 * 10 / 8)
    assert curve["cost"].iloc[-1] == pytest.approx(1000 * (10 + 8) / 8)
    assert curve["error_cost"].is_monotonic_decreasing
