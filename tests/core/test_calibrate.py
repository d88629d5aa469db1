"""Calibration: the simplest method that is not worse, never turning an order round."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.calibrate import METHODS, Calibrator, choose_calibrator, fit
from matchwright.errors import BundleError, TrainingError


def overconfident(pairs: int, factor: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds ``factor`` times what they should be, and labels drawn from the true ones."""
    generator = np.random.default_rng(seed)
    honest = generator.normal(0, 2, pairs)
    labels = (generator.random(pairs) < 1 / (1 + np.exp(-honest))).astype(float)
    return honest * factor, labels


def test_honest_scores_are_left_alone():
    margin, labels = overconfident(3000, 1.0)
    assert choose_calibrator(margin, labels, np.arange(3000), 0).calibrator.method == "none"


def test_overconfident_scores_are_brought_back():
    margin, labels = overconfident(3000, 3.0)
    choice = choose_calibrator(margin, labels, np.arange(3000), 0)
    assert choice.calibrator.method == "platt"
    assert choice.calibrator.slopes[0] == pytest.approx(1 / 3, rel=0.1)
    assert choice.log_losses["platt"] < choice.log_losses["none"] * 0.8


def test_separable_scores_never_become_certainties():
    margin = np.concatenate([np.linspace(-9, -2, 300), np.linspace(2, 9, 300)])
    choice = choose_calibrator(margin, np.repeat([0.0, 1.0], 300), np.arange(600), 0)
    assert "isotonic" not in choice.log_losses
    assert 0 < choice.calibrator.apply(np.array([-1e9]))[0] < choice.calibrator.apply(np.array([1e9]))[0] < 1


def test_few_pairs_are_not_fitted():
    margin, labels = overconfident(30, 3.0)
    assert choose_calibrator(margin, labels, np.arange(30), 0).calibrator.method == "none"


def test_one_class_alone_is_an_error_that_says_what_to_do():
    with pytest.raises(TrainingError, match="Hint: label more pairs"):
        choose_calibrator(np.zeros(50), np.ones(50), np.arange(50), 0)


@pytest.mark.parametrize("method", METHODS)
def test_a_calibrator_survives_its_file(method, tmp_path):
    calibrator = fit(method, *overconfident(500, 2.0))
    calibrator.save(tmp_path / "calibrator.json")
    assert Calibrator.load(tmp_path / "calibrator.json") == calibrator


def test_a_damaged_file_is_a_bundle_error(tmp_path):
    (tmp_path / "calibrator.json").write_text('{"method": "magic"}')
    with pytest.raises(BundleError):
        Calibrator.load(tmp_path / "calibrator.json")


@settings(max_examples=30, deadline=None)
@given(method=st.sampled_from(METHODS), factor=st.floats(-3, 3), seed=st.integers(0, 99))
def test_a_higher_log_odds_never_gets_a_lower_probability(method, factor, seed):
    """Even where the scorer is worse than useless."""
    calibrator = fit(method, *overconfident(200, factor, seed))
    probabilities = calibrator.apply(np.linspace(-20, 20, 201))
    assert (np.diff(probabilities) >= 0).all()
    assert ((probabilities > 0) & (probabilities < 1)).all()
