"""Candidates: which pairs are proposed, by whom, and what the report says of them."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.candidates import lookups, propose_candidates
from matchwright.core.candidates.budget import completeness_by_budget, places, within_budget
from matchwright.core.candidates.labels import label_candidates
from matchwright.core.candidates.quality import (
    candidates_per_record,
    contributions,
    pairs_completeness,
    recall_at_k,
    reduction_ratio,
)
from matchwright.core.spec import MatchSpec
from matchwright.errors import CandidateError


def spec_with(rules: list[list[str]], tfidf: dict | None = None, most: int = 5_000_000) -> MatchSpec:
    return MatchSpec.model_validate(
        {
            "name": "people",
            "version": 1,
            "description": "people",
            "record_id": "id",
            "fields": {
                "surname": {"kind": "name", "pii": "quasi", "label": "surname"},
                "town": {"kind": "category", "pii": "none", "label": "town"},
                "price": {"kind": "number", "pii": "none", "label": "price"},
            },
            "candidates": {"rules": rules, "max_pairs_per_rule": most, **({"tfidf": tfidf} if tfidf else {})},
            "costs": {"false_match": 10, "missed_match": 5, "review": 1},
        }
    )


def records(**rows: tuple[str | None, str | None, float]) -> pd.DataFrame:
    """``left_1=("smith", "york", 3.0)`` becomes the record ``left:1``."""
    keys = [name.replace("_", ":") for name in rows]
    return pd.DataFrame(
        {
            "record_key": keys,
            "surname": [row[0] for row in rows.values()],
            "town": [row[1] for row in rows.values()],
            "price": [row[2] for row in rows.values()],
        }
    )


def as_pairs(candidates: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(candidates["left_key"], candidates["right_key"], strict=True))


PEOPLE = records(
    left_1=("smith", "york", 1.0),
    left_2=("jones", "leeds", 2.0),
    left_3=(None, "york", 3.0),
    right_1=("smith", "york", 3.0),
    right_2=("smyth", "york", 9.0),
    right_3=(None, "leeds", np.nan),
)


def test_a_rule_joins_records_that_are_equal_in_all_its_features():
    found = propose_candidates(PEOPLE, spec_with([["surname", "town"]]))
    assert as_pairs(found) == [("left:1", "right:1")]
    assert list(found["proposed_by"]) == ["rule:surname+town"]


def test_missing_features_never_join():
    assert ("left:3", "right:3") not in as_pairs(propose_candidates(PEOPLE, spec_with([["surname"]])))
    assert as_pairs(propose_candidates(PEOPLE, spec_with([["price"]]))) == [("left:3", "right:1")]


def test_a_pair_of_several_methods_stands_once_and_names_them_all():
    tfidf = {"fields": ["surname", "town"], "top_k": 2, "min_similarity": 0.1}
    found = propose_candidates(PEOPLE, spec_with([["surname", "town"], ["town"]], tfidf))
    assert not found.duplicated(["left_key", "right_key"]).any()
    by = dict(zip(as_pairs(found), found["proposed_by"], strict=True))
    assert by["left:1", "right:1"] == "rule:surname+town|rule:town|tfidf"
    assert by["left:2", "right:3"].startswith("rule:town")


def test_tfidf_finds_what_rules_do_not_and_ranks_it():
    found = propose_candidates(PEOPLE, spec_with([["surname", "town"]], {"fields": ["surname", "town"], "top_k": 2}))
    ranks = dict(zip(as_pairs(found), found["tfidf_rank"], strict=True))
    assert ranks["left:1", "right:1"] == 1
    assert ranks["left:1", "right:2"] == 2


def test_nothing_depends_on_the_order_of_rows():
    spec = spec_with([["town"], ["surname"]], {"fields": ["surname", "town"], "top_k": 2})
    once = propose_candidates(PEOPLE, spec)
    for seed in range(5):
        pd.testing.assert_frame_equal(once, propose_candidates(PEOPLE.sample(frac=1, random_state=seed), spec))
    assert as_pairs(once) == sorted(as_pairs(once))


def test_deduplication_pairs_each_two_records_once_and_none_with_itself():
    same = records(**{f"left_{n}": ("smith", "york", float(n)) for n in range(6)})
    spec = spec_with([["surname"]], {"fields": ["surname"], "top_k": 3})
    pairs = as_pairs(propose_candidates(same, spec))
    assert len(pairs) == 15
    assert all(left < right for left, right in pairs)


def test_identical_records_do_not_crowd_out_each_others_neighbours():
    """With more equal records than neighbours wanted, a record's own copy must not cost or add a place."""
    same = records(**{f"left_{n}": ("smith", "york", float(n)) for n in range(8)})
    found = propose_candidates(same, spec_with([["price"]], {"fields": ["surname"], "top_k": 2}))
    assert set(found["proposed_by"]) == {"tfidf"}
    assert found["tfidf_rank"].max() <= 2
    assert 8 <= len(found) <= 16


