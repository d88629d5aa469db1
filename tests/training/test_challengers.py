"""Challengers: their figures are compared with the figures of the scorer. The finding is given as a text."""

import pytest
from fixtures.datasets import dataset

from matchwright.core.spec.learning import ModelSpec
from matchwright.evaluation.ranking import compare_rankings, ranking_metrics
from matchwright.training.challengers import challenge
from matchwright.training.datasets.labelled_pairs import learn

SPEC = ModelSpec(trees=60, early_stopping=10)


ALMOST_NOTHING = SPEC.model_copy(update={"trees": 1, "depth": 1})


def log_odds(training, validation, spec):
    """The scorer's log-odds of the labelled validation pairs."""
    return learn(training, validation, spec).scorer.log_odds(validation.originals().comparisons)


@pytest.fixture(scope="module")
def ranker():
    training, validation = dataset(300), dataset(200, 1)
    return challenge("ranker", training, validation, log_odds(training, validation, SPEC), SPEC)


def test_a_ranker_learns_to_rank_and_has_no_log_loss(ranker):
    assert ranker["figures"]["mrr"]["value"] > 0.75  # a random ranking has 0.61
    assert set(ranker["change"]) == {"mrr", "hit_at_1", "ndcg_at_10"}


def test_the_change_is_the_difference_and_a_ranker_is_no_better_if_its_interval_includes_zero(ranker):
    change = ranker["change"]["mrr"]
    assert change["value"] == pytest.approx(ranker["figures"]["mrr"]["value"] - ranker["scorer"]["mrr"]["value"])
    assert change["lower"] < 0 < change["upper"]
    assert ranker["better"] is False
    assert ranker["finding"].startswith("no better: -0.0")


def test_a_ranker_that_learned_almost_nothing_is_worse_than_a_scorer():
    training, validation = dataset(300), dataset(200, 1)
    ranker = challenge("ranker", training, validation, log_odds(training, validation, SPEC), ALMOST_NOTHING)
    assert ranker["change"]["mrr"]["upper"] < 0
    assert ranker["better"] is False
    assert ranker["finding"].startswith("worse by 0.1")


def test_a_ranker_is_better_than_a_scorer_that_learned_almost_nothing():
    training, validation = dataset(300), dataset(200, 1)
    challenger = challenge("ranker", training, validation, log_odds(training, validation, ALMOST_NOTHING), SPEC)
    assert challenger["change"]["mrr"]["lower"] > 0
    assert challenger["better"] is True
    assert challenger["finding"].startswith("better by")


def test_a_network_is_compared_by_its_log_loss():
    training, validation = dataset(100), dataset(60, 1)
    network = challenge("torch", training, validation, log_odds(training, validation, SPEC), SPEC)
    assert set(network["change"]) == {"mrr", "hit_at_1", "ndcg_at_10", "log_loss"}
    assert network["change"]["log_loss"]["lower"] < 0 < network["change"]["log_loss"]["upper"]
    assert network["better"] is False
    assert network["finding"].startswith("no better: ")
    assert "in log loss" in network["finding"]
    assert network["figures"]["log_loss"]["value"] < 0.6365  # the loss of a constant score
    assert network["figures"]["log_loss"]["value"] != network["scorer"]["log_loss"]["value"]


def test_a_network_with_a_lower_log_loss_than_the_scorer_is_better():
    training, validation = dataset(100), dataset(60, 1)
    network = challenge("torch", training, validation, log_odds(training, validation, ALMOST_NOTHING), SPEC)
    assert network["change"]["log_loss"]["upper"] < 0
    assert network["better"] is True
    assert network["finding"].startswith("better by 0.4")


def test_a_ranking_compared_with_itself_shows_no_difference():
    pairs = dataset(50)
    scores = pairs.comparisons["name__jaro_winkler"]
    same = compare_rankings(pairs.left_keys, scores, scores, pairs.labels)
    assert {figure.value for figure in same.values()} == {0.0}
    reversed_ranking = compare_rankings(pairs.left_keys, scores, -scores, pairs.labels)
    alone = [ranking_metrics(pairs.left_keys, each, pairs.labels)["mrr"].value for each in (scores, -scores)]
    assert reversed_ranking["mrr"].value == pytest.approx(alone[1] - alone[0])
    assert reversed_ranking["mrr"].upper < 0
