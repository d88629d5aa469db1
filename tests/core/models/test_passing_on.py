"""What the second stage concludes from a lead is passed on to the evidence that the lead came from."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matchwright.core.compare.competing_scores import SCORED_NAMES
from matchwright.core.models.passing_on import passed_on
from matchwright.core.models.scorer import Explanation

FIRST = ("title__exact", "title__words", "price__equal", "context__lead_left")
NAMES = ("title__exact", "title__words", "price__equal", *SCORED_NAMES, "context__lead_left")
LEAD = NAMES.index("context__score_lead_left")
BASE = -2.0


def explain(own, other_log_odds, lead_contribution, known=True):
    """The contributions of one pair whose left record has another candidate with the given log-odds."""
    own = np.array([own], dtype=np.float64)
    first = Explanation(own.sum(axis=1) + BASE, own, BASE)
    others = np.array([[other_log_odds if known else np.nan, np.nan]])
    second = np.zeros((1, len(NAMES)))
    second[0, LEAD] = lead_contribution
    found = passed_on(second, first, others, FIRST, NAMES)[0]
    fields = {"title": found[0] + found[1], "price": found[2]}
    return fields | {"context": found[3:].sum()}


def test_a_lead_that_the_fields_made_is_theirs():
    # the other candidate is an average pair, so all of the lead comes from the pair's own fields
    found = explain(own=(4.0, 2.0, 2.0, 0.0), other_log_odds=BASE, lead_contribution=8.0)
    assert found == pytest.approx({"title": 6.0, "price": 2.0, "context": 0.0})


def test_a_lead_that_comes_from_a_bad_competitor_stays_with_the_context():
    found = explain(own=(0.0, 0.0, 1.0, 0.0), other_log_odds=BASE - 3.0, lead_contribution=2.0)
    assert found == pytest.approx({"title": 0.0, "price": 0.5, "context": 1.5})


def test_a_pair_that_is_far_behind_a_good_competitor_loses_by_the_context():
    found = explain(own=(3.0, 0.0, -1.0, 0.0), other_log_odds=BASE + 9.0, lead_contribution=-5.0)
    assert found == pytest.approx({"title": 0.0, "price": -0.5, "context": -4.5})


def test_comparators_of_one_field_that_contradict_each_other_count_by_their_sum():
    found = explain(own=(3.0, -2.0, 1.0, 0.0), other_log_odds=BASE, lead_contribution=4.0)
    assert found == pytest.approx({"title": 2.0, "price": 2.0, "context": 0.0})


def test_context_that_the_first_stage_reads_keeps_its_part():
    found = explain(own=(1.0, 0.0, 0.0, 3.0), other_log_odds=BASE, lead_contribution=4.0)
    assert found == pytest.approx({"title": 1.0, "price": 0.0, "context": 3.0})


def test_where_no_candidate_is_known_nothing_is_passed_on():
    found = explain(own=(4.0, 2.0, 2.0, 0.0), other_log_odds=0.0, lead_contribution=1.5, known=False)
    assert found == {"title": 0.0, "price": 0.0, "context": 1.5}


numbers = st.floats(-8, 8)


@given(st.tuples(numbers, numbers, numbers, numbers), numbers, numbers)
@example(own=(0.0, 0.0, 0.0, 2.2e-309), other=0.0, whole=1.0)
def test_the_sum_stays_and_no_field_gets_more_than_the_whole_or_the_other_sign(own, other, whole):
    found = explain(own, other, whole)
    assert sum(found.values()) == pytest.approx(whole, abs=1e-9)
    for field, sign_of in (("title", own[0] + own[1]), ("price", own[2])):
        assert abs(found[field]) <= abs(whole) + 1e-9
        assert found[field] * whole >= 0
        assert found[field] * sign_of >= -1e-12
