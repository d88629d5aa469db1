"""Precision constraints: the exact bound, and chains of thresholds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.evaluation.precision_constraints import fewest_to_show, hold_constraint, lower_bound


def test_the_bound_is_the_clopper_pearson_bound():
    assert lower_bound(0, 0, 0.05) == 0
    assert lower_bound(100, 100, 0.05) == pytest.approx(0.05 ** (1 / 100))
    assert lower_bound(0, 10, 0.05) == 0


def test_a_wrong_pair_near_the_top_ends_one_chain_but_not_the_search():
    """The first chain stops at once. A chain that starts with more pairs can contain the wrong pair."""
    scores, right = np.linspace(1, 0, 5000), np.ones(5000)
    right[5] = 0
    result = hold_constraint(scores, scores, right, 5000, 0.99, 0.95)
    assert result.met
    assert result.taken == 5000


def test_a_constraint_that_no_threshold_meets_is_shown_in_at_most_one_of_twenty_splits():
    """This is true although the search tries 2,000 thresholds."""
    scores, generator = np.linspace(1, 0, 2000), np.random.default_rng(5)
    shown = [
        hold_constraint(scores, scores, (generator.random(2000) < 0.97).astype(float), 2000, 0.97, 0.95).met
        for _ in range(300)
    ]
    assert np.mean(shown) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


def test_a_constraint_of_one_is_never_met():
    result = hold_constraint(np.linspace(1, 0, 500), np.linspace(1, 0, 500), np.ones(500), 500, 1.0, 0.95)
    assert not result.met
    assert result.taken == 500


def test_without_pairs_no_constraint_is_met():
    assert not hold_constraint(np.empty(0), np.empty(0), np.empty(0), 0, 0.9, 0.95).met
    assert hold_constraint(np.empty(0), np.empty(0), np.empty(0), 0, 0.0, 0.95).met


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), pairs=st.integers(1, 400), constraint=st.floats(0.0, 1.0), most=st.integers(0, 400))
def test_no_more_pairs_are_taken_than_allowed_and_equal_scores_are_not_separated(seed, pairs, constraint, most):
    generator = np.random.default_rng(seed)
    scores = np.round(generator.random(pairs), 1)
    most = int((scores >= np.sort(scores)[::-1][min(most, pairs - 1)]).sum())
    result = hold_constraint(scores, scores, (generator.random(pairs) < scores).astype(float), most, constraint, 0.9)
    assert result.taken <= most
    assert result.taken == 0 or (scores >= np.sort(scores)[-result.taken]).sum() == result.taken
    assert not result.met or result.bound >= constraint - 1e-9 or constraint == 0.0


@given(st.sampled_from([0.8, 0.9, 0.95, 0.99]), st.sampled_from([0.9, 0.95, 0.99]))
@settings(deadline=None, max_examples=12)
def test_one_pair_less_than_the_smallest_number_does_not_show_a_constraint(constraint, confidence):
    fewest = fewest_to_show(constraint, confidence)
    for pairs, met in ((fewest, True), (fewest - 1, False)):
        scores = np.linspace(1, 0.5, pairs)
        assert hold_constraint(scores, scores, np.ones(pairs), pairs, constraint, confidence).met == met
    assert fewest_to_show(1.0, confidence) is None
