"""Paired differences between two models on the same pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from matchwright.evaluation.paired import log_losses, mean_over_queries


@given(st.lists(st.tuples(st.floats(-12, 12), st.booleans()), min_size=1, max_size=30))
def test_the_mean_of_the_losses_is_the_log_loss(pairs):
    log_odds, labels = np.array([m for m, _ in pairs]), np.array([int(y) for _, y in pairs])
    expected = log_loss(labels, 1 / (1 + np.exp(-log_odds)), labels=[0, 1])
    assert log_losses(log_odds, labels).mean() == pytest.approx(expected, abs=1e-6)


def test_the_loss_of_a_wrong_extreme_score_is_bounded():
    assert np.isfinite(log_losses([1e4], [0])).all()


def test_a_constant_difference_is_significant_and_an_alternating_difference_is_not():
    keys = [f"left:{number}" for number in range(50)]
    assert mean_over_queries(np.full(50, -0.1), keys, seed=1).upper == pytest.approx(-0.1)
    level = mean_over_queries(np.tile([-0.1, 0.1], 25), keys, seed=1)
    assert level.lower < 0 < level.upper


def test_pairs_of_one_record_count_as_one_piece_of_evidence():
    values = np.repeat(np.random.default_rng(0).normal(0, 1, 20), 10)
    same_record = mean_over_queries(values, np.repeat([f"left:{n}" for n in range(20)], 10), seed=1)
    own_records = mean_over_queries(values, [f"left:{n}" for n in range(200)], seed=1)
    assert same_record.upper - same_record.lower > 2 * (own_records.upper - own_records.lower)


def test_without_pairs_the_difference_is_nan():
    assert np.isnan(mean_over_queries([], [], seed=1).value)
