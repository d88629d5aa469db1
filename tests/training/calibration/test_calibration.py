"""Calibration: the simplest method that is not worse is chosen. The scores keep the order of the log-odds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.decide.calibrator import Calibrator
from matchwright.errors import BundleError, TrainingError
from matchwright.training.calibration.choose import METHODS, choose_calibrator
from matchwright.training.calibration.fit import fit


def overconfident(pairs: int, factor: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return log-odds that are too large by ``factor``, and labels that are drawn from the true log-odds."""
    generator = np.random.default_rng(seed)
    true_log_odds = generator.normal(0, 2, pairs)
    labels = (generator.random(pairs) < 1 / (1 + np.exp(-true_log_odds))).astype(float)
    return true_log_odds * factor, labels


def test_calibrated_scores_are_not_changed():
    log_odds, labels = overconfident(3000, 1.0)
    assert choose_calibrator(log_odds, labels, np.arange(3000), 0).calibrator.method == "none"


def test_overconfident_scores_are_corrected():
    log_odds, labels = overconfident(3000, 3.0)
    choice = choose_calibrator(log_odds, labels, np.arange(3000), 0)
    assert choice.calibrator.method == "platt"
    assert choice.calibrator.slope == pytest.approx(1 / 3, rel=0.1)
    assert choice.log_losses["platt"] < choice.log_losses["none"] * 0.8


def test_perfectly_separated_scores_do_not_become_0_or_1():
    log_odds = np.concatenate([np.linspace(-9, -2, 300), np.linspace(2, 9, 300)])
    choice = choose_calibrator(log_odds, np.repeat([0.0, 1.0], 300), np.arange(600), 0)
    assert "isotonic" not in choice.log_losses
    assert 0 < choice.calibrator.apply(np.array([-1e9]))[0] < choice.calibrator.apply(np.array([1e9]))[0] < 1


@pytest.mark.parametrize("pairs", [50, 500])
def test_isotonic_regression_does_not_reach_0_or_1_with_few_pairs(pairs):
    log_odds, labels = overconfident(pairs, 1.0)
    probabilities = fit("isotonic", log_odds, labels).apply(np.array([-99.0, 99.0]))
    assert probabilities == pytest.approx([1 / (2 + pairs - labels.sum()), (1 + labels.sum()) / (2 + labels.sum())])


def test_isotonic_regression_is_chosen_if_no_line_fits():
    generator = np.random.default_rng(1)
    log_odds = generator.uniform(-6, 6, 8000)
    labels = (generator.random(8000) < np.where(np.abs(log_odds) < 3, 0.5, np.where(log_odds > 0, 0.8, 0.02))).astype(
        float
    )
    choice = choose_calibrator(log_odds, labels, np.arange(8000), 0)
    assert choice.calibrator.method == "isotonic"
    assert choice.calibrator.apply(np.array([2.0]))[0] == pytest.approx(0.5, abs=0.06)


def test_only_the_requested_methods_are_compared():
    log_odds, labels = overconfident(3000, 3.0)
    choice = choose_calibrator(log_odds, labels, np.arange(3000), 0, methods=("isotonic", "none"))
    assert list(choice.log_losses) == ["none", "isotonic"]
    assert choice.calibrator.method == "isotonic"


def test_held_out_scores_come_from_fits_without_the_pair():
    log_odds, labels = overconfident(3000, 3.0)
    choice = choose_calibrator(log_odds, labels, np.arange(3000), 0)
    losses = -np.log(np.where(labels == 1, choice.held_out, 1 - choice.held_out))
    assert losses.mean() == pytest.approx(choice.log_losses[choice.calibrator.method])
    assert not np.array_equal(choice.held_out, choice.calibrator.apply(log_odds))


def test_with_few_pairs_no_calibrator_is_fitted():
    log_odds, labels = overconfident(30, 3.0)
    assert choose_calibrator(log_odds, labels, np.arange(30), 0).calibrator.method == "none"


def test_copies_of_a_pair_are_not_more_evidence_than_the_pair():
    """Augmented pairs are similar to their original pairs. The candidates of one record are similar too."""
    for pairs, method in ((30, "none"), (100, "none"), (1000, "platt")):
        log_odds, labels = overconfident(pairs, 1.4)
        copied, groups = (np.tile(log_odds, 20), np.tile(labels, 20)), np.tile(np.arange(pairs), 20)
        assert choose_calibrator(log_odds, labels, np.arange(pairs), 0).calibrator.method == method
        assert choose_calibrator(*copied, groups, 0).calibrator.method == method
        assert choose_calibrator(*copied, np.arange(20 * pairs), 0).calibrator.method != "none"


def test_labels_of_only_one_class_are_an_error_with_a_hint():
    with pytest.raises(TrainingError, match="Hint: label more pairs"):
        choose_calibrator(np.zeros(50), np.ones(50), np.arange(50), 0)


@pytest.mark.parametrize("method", METHODS)
def test_a_written_calibrator_is_read_back_unchanged(method, tmp_path):
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
    """This is true even if the scorer ranks the pairs in the wrong order."""
    calibrator = fit(method, *overconfident(200, factor, seed))
    probabilities = calibrator.apply(np.linspace(-20, 20, 201))
    assert (np.diff(probabilities) >= 0).all()
    assert ((probabilities > 0) & (probabilities < 1)).all()