def test_records_without_text_or_features_give_no_candidates_and_no_error():
    empty = records(left_1=(None, None, np.nan), right_1=(None, None, np.nan))
    found = propose_candidates(empty, spec_with([["surname"]], {"fields": ["surname", "price"]}))
    assert list(found.columns) == ["left_key", "right_key", "proposed_by", "tfidf_rank"]
    assert found.empty


def test_rules_that_would_make_too_many_pairs_are_all_refused_by_size_alone():
    many = records(**{f"{side}_{n}": ("smith", "york", float(n)) for side in ("left", "right") for n in range(20)})
    with pytest.raises(CandidateError) as refusal:
        propose_candidates(many, spec_with([["surname"], ["town"], ["price"]], most=100))
    message = str(refusal.value)
    assert "2 candidate rule(s)" in message
    assert "rule:surname would make 400 pairs, more than 100; its largest blocks hold 20 x 20 records" in message
    assert "Hint: " in message
    assert "smith" not in message
    assert "york" not in message


def test_a_refused_rule_is_told_which_further_feature_would_make_it_fit():
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


def test_a_refused_rule_that_no_single_feature_mends_is_told_so():
    same = records(**{f"{side}_{n}": ("smith", "york", 1.0) for side in ("left", "right") for n in range(20)})
    with pytest.raises(CandidateError, match="no single feature makes town small enough"):
        propose_candidates(same, spec_with([["town"]], most=100))


def test_both_ways_adds_the_nearest_left_records_of_each_right_one():
    people = records(
        left_1=("anderson smith", None, np.nan),
        left_2=("anderson", None, np.nan),
        right_1=("anderson smith", None, np.nan),
        right_2=("anderson smythe", None, np.nan),
    )
    tfidf = {"fields": ["surname"], "top_k": 1}
    one_way = propose_candidates(people, spec_with([["town"]], tfidf))
    both = propose_candidates(people, spec_with([["town"]], {**tfidf, "both_ways": True}))
    assert ("left:1", "right:2") not in as_pairs(one_way)
    assert ("left:1", "right:2") in as_pairs(both)
    assert set(as_pairs(one_way)) < set(as_pairs(both))
    assert both["tfidf_rank"].max() == 1


def test_where_the_work_is_too_much_common_ngrams_are_left_out_and_rare_ones_still_find(monkeypatch):
    people = records(
        **{
            f"{side}_{n}": (f"common stem {n:03d}{n:03d}", None, np.nan)
            for side in ("left", "right")
            for n in range(60)
        }
    )
    spec = spec_with([["town"]], {"fields": ["surname"], "top_k": 1, "max_lookups_per_record": 100})
    exact = propose_candidates(people, spec)
    monkeypatch.setattr(lookups, "EXACT_WORK", 1_000)
    bounded = propose_candidates(people, spec)
    assert as_pairs(exact) == as_pairs(bounded)
    assert len(bounded) == 60


def test_repeated_record_keys_are_refused():
    with pytest.raises(CandidateError, match=r"1 record key\(s\) repeat"):
        propose_candidates(pd.concat([PEOPLE, PEOPLE.head(1)]), spec_with([["town"]]))


CANDIDATES = pd.DataFrame(
    [
        ("left:1", "right:1", "rule:a|tfidf", 1),
        ("left:1", "right:2", "tfidf", 2),
        ("left:2", "right:2", "rule:a", None),
        ("left:3", "right:1", "rule:b", None),
    ],
    columns=["left_key", "right_key", "proposed_by", "tfidf_rank"],
).astype({"tfidf_rank": "Int16"})
TRUE = pd.DataFrame(
    [("left:1", "right:1"), ("left:2", "right:2"), ("left:3", "right:3"), ("left:1", "right:2")],
    columns=["left_key", "right_key"],
)


def test_pairs_completeness_and_reduction_ratio():
    assert pairs_completeness(CANDIDATES, TRUE) == 0.75
    assert reduction_ratio(4, 9) == pytest.approx(5 / 9)


