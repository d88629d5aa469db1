"""Restating the prior: the scores for another register than the one that the model learned from."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fixtures.two_name_register import two_name_register

from matchwright.core.bundle.golden import decide_values
from matchwright.core.decide.bands import Bands
from matchwright.core.decide.calibrator import log_odds, sigmoid
from matchwright.core.decide.prior import RegisterUse, restated, shift_between
from matchwright.core.models.register_evidence import EvidenceCurve, RegisterEvidence
from matchwright.core.models.similarity_evidence import STEPS, SimilarityCurve
from matchwright.core.spec.vocabulary import COMMON_EVIDENCE, REGISTER_PRIOR, UNCONFIRMED
from matchwright.stated_register import StatedRegister
from matchwright.training.register_evidence.fit import fit_register_evidence

LEARNED = RegisterEvidence(
    fields=("surname",),
    curves=(EvidenceCurve(information=(1.0,), evidence=(1.0,), whatever=1.0),),
    similar=(SimilarityCurve(evidence=(0.0,) * (STEPS + 1)),),
    intercepts=((0.0,),),
    weights=(((1.0, 1.0, 1.0),),),
    corrections=(),
    left_records=1_000,
    right_records=2_000,
    matches=500.0,
)


def stated(left: int, right: int, matches: float | None = None, *, restate_prior: bool = True) -> StatedRegister:
    return StatedRegister(left_records=left, right_records=right, matches=matches, restate_prior=restate_prior)


def test_stated_matches_give_the_prior_odds_of_a_random_pair():
    shift = shift_between(LEARNED, stated(10_000, 20_000, 800))
    assert shift == pytest.approx(np.log(800 / (10_000 * 20_000)) - np.log(500 / (1_000 * 2_000)), abs=1e-6)


@pytest.mark.parametrize(
    ("left", "right", "times_fewer"),
    [(10_000, 20_000, 10), (1_000, 20_000, 10), (500, 1_000, 1 / 2), (20_000, 10_000, 10)],
    ids=["both sides grow", "the larger side grows", "both sides shrink", "both grow and the larger side changes"],
)
def test_without_stated_matches_the_smaller_side_has_as_many_per_record_as_before(left, right, times_fewer):
    assert shift_between(LEARNED, stated(left, right)) == pytest.approx(-np.log(times_fewer), abs=1e-6)


def test_a_restated_probability_is_that_of_bayes_rule_with_the_new_prior():
    evidence = np.linspace(-6, 6, 25)  # what a pair's evidence adds to the log-odds
    before, after = (sigmoid(evidence + np.log(odds)) for odds in (0.5, 0.02))
    np.testing.assert_allclose(restated(before, float(np.log(0.02 / 0.5))), after, rtol=1e-9)


def test_in_a_register_ten_times_as_large_restated_limits_are_near_the_share_of_matches():
    small, large = two_name_register(1_200), two_name_register(12_000)
    everyone = np.ones(len(small.frame), dtype=bool)
    learned = fit_register_evidence(small.frame, small.matches, everyone, small.spec, small.corpus)
    shift = shift_between(learned, stated(12_000, 12_000))
    # the limit is a minimum of sums, so it shifts as much as its intercepts
    shifted = learned.model_copy(
        update={"intercepts": tuple(tuple(each + shift for each in kinds) for kinds in learned.intercepts)}
    )
    left = large.frame[large.frame["record_key"].isin(large.left)]
    for fields in (("state",), ("surname",), ("surname", "given_name", "state")):
        matches = len(left) / (left.groupby(list(fields)).size() ** 2).sum()
        # a name that only one person of the small register has, ten persons of the large one may have
        assert matches / 1.6 < large.mean_limit(shifted, fields) < matches * 1.6
        assert large.mean_limit(learned, fields) > matches * 5


def test_a_restated_score_is_never_certain():
    scores = restated(np.array([1e-6, 0.5, 1 - 1e-6]), 20.0)
    assert scores.max() <= 1 - 1e-6
    assert restated(scores, -80.0).min() >= 1e-6


@pytest.mark.parametrize("shift", [None, 0.0], ids=["no register is stated", "the register is that of the bundle"])
def test_without_a_shift_every_score_is_bit_for_bit_the_same(limited_model, small_world, shift):
    comparisons = limited_model.compare(small_world.left, small_world.right)
    same = replace(limited_model, prior_shift=shift)
    np.testing.assert_array_equal(same.score(comparisons), limited_model.score(comparisons))
    rows = comparisons.head(100)
    assert same.decide_compared(rows) == limited_model.decide_compared(rows)


def test_the_log_odds_of_every_pair_shift_by_the_same_number(limited_model, small_world):
    comparisons = limited_model.compare(small_world.left, small_world.right)
    own, larger = (replace(limited_model, prior_shift=shift).score(comparisons) for shift in (None, -2.0))
    inside = (own > 0.01) & (own < 0.99)
    assert inside.any()
    np.testing.assert_allclose(log_odds(larger[inside]) - log_odds(own[inside]), -2.0, atol=1e-3)
    assert (larger <= own).all()
    smaller = replace(limited_model, prior_shift=2.0).score(comparisons)
    assert (smaller >= own).all()


def test_the_prior_is_an_exact_contribution_after_that_of_common_evidence(limited_model, decision_model, small_world):
    values = {"surname": str(small_world.features["surname"].mode()[0]), "state": "nsw"}
    own, limited = (decide_values(model, [values], [values])[0].score for model in (decision_model, limited_model))
    model = replace(limited_model, prior_shift=-1.5)
    final = decide_values(model, [values], [values])[0]
    common, prior = final.reasons[:2]
    assert (common.code, prior.code) == (COMMON_EVIDENCE, REGISTER_PRIOR)
    assert prior.contribution == pytest.approx(-1.5, abs=1e-5)
    assert log_odds(np.array(final.score)) == pytest.approx(
        log_odds(np.array(own)) + common.contribution + prior.contribution, abs=0.01
    )
    assert final.score < limited
    assert prior.text == model.catalogue.texts[REGISTER_PRIOR]
    assert model.catalogue.text(REGISTER_PRIOR, "de").startswith("Der Score")


def test_a_rule_that_sends_a_match_to_review_is_named_before_the_prior(limited_model):
    left = {"street_number": "12", "street": "quibblewitz street", "suburb": "mockville", "postcode": "2999"}
    model = replace(limited_model, bands=Bands(review_from=0.0, match_from=0.0), prior_shift=-1.5)
    codes = [reason.code for reason in decide_values(model, [left], [left])[0].reasons]
    assert codes[0] == UNCONFIRMED
    assert codes.index(REGISTER_PRIOR) in (1, 2)


def test_a_shift_too_small_to_matter_gives_no_reason(limited_model, small_world):
    rows = limited_model.compare(small_world.left.head(20), small_world.right.head(20))
    decisions = replace(limited_model, prior_shift=0.01).decide_compared(rows)
    assert not [reason for decision in decisions for reason in decision.reasons if reason.code == REGISTER_PRIOR]


def test_the_thresholds_stay_and_the_bands_follow_the_restated_scores(limited_model, small_world):
    comparisons = limited_model.compare(small_world.left, small_world.right)
    model = replace(limited_model, prior_shift=-6.0)
    bands = [decision.band for decision in model.decide_compared(comparisons)]
    before = [decision.band for decision in limited_model.decide_compared(comparisons)]
    assert bands.count("match") < before.count("match")
    assert model.bands == limited_model.bands
    assert (model.score(comparisons)[np.array(bands) == "match"] >= model.bands.match_from).all()


def test_hints_follow_the_restated_scores(limited_model, small_world):
    model = replace(limited_model, prior_shift=-4.0)
    decisions = model.decide(small_world.left, small_world.right)
    review = [decision for decision in decisions if decision.band == "review"]
    hints = [decision.hint for decision in review if decision.hint]
    assert hints
    assert {hint.settles_as for hint in hints} <= {"match", "no_match"}
    own = limited_model.decide_compared(pd.DataFrame([d.comparisons for d in review], dtype="float32"))
    assert [decision.hint for decision in own] != [decision.hint for decision in review]


def test_a_restated_decision_is_replayed_from_its_bundle_and_its_logged_line(limited_model, small_world):
    use = RegisterUse(limited_model.register, stated(8_000, 12_345))
    model = replace(limited_model, prior_shift=use.prior_shift)
    decisions = model.decide(small_world.left.head(40), small_world.right.head(40))
    lines = [json.dumps({"comparisons": d.comparisons, "prior_shift": model.prior_shift}) for d in decisions]
    again = [
        replace(limited_model, prior_shift=line["prior_shift"]).decide_compared(
            pd.DataFrame([line["comparisons"]], dtype="float32")
        )[0]
        for line in map(json.loads, lines)
    ]
    assert again == decisions


def test_a_register_of_more_than_twice_the_records_on_either_side_warns():
    def warning(left: int, right: int):
        return RegisterUse(LEARNED, stated(left, right, restate_prior=False)).warning

    assert warning(2_000, 4_000) is None
    for sizes in ((2_001, 10), (10, 4_001)):
        found = warning(*sizes)
        assert found is not None
        assert found.name == "register_larger"
        assert f"{sizes[0]:,} left and {sizes[1]:,} right records" in str(found)
        assert "Hint: state the register with restate_prior: true" in str(found)


def test_a_restated_register_does_not_warn_but_tables_much_larger_than_it_do():
    use = RegisterUse(LEARNED, stated(100_000, 100_000))
    assert use.warning is None
    assert use.larger(150_000, 200_000, "the table") is None
    assert use.larger(200_001, 10, "the table") is not None


def test_a_bundle_that_does_not_know_its_register_says_so():
    use = RegisterUse(None, stated(10, 10, restate_prior=False))
    assert use.warning is not None
    assert use.warning.name == "register_unknown"
    assert "does not know the size of its own register" in use.warning.fact
    assert use.larger(1_000_000, 1_000_000, "the table") is None


def test_nothing_stated_means_no_shift_and_no_warning():
    for learned in (None, LEARNED):
        assert RegisterUse(learned).prior_shift is None
        assert RegisterUse(learned).warning is None
