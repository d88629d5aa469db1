"""Conformal sets: coverage in each class, at the finite-sample quantile, with the guarantee in words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.conformal import conformal_sets
from matchwright.core.spec.model import ConformalSpec
from matchwright.errors import TrainingError


def few(error: float) -> ConformalSpec:
    return ConformalSpec(error=error, min_positives=1)


def test_thresholds_stand_at_the_finite_sample_quantile():
    """ceil(100 x 0.9) = 90 of the 99 pairs of either class lie inside."""
    scores = np.r_[np.arange(1, 100) / 100, np.arange(1, 100) / 100]
    sets = conformal_sets(scores, np.repeat([1, 0], 99), few(0.1))
    assert sets.match_at_least == 0.10
    assert sets.no_match_at_most == 0.90
    match, no_match = sets.contain(np.array([0.05, 0.5, 0.95]))
    assert match.tolist() == [False, True, True]
    assert no_match.tolist() == [True, True, False]


def test_too_few_pairs_to_rule_anything_out_are_refused_whatever_the_spec_says():
    """With an error of 0.05 and 18 pairs even the quantile of all of them is not enough."""
    labels = np.r_[np.ones(18), np.zeros(100)]
    with pytest.raises(TrainingError, match="need 19 calibration pairs"):
        conformal_sets(np.linspace(0, 1, 118), labels, few(0.05))


def test_the_guarantee_names_its_level_and_its_assumption():
    sets = conformal_sets(
        np.r_[np.linspace(0, 1, 600), np.linspace(0, 1, 600)], np.repeat([1, 0], 600), ConformalSpec()
    )
    assert "95 %" in sets.guarantee
    assert "exchangeable" in sets.guarantee
    assert 0.93 < sets.coverage_shown()["match"] < 0.95


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 1000), pairs=st.integers(40, 400), share=st.floats(0.3, 0.7), error=st.sampled_from([0.1, 0.2])
)
def test_at_least_the_quantile_s_share_of_either_class_is_inside(seed, pairs, share, error):
    generator = np.random.default_rng(seed)
    labels = (np.arange(pairs) < share * pairs).astype(int)
    scores = np.round(generator.random(pairs), 2)  # with ties
    sets = conformal_sets(scores, labels, few(error))
    match, no_match = sets.contain(scores)
    assert match[labels == 1].mean() >= 1 - error
    assert no_match[labels == 0].mean() >= 1 - error


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000))
def test_a_monotone_calibrator_changes_no_set(seed):
    generator = np.random.default_rng(seed)
    margin, labels = generator.normal(0, 3, 200), np.arange(200) % 2
    before = conformal_sets(margin, labels, few(0.1)).contain(margin)
    scores = 1 / (1 + np.exp(-(0.3 * margin - 1)))
    after = conformal_sets(scores, labels, few(0.1)).contain(scores)
    assert np.array_equal(before, after)
