"""Decisions whose score the register limits."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from matchwright.core.bundle.golden import decide_values
from matchwright.core.compare.information import counted_fields, disagreeing
from matchwright.core.decide.bands import Bands
from matchwright.core.decide.calibrator import log_odds, sigmoid
from matchwright.core.decide.decision import SMALLEST_CHANGE
from matchwright.core.models.register_evidence import MOST_UNCONFIRMED
from matchwright.core.spec.vocabulary import COMMON_EVIDENCE, LEAST, LIMIT, RARE_EVIDENCE


def decided(model, values, other=None):
    return decide_values(model, [values], [other or values])[0]


def common_and_rare(small_world):
    counted = small_world.features["surname"].value_counts()
    return str(counted.index[0]), "quibblewitz"


def test_a_common_surname_alone_is_no_match(limited_model, decision_model, small_world):
    common, _ = common_and_rare(small_world)
    values = {"surname": common, "state": "nsw"}
    assert decided(decision_model, values).score > 0.5
    assert decided(limited_model, values).score < 0.2
    assert decided(limited_model, values).band != "match"


def test_a_rare_surname_says_more_than_a_common_one(limited_model, small_world):
    common, rare = (decided(limited_model, {"surname": name}).score for name in common_and_rare(small_world))
    assert common < rare


def test_a_clear_disagreement_lowers_the_limit_and_a_near_agreement_does_not(limited_model, small_world):
    household = {"surname": common_and_rare(small_world)[0], "state": "nsw"}
    given = {**household, "given_name": "marianne"}

    def limit(**other):
        return decided(limited_model, given, {**household, **other}).comparisons[LIMIT]

    assert limit(given_name="gilbert") < limit()
    assert limit(given_name="mariane") >= limit()


def test_the_reason_says_that_the_evidence_is_common_and_by_how_much_it_lowers(
    limited_model, decision_model, small_world
):
    values = {"surname": common_and_rare(small_world)[0], "state": "nsw"}
    reason = decided(limited_model, values).reasons[0]
    assert reason.code == COMMON_EVIDENCE
    own, final = (decided(model, values).score for model in (decision_model, limited_model))
    assert reason.contribution == pytest.approx(np.log(final / (1 - final)) - np.log(own / (1 - own)), abs=0.01)
    assert reason.text == limited_model.catalogue.texts[COMMON_EVIDENCE]


def test_a_rare_name_and_a_date_of_birth_score_what_the_register_says(limited_model, decision_model):
    """The scorer has learned from few pairs of which so little is known."""
    values = {"surname": "quibblewitz", "date_of_birth": "19800214"}
    decision = decided(limited_model, values)
    assert decision.score > decided(decision_model, values).score
    assert decision.score == pytest.approx(sigmoid(decision.comparisons[LEAST]), abs=1e-6)
    assert decision.comparisons[LEAST] == decision.comparisons[LIMIT]


def test_the_reason_says_that_the_evidence_is_rare_and_by_how_much_it_raises(limited_model, decision_model):
    values = {"surname": "quibblewitz", "date_of_birth": "19800214"}
    reason = next(each for each in decided(limited_model, values).reasons if each.code == RARE_EVIDENCE)
    own, final = (decided(model, values).score for model in (decision_model, limited_model))
    assert reason.contribution == pytest.approx(np.log(final / (1 - final)) - np.log(own / (1 - own)), abs=0.01)
    assert reason.text == limited_model.catalogue.texts[RARE_EVIDENCE]


def test_a_rise_that_changes_no_decision_gives_no_reason(limited_model, decision_model):
    values = {"given_name": "quibblewitz", "surname": "testwell", "date_of_birth": "19800214", "postcode": "2999"}
    decision, own = (decided(model, values) for model in (limited_model, decision_model))
    assert own.score < decision.score < own.score + SMALLEST_CHANGE
    assert RARE_EVIDENCE not in {reason.code for reason in decision.reasons}


def with_limit(model, world, below):
    """A pair in each band, whose score its limit lowers by so much; the two scores are those without and with it."""
    compared = model.compare(world.left, world.right).assign(**{LEAST: np.nan, LIMIT: np.nan})
    own = model.score(compared)
    rows = [
        np.flatnonzero((own > low + below + 0.001) & (own < high))[0]
        for low, high in ((0.0, model.bands.review_from), (model.bands.review_from, model.bands.match_from))
    ]
    chosen = compared.iloc[rows].reset_index(drop=True)
    return chosen.assign(**{LIMIT: log_odds(own[rows] - below)}), own[rows]


def test_a_fall_that_changes_no_decision_gives_no_reason(limited_model, small_world):
    compared, own = with_limit(limited_model, small_world, SMALLEST_CHANGE / 4)
    for decision, before in zip(limited_model.decide_compared(compared), own, strict=True):
        assert before - SMALLEST_CHANGE / 2 < decision.score < before
        assert COMMON_EVIDENCE not in {reason.code for reason in decision.reasons}


def test_a_small_fall_into_another_band_gives_a_reason(limited_model, small_world):
    compared, own = with_limit(limited_model, small_world, SMALLEST_CHANGE / 4)
    between = float(own[1] - SMALLEST_CHANGE / 8)
    model = replace(limited_model, bands=Bands(review_from=between / 2, match_from=between))
    decision = model.decide_compared(compared)[1]
    assert decision.band == "review"
    assert decision.reasons[0].code == COMMON_EVIDENCE
    assert decision.reasons[0].contribution == pytest.approx(
        float(log_odds(np.array(decision.score)) - log_odds(own[1])), abs=1e-3
    )


def test_another_given_name_is_never_made_a_match_by_the_rest(limited_model, small_world):
    """This register has no twins, so the rest would prove a match."""
    true = (small_world.labels == 1) & small_world.left["given_name"].notna().to_numpy()
    left, right = (side[true].reset_index(drop=True) for side in (small_world.left, small_world.right))
    other = right.assign(given_name="quibblewitz")
    least = limited_model.compare(left, other)[LEAST].to_numpy()
    assert np.nanmax(least) == MOST_UNCONFIRMED


def test_another_surname_may_be_made_a_match_by_the_rest(limited_model):
    """Who marries may have another surname, and no household shares the given name and the date of birth."""
    left = {"given_name": "quibblewitz", "surname": "testwell", "date_of_birth": "19800214", "postcode": "2999"}
    assert decided(limited_model, left, {**left, "surname": "placeholder"}).comparisons[LEAST] > MOST_UNCONFIRMED


def test_an_equal_address_raises_no_score_where_all_else_differs(limited_model):
    left = {"given_name": "marianne", "surname": "testwell", "date_of_birth": "19800214", "postcode": "2999"}
    right = {"given_name": "leopold", "surname": "quibble", "date_of_birth": "19520903", "postcode": "2999"}
    assert decided(limited_model, left, right).comparisons[LEAST] is None


def test_a_value_that_is_nearly_the_same_raises_no_score(limited_model):
    """Then the least is that of a disagreement: how alike the values are is for the scorer to say."""
    left = {"surname": "quibblewitz", "suburb": "mockville", "date_of_birth": "19800214"}
    near, apart = (decided(limited_model, left, {**left, "suburb": name}) for name in ("mockvile", "xanadu"))
    assert near.comparisons[LEAST] == apart.comparisons[LEAST]
    assert near.comparisons[LIMIT] > near.comparisons[LEAST]


def test_where_competing_candidates_are_known_no_score_is_raised(limited_model, decision_model, small_world):
    compared = limited_model.compare(small_world.left, small_world.right, ("left", "right"))
    known = compared["context__lead_left"].notna().to_numpy()
    assert known.sum() > 20
    assert (limited_model.score(compared) <= decision_model.score(compared))[known].all()


def test_much_evidence_is_not_limited(limited_model, decision_model, small_world):
    true = small_world.labels == 1
    left, right = (side[true].head(200).reset_index(drop=True) for side in (small_world.left, small_world.right))
    with_limit, without = (model.score(model.compare(left, right)) for model in (limited_model, decision_model))
    assert (without - with_limit > 0.01).mean() < 0.05


def test_the_limit_is_symmetric(limited_model, small_world):
    forth = limited_model.compare(small_world.left, small_world.right)[LIMIT]
    back = limited_model.compare(small_world.right, small_world.left)[LIMIT]
    np.testing.assert_array_equal(forth, back)


def test_a_limited_decision_can_be_replayed_from_its_comparisons(limited_model, small_world):
    decisions = limited_model.decide(small_world.left.head(40), small_world.right.head(40))
    logged = pd.DataFrame([decision.comparisons for decision in decisions], dtype=float)
    assert limited_model.decide_compared(logged) == decisions


def test_no_logged_limit_has_more_than_two_decimals(limited_model, small_world):
    limits = limited_model.compare(small_world.left, small_world.right)[LIMIT].to_numpy(dtype=np.float64)
    np.testing.assert_allclose(limits, np.round(limits, 2), atol=1e-5)


def test_a_name_that_is_nearly_the_same_scores_no_more_than_the_same_name(limited_model, small_world):
    common, _ = common_and_rare(small_world)
    for others in ({"state": "nsw"}, {"postcode": "2999"}, {"given_name": "emiily"}):
        same = decided(limited_model, {"surname": common, **others}).score
        nearly = decided(limited_model, {"surname": common, **others}, {"surname": f"{common}e", **others}).score
        assert nearly <= same


def test_swapped_names_with_one_date_of_birth_are_not_held_down(limited_model, decision_model):
    left = {"given_name": "marianne", "surname": "testwell", "date_of_birth": "19800214"}
    right = {**left, "given_name": "testwell", "surname": "marianne"}
    assert decided(limited_model, left, right).score >= decided(decision_model, left, right).score


def blanked(records, field, rows):
    changed = records.copy()
    for name in [column for column in records.columns if column.partition("__")[0] == field]:
        changed[name] = changed[name].mask(rows, np.nan if changed[name].dtype.kind == "f" else None)
    return changed


@pytest.mark.parametrize("field", ["given_name", "surname", "street", "postcode", "state", "date_of_birth"])
def test_a_blanked_field_moves_the_limit_against_what_it_said(limited_model, small_world, field):
    left, right, spec = small_world.left, small_world.right, limited_model.spec
    compared = limited_model.compare(left, right)
    before = compared[LIMIT].to_numpy()
    after = limited_model.compare(blanked(left, field, np.ones(len(left), bool)), right)[LIMIT].to_numpy()
    agrees = (left[field] == right[field]).to_numpy()
    disagrees = disagreeing(compared, spec)[:, counted_fields(spec).index(field)]
    assert min(agrees.sum(), disagrees.sum()) > 20
    assert (after[agrees] <= before[agrees]).all()
    assert (after[disagrees] >= before[disagrees]).all()
    assert (after[disagrees] > before[disagrees]).any()


def test_the_score_without_the_limit_is_that_of_the_model_without_register_evidence(
    limited_model, decision_model, small_world
):
    left, right = (side.head(200).reset_index(drop=True) for side in (small_world.left, small_world.right))
    own = decision_model.score(decision_model.compare(left, right))
    assert limited_model.score_without_limit(limited_model.compare(left, right)).tolist() == own.tolist()
    assert len(limited_model.score_without_limit(limited_model.compare(left.head(0), right.head(0)))) == 0
