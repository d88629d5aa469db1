"""Precision constraints: the exact bound, and chains of thresholds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.evaluation.precision_constraints import fewest_to_show, hold_constraint, lower_bound


def test_the_bound_is_clopper_and_pearson_s():
    assert lower_bound(0, 0, 0.05) == 0
    assert lower_bound(100, 100, 0.05) == pytest.approx(0.05 ** (1 / 100))
    assert lower_bound(0, 10, 0.05) == 0


def test_one_early_wrong_pair_ends_a_chain_but_not_the_search():
    """The first chain stops at once. A chain that starts with more pairs allows the error."""
    scores, right = np.linspace(1, 0, 5000), np.ones(5000)
    right[5] = 0
    held = hold_constraint(scores, scores, right, 5000, 0.99, 0.95)
    assert held.met
    assert held.taken == 5000


def test_a_constraint_that_no_threshold_keeps_is_shown_in_at_most_one_of_twenty_splits():
    """Although each of 2,000 thresholds is tried."""
    scores, generator = np.linspace(1, 0, 2000), np.random.default_rng(5)
    shown = [
        hold_constraint(scores, scores, (generator.random(2000) < 0.97).astype(float), 2000, 0.97, 0.95).met
        for _ in range(300)
    ]
    assert np.mean(shown) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


def test_a_constraint_of_one_is_never_met():
    held = hold_constraint(np.linspace(1, 0, 500), np.linspace(1, 0, 500), np.ones(500), 500, 1.0, 0.95)
    assert not held.met
    assert held.taken == 500


def test_without_pairs_no_constraint_is_met():
    assert not hold_constraint(np.empty(0), np.empty(0), np.empty(0), 0, 0.9, 0.95).met
    assert hold_constraint(np.empty(0), np.empty(0), np.empty(0), 0, 0.0, 0.95).met


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), pairs=st.integers(1, 400), constraint=st.floats(0.0, 1.0), most=st.integers(0, 400))
def test_no_more_pairs_are_taken_than_allowed_and_equal_scores_stay_together(seed, pairs, constraint, most):
    generator = np.random.default_rng(seed)
    scores = np.round(generator.random(pairs), 1)
    most = int((scores >= np.sort(scores)[::-1][min(most, pairs - 1)]).sum())
    held = hold_constraint(scores, scores, (generator.random(pairs) < scores).astype(float), most, constraint, 0.9)
    assert held.taken <= most
    assert held.taken == 0 or (scores >= np.sort(scores)[-held.taken]).sum() == held.taken
    assert not held.met or held.bound >= constraint - 1e-9 or constraint == 0.0


@given(st.sampled_from([0.8, 0.9, 0.95, 0.99]), st.sampled_from([0.9, 0.95, 0.99]))
@settings(deadline=None, max_examples=12)
def test_the_fewest_pairs_that_show_a_constraint_are_just_enough(constraint, confidence):
    fewest = fewest_to_show(constraint, confidence)
    for pairs, met in ((fewest, True), (fewest - 1, False)):
        scores = np.linspace(1, 0.5, pairs)
        assert hold_constraint(scores, scores, np.ones(pairs), pairs, constraint, confidence).met == met
    assert fewest_to_show(1.0, confidence) is None
