"""Bands follow from costs. Precision constraints increase the distance between the thresholds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.decide.bands import Bands, bands_from_costs
from matchwright.core.spec.deciding import Costs, PrecisionConstraints
from matchwright.training.calibration.bands import choose_bands

COST = st.floats(0.01, 1000)
COSTS = Costs(false_match=50, missed_match=10, review=1)
COSTS_WITHOUT_REVIEW = Costs(false_match=1, missed_match=1, review=1)


def test_the_cheapest_decision_changes_at_the_thresholds():
    bands = bands_from_costs(Costs(false_match=50, missed_match=10, review=1))
    assert (bands.match_from, bands.review_from) == (0.98, 0.1)


def test_there_is_no_review_band_if_a_review_is_never_the_cheapest_decision():
    bands = bands_from_costs(Costs(false_match=1, missed_match=1, review=5))
    assert bands.match_from == bands.review_from == 0.5


@given(false_match=COST, missed_match=COST, review=COST, score=st.floats(0, 1))
def test_no_other_decision_is_cheaper(false_match, missed_match, review, score):
    costs = Costs(false_match=false_match, missed_match=missed_match, review=review)
    band = bands_from_costs(costs).assign(np.array([score]))[0]
    price = {"match": (1 - score) * false_match, "no_match": score * missed_match, "review": review}
    # thresholds are rounded to six decimals
    assert price[band] <= min(price.values()) + 2e-6 * (false_match + missed_match)


def test_a_precision_constraint_raises_the_threshold_until_its_bound_is_high_enough():
    scores = np.concatenate([np.full(100, 0.985), np.full(2000, 0.999)])
    labels = np.concatenate([np.zeros(50), np.ones(50), np.ones(2000)])
    costs = Costs(false_match=50, missed_match=10, review=1)
    choice = choose_bands(scores, labels, costs, PrecisionConstraints(match=0.995))
    assert choice.constraints_met
    assert choice.bands.match_from == 0.999
    assert choice.match_precision_bound >= 0.995


def test_a_precision_constraint_that_cannot_be_shown_counts_as_not_met():
    costs = Costs(false_match=50, missed_match=10, review=1)
    choice = choose_bands(np.full(10, 0.99), np.ones(10), costs, PrecisionConstraints(match=0.995))
    assert not choice.constraints_met


def test_a_score_that_is_not_a_number_goes_to_review():
    assert Bands(review_from=0.1, match_from=0.9).assign(np.array([np.nan]))[0] == "review"


def calibrated_pairs(pairs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return calibrated scores and labels. A pair with the score p matches with probability p."""
    generator = np.random.default_rng(seed)
    scores = generator.beta(0.3, 0.3, pairs)
    return scores, (generator.random(pairs) < scores).astype(float)


def test_wrong_pairs_below_the_threshold_do_not_count_for_a_precision_constraint():
    scores = np.r_[np.linspace(0.99, 1.0, 600), np.linspace(0.0, 0.989, 600)]
    choice = choose_bands(scores, np.r_[np.ones(600), np.zeros(600)], COSTS, PrecisionConstraints(match=0.99))
    assert choice.constraints_met
    assert 0.985 < choice.bands.match_from <= 0.99


def test_two_precision_constraints_change_both_thresholds():
    choice = choose_bands(*calibrated_pairs(20_000, 3), COSTS, PrecisionConstraints(match=0.99, no_match=0.99))
    assert choice.constraints_met
    assert choice.bands.match_from > choice.from_costs.match_from
    assert choice.bands.review_from < choice.from_costs.review_from
    assert min(choice.match_precision_bound, choice.no_match_npv_bound) >= 0.99


def test_the_confidence_of_a_precision_constraint_is_right_although_many_thresholds_are_tried():
    """The true precision of ``match`` is too low in at most one of twenty of 300 calibration splits."""
    precision_constraints = PrecisionConstraints(match=0.97, confidence=0.95)
    cheap = Costs(false_match=2, missed_match=2, review=1.0)
    all_scores = np.random.default_rng(10_000).beta(0.3, 0.3, 100_000)
    missed = met = 0
    for seed in range(300):
        choice = choose_bands(*calibrated_pairs(3000, seed), cheap, precision_constraints)
        if choice.constraints_met:
            met += 1
            missed += all_scores[all_scores >= choice.bands.match_from].mean() < 0.97
    assert met > 250
    assert missed <= 0.05 * met


def test_pairs_with_equal_scores_are_taken_together():
    """Half of the pairs have the same score, but their log-odds differ. A threshold cannot separate them."""
    order = np.r_[np.linspace(4, 3, 500), np.linspace(2.9, 2, 500)]
    scores = np.where(order > 3.5, 0.999, 0.99)
    labels = np.r_[np.ones(500), np.zeros(500)]
    choice = choose_bands(scores, labels, COSTS, PrecisionConstraints(match=0.98), order=order)
    assert choice.constraints_met
    assert choice.bands.match_from == 0.999
