"""Thresholds, tested at their exact values, and the rules that hold back a match, for both orders of the records."""

from dataclasses import replace

import numpy as np
import pytest

from matchwright.core.bundle.golden import decide_values
from matchwright.core.decide.bands import Bands, bands_from_costs
from matchwright.core.decide.calibrator import SMALLEST, Calibrator, sigmoid
from matchwright.core.spec.deciding import Costs
from matchwright.errors import BundleError

PERSON = {
    "given_name": "marianne", "surname": "testwell", "street_number": "12", "street": "example street",
    "suburb": "mockville", "postcode": "2999", "state": "nsw", "date_of_birth": "19800214",
}  # fmt: skip
ALL_MATCH = Bands(review_from=0.0, match_from=0.0)


def test_a_score_on_a_threshold_belongs_to_the_upper_band():
    scores = np.array([0.299999, 0.3, 0.300001, 0.899999, 0.9, 0.900001, np.nan])
    bands = Bands(review_from=0.3, match_from=0.9).assign(scores)
    assert bands.tolist() == ["no_match", "review", "review", "review", "match", "match", "review"]


def test_equal_thresholds_leave_no_review_band():
    assert Bands(review_from=0.5, match_from=0.5).assign(np.array([0.499999, 0.5])).tolist() == ["no_match", "match"]


@pytest.mark.parametrize(
    ("costs", "review_from", "match_from"),
    [
        ((50, 10, 1), 0.1, 0.98),
        ((10, 50, 1), 0.02, 0.9),
        ((4, 4, 2), 0.5, 0.5),  # a review is never cheaper than a decision
        ((3, 1, 1), 0.75, 0.75),
        ((1, 3, 1), 0.25, 0.25),
        ((4, 4, 1.9), 0.475, 0.525),
        ((3, 7, 1), 0.142857, 0.666667),  # rounded to six decimals like scores
    ],
)
def test_thresholds_follow_from_costs(costs, review_from, match_from):
    bands = bands_from_costs(Costs(false_match=costs[0], missed_match=costs[1], review=costs[2]))
    assert (bands.review_from, bands.match_from) == pytest.approx((review_from, match_from), abs=1e-9)


@pytest.mark.parametrize("costs", [(50, 10, 1), (10, 50, 1), (4, 4, 1.9), (3, 1, 1), (4, 4, 9)])
def test_each_band_is_the_cheapest_decision_for_its_scores(costs):
    false_match, missed_match, review = costs
    bands = bands_from_costs(Costs(false_match=false_match, missed_match=missed_match, review=review))
    for score in np.linspace(0.0005, 0.9995, 1000):
        cost = {"match": (1 - score) * false_match, "no_match": score * missed_match, "review": review}
        (band,) = bands.assign(np.array([score]))
        assert cost[band] <= min(cost.values()) + 1e-4


@pytest.mark.parametrize("known", [["surname"], ["surname", "postcode"], ["surname", "postcode", "state"]])
@pytest.mark.parametrize("incomplete_side", ["left", "right"])
def test_a_match_needs_two_fields_that_both_records_have_on_either_side(decision_model, known, incomplete_side):
    model = replace(decision_model, bands=ALL_MATCH)
    few = {field: PERSON[field] for field in known}
    left, right = (few, PERSON) if incomplete_side == "left" else (PERSON, few)
    (decision,) = decide_values(model, [left], [right])
    assert decision.band == ("review" if len(known) < 2 else "match")
    assert (decision.reasons[0].code == "LITTLE_EVIDENCE") is (len(known) < 2)


@pytest.mark.parametrize(
    ("right", "band"),
    [
        ({}, "match"),
        ({"given_name": "xqz", "surname": "jjkk"}, "match"),  # the date of birth agrees
        ({"given_name": "xqz", "date_of_birth": "19330708"}, "match"),  # the surname agrees
        ({"surname": "jjkk", "date_of_birth": "19330708"}, "match"),  # the given name agrees
        ({"surname": "testwill", "given_name": "xqz", "date_of_birth": "19330708"}, "match"),  # it agrees partly
        ({"given_name": "testwell", "surname": "marianne", "date_of_birth": "19330708"}, "match"),  # swapped
        ({"given_name": "xqz", "surname": "jjkk", "date_of_birth": "19330708"}, "review"),
        ({"given_name": None, "surname": None, "date_of_birth": None}, "review"),
    ],
)
def test_one_identity_field_that_agrees_confirms_a_match_in_either_order(decision_model, right, band):
    model = replace(decision_model, bands=ALL_MATCH)
    other = PERSON | right
    for decision in decide_values(model, [PERSON, other], [other, PERSON]):
        assert decision.band == band
        assert (decision.reasons[0].code == "IDENTITY_UNCONFIRMED") is (band == "review")


def test_rules_hold_back_only_matches(decision_model):
    nothing_matches = replace(decision_model, bands=Bands(review_from=1.1, match_from=1.1))
    (decision,) = decide_values(nothing_matches, [PERSON], [{"surname": "testwell"}])
    assert decision.band == "no_match"
    assert "LITTLE_EVIDENCE" not in {reason.code for reason in decision.reasons}


