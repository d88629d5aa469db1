"""Two models compared on the same pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from matchwright.evaluation.paired import log_losses, mean_changes


def change(gains, keys=None):
    """The change of a mean where the second model's values are larger by ``gains``."""
    old = np.zeros(len(gains))
    return mean_changes({"gain": old}, {"gain": old + np.asarray(gains)}, keys, seed=1)["gain"]


@given(st.lists(st.tuples(st.floats(-12, 12), st.booleans()), min_size=1, max_size=30))
def test_the_mean_of_the_losses_is_the_log_loss(pairs):
    log_odds, labels = np.array([m for m, _ in pairs]), np.array([int(y) for _, y in pairs])
    expected = log_loss(labels, 1 / (1 + np.exp(-log_odds)), labels=[0, 1])
    assert log_losses(log_odds, labels).mean() == pytest.approx(expected, abs=1e-6)


def test_the_loss_of_a_wrong_extreme_score_is_bounded():
    assert np.isfinite(log_losses([1e4], [0])).all()


def test_a_constant_difference_is_beyond_noise_and_an_alternating_difference_is_not():
    assert change(np.full(50, -0.1)).beyond_noise
    level = change(np.tile([-0.1, 0.1], 25))
    assert level.lower < 0 < level.upper
    assert not level.beyond_noise


@pytest.mark.parametrize(("better", "beyond"), [(1, False), (4, False), (5, False), (8, True), (20, True)])
def test_a_few_pairs_that_differ_show_nothing_even_if_one_model_is_better_on_all_of_them(better, beyond):
    gains = np.zeros(500)
    gains[:better] = 1.0
    found = change(gains)
    assert found.p_value == pytest.approx(max(2 * 0.5**better, 1 / 2000), abs=0.03)
    assert found.beyond_noise is beyond


def test_the_p_value_of_two_equal_models_is_one():
    assert change(np.zeros(30)).p_value == 1.0


@given(st.integers(0, 2**32 - 1))
def test_models_that_differ_by_chance_alone_are_rarely_beyond_noise(seed):
    gains = np.random.default_rng(seed).normal(0, 1, 40)
    found = change(gains)
    # the randomisation test and the usual t statistic agree on what is far from chance
    statistic = abs(gains.mean()) / (gains.std(ddof=1) / np.sqrt(len(gains)))
    assert found.beyond_noise or statistic < 2.4
    assert not found.beyond_noise or statistic > 1.7


def test_pairs_of_one_record_count_as_one_piece_of_evidence():
    values = np.repeat(np.random.default_rng(0).normal(0, 1, 20), 10)
    same_record = change(values, np.repeat([f"left:{n}" for n in range(20)], 10))
    own_records = change(values, [f"left:{n}" for n in range(200)])
    assert same_record.upper - same_record.lower > 2 * (own_records.upper - own_records.lower)
    assert same_record.p_value > own_records.p_value


def test_without_pairs_the_difference_is_nan():
    assert np.isnan(change([]).value)
    assert change([]).as_dict() == {"value": None, "lower": None, "upper": None, "p_value": None}
