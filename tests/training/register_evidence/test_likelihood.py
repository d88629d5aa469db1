"""The form of register evidence, fitted on pairs whose log-odds are known."""

import numpy as np
import pytest

from matchwright.core.decide.calibrator import sigmoid
from matchwright.core.models.joint_evidence import margin
from matchwright.training.register_evidence.likelihood import SHAPES, fit_limit, margin_and_rise

PAIRS = 20_000


def pairs():
    """Agreement in a name and in an address, as 0 or 1."""
    return np.random.default_rng(3).integers(2, size=(PAIRS, 2)).astype(float)


def fitted(log_odds, design):
    target = sigmoid(log_odds)
    return fit_limit(design, target, np.ones(PAIRS), int(target.sum()), prior=-4.0, seed=1)


def stated(fit, design):
    flat = fit.weights.reshape(-1, fit.weights.shape[2])
    return margin(flat @ design.T + fit.intercepts.reshape(-1, 1), len(fit.intercepts))


def test_one_class_is_enough_where_all_other_pairs_are_strangers():
    design = pairs()
    log_odds = -3 + design @ np.array([4.0, 2.0])
    fit = fitted(log_odds, design)
    assert fit.intercepts.shape == SHAPES[0]
    assert stated(fit, design) == pytest.approx(log_odds, abs=0.1)


def test_a_household_makes_a_class_of_its_own():
    """The address says much against strangers, and nothing against members of one household."""
    design = pairs()
    strangers, household = -4 + design @ np.array([2.0, 6.0]), -1 + design @ np.array([4.0, 0.0])
    log_odds = -np.logaddexp(-strangers, -household)
    fit = fitted(log_odds, design)
    assert len(fit.intercepts) > 1
    assert stated(fit, design) == pytest.approx(log_odds, abs=0.2)


def test_no_weight_is_below_zero():
    design = pairs()
    fit = fitted(-1 - design @ np.array([2.0, 0.0]), design)
    assert fit.weights.min() == 0


def test_the_same_pairs_and_seed_give_the_same_fit():
    design = pairs()
    first, second = (fitted(-3 + design @ np.array([4.0, 2.0]), design) for _ in range(2))
    assert (first.weights == second.weights).all()
    assert (first.intercepts == second.intercepts).all()


def test_the_rise_is_that_of_the_margin():
    """Against differences of the margin itself."""
    generator = np.random.default_rng(2)
    linear, step = generator.normal(size=(6, 5)) * 3, 1e-6
    found, rise = margin_and_rise(linear, 3)
    np.testing.assert_array_equal(found, margin(linear, 3))
    for unit in range(6):
        moved = linear.copy()
        moved[unit] += step
        np.testing.assert_allclose((margin(moved, 3) - found) / step, rise[unit], atol=1e-5)