@pytest.mark.parametrize("top", [1, 2, 4])
def test_the_reason_of_a_rule_comes_first_and_counts_as_one_of_the_requested_reasons(decision_model, top):
    from matchwright.core.bundle.golden import value_features

    model = replace(decision_model, bands=ALL_MATCH)
    other = PERSON | {"given_name": "xqz", "surname": "jjkk", "date_of_birth": "19330708"}
    sides = [value_features(model, [values], side) for values, side in ((PERSON, "left"), (other, "right"))]
    (decision,) = model.decide(*sides, top=top)
    assert decision.reasons[0].code == "IDENTITY_UNCONFIRMED"
    assert len(decision.reasons) == top
    (plain,) = decision_model.decide(*sides, top=top)
    assert len(plain.reasons) == top


def test_a_request_for_too_many_reasons_returns_all_of_them(decision_model):
    from matchwright.core.bundle.golden import value_features

    sides = [value_features(decision_model, [PERSON], side) for side in ("left", "right")]
    (four,), (many,) = decision_model.decide(*sides, top=4), decision_model.decide(*sides, top=1000)
    assert many.reasons[: len(four.reasons)] == four.reasons
    assert len({reason.field for reason in many.reasons}) == len(many.reasons) <= len(decision_model.spec.compared) * 3


def test_competing_candidates_are_known_only_on_the_given_sides(decision_model, small_world):
    # two records on each side, each a candidate of both others
    left = small_world.left.iloc[[0, 0, 1, 1]].reset_index(drop=True)
    right = small_world.right.iloc[[0, 1, 0, 1]].reset_index(drop=True)
    assert left["record_key"].nunique() == right["record_key"].nunique() == 2
    for known, expected in (((), True), (("left",), False), (("right",), False), (("left", "right"), False)):
        compared = decision_model.compare(left, right, known)
        assert compared.filter(regex="^context__rank").isna().all(axis=None) == expected


@pytest.mark.parametrize(("log_odds", "probability"), [(0.0, 0.5), (np.log(3), 0.75), (-np.log(3), 0.25)])
def test_without_a_calibration_method_the_probability_of_the_scorer_does_not_change(log_odds, probability):
    assert Calibrator(method="none").apply(np.array([log_odds])) == pytest.approx([probability])


def test_platt_scaling_shifts_and_scales_log_odds():
    calibrator = Calibrator(method="platt", intercept=1.0, slope=2.0)
    assert calibrator.apply(np.array([0.5, -0.5])) == pytest.approx(sigmoid(np.array([2.0, 0.0])))


def test_isotonic_calibration_interpolates_between_its_knots_and_is_constant_outside():
    calibrator = Calibrator(method="isotonic", knots=((-1.0, 0.2), (1.0, 0.6)))
    assert calibrator.apply(np.array([-9.0, -1.0, 0.0, 1.0, 9.0])) == pytest.approx([0.2, 0.2, 0.4, 0.6, 0.6])


def test_a_probability_is_never_0_or_1_for_any_log_odds():
    for calibrator in (Calibrator(method="none"), Calibrator(method="isotonic", knots=((-1.0, 0.0), (1.0, 1.0)))):
        np.testing.assert_allclose(calibrator.apply(np.array([-1e9, 1e9])), [SMALLEST, 1 - SMALLEST], rtol=1e-12)


@pytest.mark.parametrize(
    "part", [Calibrator(method="platt", intercept=0.1, slope=0.9), Bands(review_from=0.1, match_from=0.9)]
)
def test_a_written_file_is_read_back_and_a_damaged_file_is_refused(part, tmp_path):
    part.save(tmp_path / "part.json")
    assert type(part).load(tmp_path / "part.json") == part
    for content in (b"{", b'{"surprise": 1}', b"\xff\xfe"):
        (tmp_path / "part.json").write_bytes(content)
        with pytest.raises(BundleError, match="cannot be read"):
            type(part).load(tmp_path / "part.json")


@pytest.mark.parametrize(
    ("bands", "band"),
    [
        (Bands(review_from=1.1, match_from=1.1), "no_match"),
        (Bands(review_from=0.0, match_from=1.1), "review"),
        (Bands(review_from=0.0, match_from=0.5), "match"),
    ],
)
def test_a_pair_gets_no_hint_in_another_band_than_review_or_if_nothing_settles_it(decision_model, bands, band):
    """With a threshold above 1 no pair can become a match. With a threshold of 0 no pair can become a non-match."""
    (alike,) = decide_values(replace(decision_model, bands=bands), [PERSON], [{**PERSON, "state": "vic"}])
    assert (alike.band, alike.hint) == (band, None)


def test_a_pair_in_review_gets_a_hint_in_the_words_of_the_catalogue(decision_model):
    model = replace(decision_model, bands=ALL_MATCH)
    other = PERSON | {"given_name": "xqz", "surname": "jjkk", "date_of_birth": "19330708"}
    (different,) = decide_values(model, [PERSON], [other])
    assert different.band == "review"  # no identity field agrees
    assert different.hint is not None
    assert different.hint.settles_as == "match"
    assert different.hint.text == model.catalogue.hint_text(different.hint)
