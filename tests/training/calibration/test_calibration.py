"""Calibration: the simplest method that is not worse, and scores that keep the order of log-odds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.decide.calibrator import Calibrator
from matchwright.errors import BundleError, TrainingError
from matchwright.training.calibration.choose import METHODS, choose_calibrator
from matchwright.training.calibration.fit import fit


def overconfident(pairs: int, factor: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds ``factor`` times what they should be, and labels drawn from the true ones."""
    generator = np.random.default_rng(seed)
    honest = generator.normal(0, 2, pairs)
    labels = (generator.random(pairs) < 1 / (1 + np.exp(-honest))).astype(float)
    return honest * factor, labels


def test_calibrated_scores_are_not_changed():
    log_odds, labels = overconfident(3000, 1.0)
    assert choose_calibrator(log_odds, labels, np.arange(3000), 0).calibrator.method == "none"


def test_overconfident_scores_are_corrected():
    log_odds, labels = overconfident(3000, 3.0)
    choice = choose_calibrator(log_odds, labels, np.arange(3000), 0)
    assert choice.calibrator.method == "platt"
    assert choice.calibrator.slope == pytest.approx(1 / 3, rel=0.1)
    assert choice.log_losses["platt"] < choice.log_losses["none"] * 0.8


def test_separable_scores_never_become_certainties():
    log_odds = np.concatenate([np.linspace(-9, -2, 300), np.linspace(2, 9, 300)])
    choice = choose_calibrator(log_odds, np.repeat([0.0, 1.0], 300), np.arange(600), 0)
    assert "isotonic" not in choice.log_losses
    assert 0 < choice.calibrator.apply(np.array([-1e9]))[0] < choice.calibrator.apply(np.array([1e9]))[0] < 1


@pytest.mark.parametrize("pairs", [50, 500])
def test_isotonic_regression_stays_away_from_0_and_1_with_few_pairs(pairs):
    log_odds, labels = overconfident(pairs, 1.0)
    asked = fit("isotonic", log_odds, labels).apply(np.array([-99.0, 99.0]))
    assert asked == pytest.approx([1 / (2 + pairs - labels.sum()), (1 + labels.sum()) / (2 + labels.sum())])


def test_isotonic_regression_is_chosen_where_no_line_fits():
    generator = np.random.default_rng(1)
    log_odds = generator.uniform(-6, 6, 8000)
    labels = (generator.random(8000) < np.where(np.abs(log_odds) < 3, 0.5, np.where(log_odds > 0, 0.8, 0.02))).astype(
        float
    )
    choice = choose_calibrator(log_odds, labels, np.arange(8000), 0)
    assert choice.calibrator.method == "isotonic"
    assert choice.calibrator.apply(np.array([2.0]))[0] == pytest.approx(0.5, abs=0.06)


def test_only_the_methods_asked_for_are_compared():
    log_odds, labels = overconfident(3000, 3.0)
    choice = choose_calibrator(log_odds, labels, np.arange(3000), 0, methods=("isotonic", "none"))
    assert list(choice.log_losses) == ["none", "isotonic"]
    assert choice.calibrator.method == "isotonic"


def test_held_out_scores_come_from_fits_that_did_not_see_the_pair():
    log_odds, labels = overconfident(3000, 3.0)
    choice = choose_calibrator(log_odds, labels, np.arange(3000), 0)
    losses = -np.log(np.where(labels == 1, choice.held_out, 1 - choice.held_out))
    assert losses.mean() == pytest.approx(choice.log_losses[choice.calibrator.method])
    assert not np.array_equal(choice.held_out, choice.calibrator.apply(log_odds))


def test_few_pairs_are_not_fitted():
    log_odds, labels = overconfident(30, 3.0)
    assert choose_calibrator(log_odds, labels, np.arange(30), 0).calibrator.method == "none"


def test_copies_of_a_pair_are_no_more_evidence_than_the_pair():
    """Augmented pairs resemble the pairs they were made from, and so do the candidates of one record."""
    for pairs, method in ((30, "none"), (100, "none"), (1000, "platt")):
        log_odds, labels = overconfident(pairs, 1.4)
        copied, groups = (np.tile(log_odds, 20), np.tile(labels, 20)), np.tile(np.arange(pairs), 20)
        assert choose_calibrator(log_odds, labels, np.arange(pairs), 0).calibrator.method == method
        assert choose_calibrator(*copied, groups, 0).calibrator.method == method
        assert choose_calibrator(*copied, np.arange(20 * pairs), 0).calibrator.method != "none"


def test_one_class_alone_is_an_error_with_a_hint():
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
    """Even if the scorer's order is the wrong way round."""
    calibrator = fit(method, *overconfident(200, factor, seed))
    probabilities = calibrator.apply(np.linspace(-20, 20, 201))
    assert (np.diff(probabilities) >= 0).all()
    assert ((probabilities > 0) & (probabilities < 1)).all()
