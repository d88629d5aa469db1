"""Bands follow from costs, and floors move them apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.bands import Bands, bands_from_costs, choose_bands, wilson_lower
from matchwright.core.spec.model import Costs, Floors

COST = st.floats(0.01, 1000)


def test_thresholds_are_where_the_cheapest_decision_changes():
    bands = bands_from_costs(Costs(false_match=50, missed_match=10, review=1))
    assert (bands.match_from, bands.review_from) == (0.98, 0.1)


def test_a_review_that_is_never_cheapest_leaves_no_review_band():
    bands = bands_from_costs(Costs(false_match=1, missed_match=1, review=5))
    assert bands.match_from == bands.review_from == 0.5


@given(false_match=COST, missed_match=COST, review=COST, score=st.floats(0, 1))
def test_no_other_decision_is_cheaper(false_match, missed_match, review, score):
    costs = Costs(false_match=false_match, missed_match=missed_match, review=review)
    band = bands_from_costs(costs).assign(np.array([score]))[0]
    price = {"match": (1 - score) * false_match, "no_match": score * missed_match, "review": review}
    # thresholds are rounded to six decimals
    assert price[band] <= min(price.values()) + 2e-6 * (false_match + missed_match)


def test_a_floor_raises_the_threshold_until_its_bound_holds():
    scores = np.concatenate([np.full(100, 0.985), np.full(2000, 0.999)])
    labels = np.concatenate([np.zeros(50), np.ones(50), np.ones(2000)])
    costs = Costs(false_match=50, missed_match=10, review=1)
    choice = choose_bands(scores, labels, costs, Floors(match_precision=0.995))
    assert choice.floors_met
    assert choice.bands.match_from == 0.999
    assert choice.match_precision_bound >= 0.995


def test_a_floor_that_cannot_be_shown_is_said_so():
    costs = Costs(false_match=50, missed_match=10, review=1)
    choice = choose_bands(np.full(10, 0.99), np.ones(10), costs, Floors(match_precision=0.995))
    assert not choice.floors_met


def test_a_score_that_is_not_a_number_goes_to_review():
    assert Bands(review_from=0.1, match_from=0.9).assign(np.array([np.nan]))[0] == "review"


def test_wilson_s_bound():
    assert wilson_lower(0, 0, 0.95) == 0
    assert wilson_lower(100, 100, 0.95) == pytest.approx(0.9737, abs=1e-4)
