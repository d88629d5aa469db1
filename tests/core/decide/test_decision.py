"""Scores, reasons and decisions of a trained model."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.bundle.golden import decide_values
from matchwright.core.compare import constraints
from matchwright.core.decide.bands import Bands
from matchwright.core.models.boosted_trees import XGBoostScorer
from matchwright.core.reasons import contradicts, evidence
from matchwright.core.reasons.figures import WITHIN
from matchwright.errors import BundleError, TrainingError
from matchwright.evaluation.behaviours import behave
from matchwright.training.datasets.augmentation import counter_examples, missing_field_pairs
from matchwright.training.models.scorer import train_scorer

PERSON = {
    "given_name": "marianne",
    "surname": "testwell",
    "street_number": "12",
    "street": "example street",
    "suburb": "mockville",
    "postcode": "2999",
    "state": "nsw",
    "date_of_birth": "19800214",
}


def test_the_same_person_matches_and_another_person_does_not(decision_model):
    other = {"given_name": "bertrand", "surname": "quibble", "date_of_birth": "19330708", "postcode": "6001"}
    same, different = decide_values(decision_model, [PERSON, PERSON], [PERSON, other])
    assert same.band == "match"
    assert same.score > 0.98
    assert different.band == "no_match"


def test_a_decision_can_be_replayed_from_its_comparisons(decision_model, small_world):
    decisions = decision_model.decide(small_world.left.head(40), small_world.right.head(40))
    logged = pd.DataFrame([d.comparisons for d in decisions], dtype=float)
    assert decision_model.decide_compared(logged) == decisions


def test_contributions_add_up_to_the_log_odds(decision_model, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    contributions, base = decision_model.scorer.contributions(comparisons)
    np.testing.assert_allclose(contributions.sum(axis=1) + base, decision_model.scorer.log_odds(comparisons), atol=1e-4)


def test_no_reason_contradicts_its_evidence_or_the_comparisons(decision_model, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    levels = evidence(comparisons, decision_model.spec)
    for row, reasons in enumerate(decision_model.reasons(comparisons)):
        weights = [abs(reason.contribution) for reason in reasons]
        assert all(later <= WITHIN**2 * earlier + 1e-4 for earlier, later in pairwise(weights))
        for reason in reasons:
            assert reason.evidence == levels[reason.field][row]
            assert reason.code == f"{reason.field.upper()}_{reason.evidence}"
            assert reason.text == decision_model.catalogue.text(reason.code, nearly=reason.nearly)
            assert not contradicts(reason.evidence, reason.contribution)


def test_the_texts_of_the_spec_are_used_and_other_texts_are_made_from_labels(decision_model):
    texts = decision_model.catalogue.texts
    assert texts["SURNAME_AGREES"] == "The surnames agree."
    assert texts["POSTCODE_MISSING"] == "Postcode is missing on one or both sides."


def test_scores_are_symmetric_to_the_last_digit(decision_model, small_world):
    forward = decision_model.score(decision_model.compare(small_world.left, small_world.right))
    backward = decision_model.score(decision_model.compare(small_world.right, small_world.left))
    np.testing.assert_array_equal(forward, backward)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_more_agreement_never_lowers_a_score(decision_model, small_world, data):
    comparisons = decision_model.compare(small_world.left.head(60), small_world.right.head(60))
    names = list(comparisons.columns)
    column = data.draw(st.sampled_from([n for n, d in zip(names, constraints(names), strict=True) if d]))
    direction = constraints([column])[0]
    better = comparisons.copy()
    better[column] = comparisons[column] + np.float32(data.draw(st.floats(0, 1)) * direction)
    assert (decision_model.score(better) >= decision_model.score(comparisons)).all()


@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.text(max_size=80), min_size=8, max_size=8))
def test_any_text_gets_a_decision(decision_model, values):
    odd = dict(zip(PERSON, values, strict=True))
    (decision,) = decide_values(decision_model, [odd], [PERSON])
    assert 0 < decision.score < 1
    assert (decision.band == "no_match") == (decision.score < decision_model.bands.review_from)
    assert decision.band != "match" or decision.score >= decision_model.bands.match_from


def test_no_pairs_give_no_decisions(decision_model, small_world):
    assert decision_model.decide(small_world.left.head(0), small_world.right.head(0)) == []


def test_the_trained_model_passes_the_behaviour_tests(decision_model, small_world):
    records = small_world.records.set_index("record_key", drop=False)
    true = small_world.labels == 1
    left = records.loc[small_world.left.loc[true, "record_key"]].reset_index(drop=True)
    right = records.loc[small_world.right.loc[true, "record_key"]].reset_index(drop=True)
    found = {behaviour.name: behaviour for behaviour in behave(decision_model, left, right, seed=3)}
    assert found["swapping sides changes nothing"].share == 1
    assert found["a typo in an agreeing field does not raise the score"].share >= 0.98
    assert found["a missing value in an agreeing field does not raise the score"].total > 500
    assert found["a record with at most one field is not matched"].share >= 0.98
    assert found["golden pairs that must match"].share == 1


def test_an_empty_record_is_never_matched(decision_model):
    empty = dict.fromkeys(PERSON)
    for decision in decide_values(decision_model, [PERSON, empty, empty], [empty, PERSON, empty]):
        assert decision.band != "match"


def test_an_address_alone_goes_to_review(decision_model):
    address = {field: value for field, value in PERSON.items() if field not in decision_model.spec.identity}
    (decision,) = decide_values(decision_model, [PERSON], [address])
    assert decision.score > decision_model.bands.match_from
    assert decision.band == "review"
    assert decision.reasons[0].code == "IDENTITY_UNCONFIRMED"
    assert decision.reasons[0].text == "None of given name, surname, date of birth agrees: a person decides."


def test_the_rules_apply_to_a_pair_also_among_pairs_that_do_not_match(decision_model):
    address = {field: value for field, value in PERSON.items() if field not in decision_model.spec.identity}
    stranger = dict.fromkeys(PERSON, "zzz")
    alone = decide_values(decision_model, [PERSON], [address])
    assert decide_values(decision_model, [PERSON, PERSON], [address, stranger])[0] == alone[0]
    assert decide_values(decision_model, [PERSON, PERSON], [stranger, address])[1] == alone[0]


@pytest.mark.parametrize(
    ("fields", "held_back"), [([], True), (["surname"], True), (["surname", "postcode"], False), (["postcode"], True)]
)
def test_a_match_at_any_score_needs_two_fields_that_both_records_have(decision_model, fields, held_back):
    matching_all = replace(decision_model, bands=Bands(review_from=0.0, match_from=0.0))
    missing_fields = {field: PERSON[field] for field in fields}
    (decision,) = decide_values(matching_all, [PERSON], [missing_fields])
    assert decision.band == ("review" if held_back else "match")
    rules = {"IDENTITY_UNCONFIRMED", "LITTLE_EVIDENCE"}
    assert (decision.reasons[0].code in rules) is held_back
    if fields == ["surname"]:
        assert decision.reasons[0].text == "At most one field is known in both records: a person decides."


def test_augmented_pairs_have_missing_fields_and_refer_to_their_original_rows(small_world):
    left, right, rows = missing_field_pairs(small_world.left, small_world.right, small_world.spec, seed=1)
    fields = list(small_world.spec.compared)
    missing = left[fields].isna().sum(axis=1) + right[fields].isna().sum(axis=1)
    assert (
        len(left)
        == len(right)
        == len(rows)
        == int(len(small_world.left) * small_world.spec.model.missing_field_augmentation)
    )
    assert (left["record_key"].to_numpy() == small_world.left["record_key"].to_numpy()[rows]).all()
    assert missing.min() >= 1
    assert missing.max() == 2 * len(fields)


def test_counter_examples_differ_only_in_the_identity_fields(small_world):
    right = small_world.right[small_world.labels == 1].reset_index(drop=True)
    spec = small_world.spec.model_copy(update={"individual": ()})
    made, rows = counter_examples(right, spec, seed=1)
    source = right.iloc[rows].reset_index(drop=True)
    assert len(made) > 100
    for field in small_world.spec.identity:
        assert (made[field] != source[field]).all()
    pd.testing.assert_series_equal(made["postcode"], source["postcode"])
    pd.testing.assert_series_equal(made["suburb__rarity"], source["suburb__rarity"])


def test_training_with_the_same_seed_gives_the_same_model(decision_model, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    one, two = (
        train_scorer(comparisons, small_world.labels, comparisons, small_world.labels, small_world.spec.model).scorer
        for _ in range(2)
    )
    assert one.booster.save_raw("ubj") == two.booster.save_raw("ubj")


def test_the_error_for_too_few_labels_gives_their_counts(small_world, decision_model):
    comparisons = decision_model.compare(small_world.left.head(30), small_world.right.head(30))
    labels = np.r_[np.ones(28), np.zeros(2)]
    with pytest.raises(TrainingError, match="28 matching and 2 other pairs"):
        train_scorer(comparisons, labels, comparisons, labels, small_world.spec.model)


def test_a_damaged_scorer_is_a_bundle_error(tmp_path):
    (tmp_path / "scorer.ubj").write_bytes(b"{}")
    with pytest.raises(BundleError):
        XGBoostScorer.load(tmp_path / "scorer.ubj")