def test_each_method_is_credited_with_what_it_finds_and_what_no_other_finds():
    table = contributions(CANDIDATES, TRUE).set_index("method")
    assert table.loc["tfidf", ["candidates", "candidates_alone", "true_pairs", "true_pairs_alone"]].tolist() == [
        2,
        1,
        2,
        1,
    ]
    assert table.loc["rule:b", ["true_pairs", "pairs_completeness"]].tolist() == [0, 0.0]


def test_recall_at_k_rises_to_what_tfidf_finds():
    assert recall_at_k(CANDIDATES, TRUE, [1, 2, 10]) == {1: 0.25, 2: 0.5, 10: 0.5}


def test_candidates_per_record_counts_records_without_any():
    keys = pd.Series(["left:1", "left:2", "left:3", "right:1", "right:2", "right:3"])
    assert candidates_per_record(CANDIDATES, keys) | {"p95": 0} == {
        "mean": pytest.approx(8 / 6),
        "median": 1.5,
        "p95": 0,
        "most": 2.0,
        "records_without": 1.0,
    }


KEYS = pd.Series(["left:1", "left:2", "left:3", "right:1", "right:2", "right:3"])


def labelled_pairs(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["left_key", "right_key", "label"])


def test_with_complete_labels_a_candidate_that_is_no_true_pair_is_a_non_match():
    pairs = labelled_pairs(("left:1", "right:1", 1), ("left:3", "right:3", 1))
    result = label_candidates(CANDIDATES, pairs, KEYS, "complete")
    assert result.candidates["label"].tolist() == [1, 0, 0, 0]
    assert result.candidates["label"].dtype == np.int8
    assert as_pairs(result.missed) == [("left:3", "right:3")]


def test_with_partial_labels_a_candidate_that_nobody_judged_is_unknown():
    pairs = labelled_pairs(("left:1", "right:1", 1), ("left:1", "right:2", 0), ("left:2", "right:3", 0))
    result = label_candidates(CANDIDATES, pairs, KEYS, "partial")
    assert result.candidates["label"].tolist() == [1, 0, -1, -1]
    assert as_pairs(result.missed) == [("left:2", "right:3")]


def test_contradicting_labels_are_unknown_and_pairs_without_a_record_are_counted():
    pairs = labelled_pairs(("left:1", "right:1", 1), ("left:1", "right:1", 0), ("left:9", "right:1", 1))
    result = label_candidates(CANDIDATES, pairs, KEYS, "partial")
    assert result.candidates["label"].tolist() == [-1, -1, -1, -1]
    assert (result.contradicting, result.without_record, len(result.missed)) == (1, 1, 0)


def test_a_labelled_pair_of_one_table_has_no_direction():
    made = CANDIDATES.head(1).assign(right_key="left:2")
    result = label_candidates(made, labelled_pairs(("left:2", "left:1", 1)), KEYS, "complete")
    assert result.candidates["label"].tolist() == [1]
    assert result.missed.empty


def test_candidates_stand_in_the_order_of_tfidf_then_of_how_many_methods_propose_them():
    made = pd.DataFrame(
        [
            ("left:1", f"right:{n}", by, rank)
            for n, (by, rank) in enumerate(
                [("rule:a", None), ("tfidf", 2), ("rule:a|rule:b", None), ("rule:a|tfidf", 1)]
            )
        ],
        columns=["left_key", "right_key", "proposed_by", "tfidf_rank"],
    ).astype({"tfidf_rank": "Int16"})
    assert places(made).tolist() == [4, 2, 3, 1]
    assert as_pairs(within_budget(made, 2)) == [("left:1", "right:1"), ("left:1", "right:3")]


def test_the_budget_bounds_what_each_left_record_has():
    many = records(**{f"{side}_{n}": ("smith", "york", 1.0) for side in ("left", "right") for n in range(20)})
    spec = spec_with([["town"]])
    spec = spec.model_copy(update={"candidates": spec.candidates.model_copy(update={"max_candidates_per_record": 3})})
    assert set(propose_candidates(many, spec)["left_key"].value_counts()) == {3}
    one_table = many[many["record_key"].str.startswith("left")]
    assert len(propose_candidates(one_table, spec)) <= 3 * 20


def test_completeness_falls_with_the_budget_and_ends_where_nothing_is_cut():
    rows = completeness_by_budget(CANDIDATES, TRUE, [1, 2, 5])
    assert [(row["budget"], row["candidates"], row["pairs_completeness"]) for row in rows] == [
        (1, 3, 0.5),
        (2, 4, 0.75),
    ]
    assert all(row["lower"] <= row["pairs_completeness"] <= row["upper"] for row in rows)
    assert completeness_by_budget(CANDIDATES, TRUE.head(0), [1]) == []
