"""Challengers: their figures are compared with the figures of the scorer. The finding is given as a text."""

import pytest
from fixtures.datasets import dataset

from matchwright.core.spec.learning import ModelSpec
from matchwright.evaluation.ranking import compare_rankings, ranking_metrics
from matchwright.training.challengers import challenge
from matchwright.training.datasets.labelled_pairs import learn

SPEC = ModelSpec(trees=60, early_stopping=10)


@pytest.fixture(scope="module")
def ranker():
    training, validation = dataset(300), dataset(200, 1)
    return challenge("ranker", training, validation, learn(training, validation, SPEC), SPEC)


def test_a_ranker_learns_to_rank_and_has_no_log_loss(ranker):
    assert ranker["figures"]["mrr"]["value"] > 0.75  # a random ranking has 0.61
    assert set(ranker["change"]) == {"mrr", "hit_at_1", "ndcg_at_10"}


def test_the_change_is_the_difference_and_the_finding_follows_its_interval(ranker):
    change = ranker["change"]["mrr"]
    assert change["value"] == pytest.approx(ranker["figures"]["mrr"]["value"] - ranker["scorer"]["mrr"]["value"])
    assert ranker["better"] == (change["lower"] > 0)
    words = "better by" if change["lower"] > 0 else "worse by" if change["upper"] < 0 else "no better"
    assert ranker["finding"].startswith(words)


def test_a_ranker_is_better_than_a_scorer_that_learned_almost_nothing():
    training, validation = dataset(300), dataset(200, 1)
    weak_scorer = learn(training, validation, SPEC.model_copy(update={"trees": 1, "depth": 1}))
    challenger = challenge("ranker", training, validation, weak_scorer, SPEC)
    assert challenger["better"]
    assert challenger["finding"].startswith("better by")


def test_a_network_is_compared_by_its_log_loss():
    training, validation = dataset(100), dataset(60, 1)
    network = challenge("torch", training, validation, learn(training, validation, SPEC), SPEC)
    assert set(network["change"]) == {"mrr", "hit_at_1", "ndcg_at_10", "log_loss"}
    assert "in log loss" in network["finding"]
    assert network["better"] == (network["change"]["log_loss"]["upper"] < 0)
    assert network["figures"]["log_loss"]["value"] < 0.6365  # the loss of a constant score
    assert network["figures"]["log_loss"]["value"] != network["scorer"]["log_loss"]["value"]


def test_a_ranking_compared_with_itself_shows_no_difference():
    pairs = dataset(50)
    scores = pairs.comparisons["name__jaro_winkler"]
    same = compare_rankings(pairs.left_keys, scores, scores, pairs.labels)
    assert {figure.value for figure in same.values()} == {0.0}
    reversed_ranking = compare_rankings(pairs.left_keys, scores, -scores, pairs.labels)
    alone = [ranking_metrics(pairs.left_keys, each, pairs.labels)["mrr"].value for each in (scores, -scores)]
    assert reversed_ranking["mrr"].value == pytest.approx(alone[1] - alone[0])
    assert reversed_ranking["mrr"].upper < 0
