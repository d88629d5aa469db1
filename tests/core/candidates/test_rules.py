"""Equality rules: the pairs that they make, and the refusal of rules that would make too many pairs."""

import pytest
from fixtures.candidates import PEOPLE, as_pairs, records, spec_with

from matchwright.core.candidates import propose_candidates
from matchwright.errors import CandidateError


def test_a_rule_joins_records_that_are_equal_in_all_its_features():
    found = propose_candidates(PEOPLE, spec_with([["surname", "town"]]))
    assert as_pairs(found) == [("left:1", "right:1")]
    assert list(found["proposed_by"]) == ["rule:surname+town"]


def test_a_rule_does_not_join_records_with_a_missing_feature():
    assert ("left:3", "right:3") not in as_pairs(propose_candidates(PEOPLE, spec_with([["surname"]])))
    assert as_pairs(propose_candidates(PEOPLE, spec_with([["price"]]))) == [("left:3", "right:1")]


def test_all_rules_that_would_make_too_many_pairs_are_refused_without_naming_values():
    many = records(**{f"{side}_{n}": ("smith", "york", float(n)) for side in ("left", "right") for n in range(20)})
    with pytest.raises(CandidateError) as refusal:
        propose_candidates(many, spec_with([["surname"], ["town"], ["price"]], most=100))
    message = str(refusal.value)
    assert "2 candidate rule(s)" in message
    assert "rule:surname would make 400 pairs, more than 100; its largest blocks hold 20 x 20 records" in message
    assert "Hint: " in message
    assert "smith" not in message
    assert "york" not in message


def test_the_hint_names_features_that_would_make_a_refused_rule_small_enough():
    many = records(
        **{
            f"{side}_{n}": ("smith" if n % 2 else "jones", "york" if n < 18 else None, float(n // 2))
            for side in ("left", "right")
            for n in range(20)
        }
    )
    with pytest.raises(CandidateError) as refusal:
        propose_candidates(many, spec_with([["town"], ["surname"]], most=50))
    hint = str(refusal.value).partition("Hint: ")[2]
    assert "add to town one of price (36 pairs, 100% of the records)" in hint
    assert "add to surname one of price (20 pairs, 100% of the records)" in hint
    assert "surname (" not in hint


def test_the_hint_says_if_no_single_feature_makes_a_rule_small_enough():
    same = records(**{f"{side}_{n}": ("smith", "york", 1.0) for side in ("left", "right") for n in range(20)})
    with pytest.raises(CandidateError, match="no single feature makes town small enough"):
        propose_candidates(same, spec_with([["town"]], most=100))
