"""Candidates by TF-IDF: they include pairs that rules do not find. They have ranks. The work is bounded."""

import numpy as np
import pandas as pd
import pytest
from fixtures.candidates import PEOPLE, as_pairs, records, spec_with

from matchwright.core.candidates import RecordTable, propose_candidates, propose_pairs, propose_without_budget
from matchwright.core.candidates.tfidf_index import TfidfIndex, ngrams, statistics


def test_tfidf_finds_and_ranks_pairs_that_rules_do_not_find():
    found = propose_candidates(PEOPLE, spec_with([["surname", "town"]], {"fields": ["surname", "town"], "top_k": 2}))
    ranks = dict(zip(as_pairs(found), found["tfidf_rank"], strict=True))
    assert ranks["left:1", "right:1"] == 1
    assert ranks["left:1", "right:2"] == 2


def test_identical_records_do_not_replace_other_neighbours():
    """A record is one of its own nearest records. This must not change the number of its neighbours."""
    same = records(**{f"left_{n}": ("smith", "york", float(n)) for n in range(8)})
    found = propose_candidates(same, spec_with([["price"]], {"fields": ["surname"], "top_k": 2}))
    assert set(found["proposed_by"]) == {"tfidf"}
    assert found["tfidf_rank"].max() <= 2
    assert 8 <= len(found) <= 16


def test_search_in_both_directions_adds_the_nearest_left_records_of_each_right_record():
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


def test_with_bounded_work_common_ngrams_are_ignored_and_rare_ngrams_find_the_same_pairs(monkeypatch):
    people = records(
        **{
            f"{side}_{n}": (f"common stem {n:03d}{n:03d}", None, np.nan)
            for side in ("left", "right")
            for n in range(60)
        }
    )
    spec = spec_with([["town"]], {"fields": ["surname"], "top_k": 1, "max_lookups_per_record": 100})
    exact = propose_candidates(people, spec)
    monkeypatch.setattr(statistics, "EXACT_WORK", 1_000)
    monkeypatch.setattr(statistics, "BOUNDED_WORK", 0)
    bounded = propose_candidates(people, spec)
    assert as_pairs(exact) == as_pairs(bounded)
    assert len(bounded) == 60


def test_the_search_of_a_large_register_says_what_it_left_out(monkeypatch):
    """Two records have the common words alone, so that a bounded search cannot look them up."""
    people = records(
        **{f"left_{n}": (f"common words {n:03d}{n:03d}", None, np.nan) for n in range(120)},
        left_common=("common words", None, np.nan),
        left_twin=("common words", None, np.nan),
    )
    tfidf = {"fields": ["surname"], "top_k": 1, "max_lookups_per_record": 100}
    table = RecordTable.of(people)
    assert propose_pairs(table, spec_with([["town"]], tfidf)).bounded is None
    monkeypatch.setattr(statistics, "EXACT_WORK", 1_000)
    monkeypatch.setattr(statistics, "BOUNDED_WORK", 0)
    bounded = propose_pairs(table, spec_with([["town"]], tfidf)).bounded
    assert bounded is not None
    assert (bounded.ngram, bounded.most, bounded.records) == (5, 100, 122)
    assert (bounded.bounded, bounded.nothing) == (122, 2)


@pytest.mark.parametrize("exact_work", [10_000_000_000, 1_000])
def test_an_index_finds_for_single_records_what_matching_whole_tables_finds(monkeypatch, exact_work):
    monkeypatch.setattr(statistics, "EXACT_WORK", exact_work)
    monkeypatch.setattr(statistics, "BOUNDED_WORK", 0)
    people = records(**{f"left_{n}": (f"stem {n % 7} {n // 2:03d}", None, np.nan) for n in range(60)})
    spec = spec_with([["town"]], {"fields": ["surname"], "top_k": 3, "max_lookups_per_record": 100})
    assert spec.candidates.tfidf is not None
    proposed = propose_without_budget(people, spec)
    ordered = people.sort_values("record_key", ignore_index=True)
    index = TfidfIndex.fit(ordered, spec.candidates.tfidf)
    found = pd.concat([index.query(people.iloc[[row]]) for row in range(len(people))])
    pairs = np.sort(found[["record_key", "found_key"]].to_numpy(dtype=str), axis=1)
    assert set(map(tuple, pairs)) == set(as_pairs(proposed))


def test_of_equally_similar_records_those_with_smaller_keys_are_nearer():
    same = records(**{f"left_{n}": ("smith", "york", np.nan) for n in range(9)}, right_1=("smith", "york", np.nan))
    found = propose_candidates(same, spec_with([["price"]], {"fields": ["surname"], "top_k": 4, "both_ways": True}))
    nearest = found[found["tfidf_rank"] <= 4]
    assert as_pairs(nearest) == [(f"left:{n}", "right:1") for n in range(9)]
    assert list(nearest["tfidf_rank"]) == [1] * 9


@pytest.mark.parametrize("exact_work", [10_000_000_000, 1_000])
def test_the_batch_size_does_not_change_the_candidates_and_progress_is_reported(monkeypatch, exact_work):
    monkeypatch.setattr(statistics, "EXACT_WORK", exact_work)
    monkeypatch.setattr(statistics, "BOUNDED_WORK", 0)
    people = records(
        **{f"{side}_{n}": (f"stem {n % 7} {n:03d}", None, np.nan) for side in ("left", "right") for n in range(60)}
    )
    tfidf = {"fields": ["surname"], "top_k": 3, "both_ways": True, "max_lookups_per_record": 100}
    spec = spec_with([["town"]], tfidf)
    expected = propose_without_budget(people, spec)
    reported: list[tuple[int, int]] = []
    monkeypatch.setattr(ngrams, "MOST_TEXTS", 25)
    in_parts = propose_without_budget(people, spec, progress=lambda done, of: reported.append((done, of)))
    pd.testing.assert_frame_equal(expected, in_parts)
    assert reported == [(done, 120) for done in (25, 50, 60, 85, 110, 120)]


@pytest.mark.parametrize(
    ("name", "near", "far"),
    [
        ("李", "李明", "王华"),
        ("李明", "李明华", "王芳芳"),
        ("김수", "김수진", "박영호"),
        ("はな", "はなこ", "たろう"),
        ("อร", "อรุณ", "สมชาย"),
        ("li", "li", "wu"),
        ("मीना", "मीनाक्षी", "राजेश"),
    ],
)
@pytest.mark.parametrize("ngram", [2, 3])
def test_short_names_in_any_script_have_neighbours(name, near, far, ngram):
    people = records(
        left_1=(name, None, np.nan),
        left_2=(far, None, np.nan),
        right_1=(near, None, np.nan),
        right_2=(far, None, np.nan),
    )
    spec = spec_with([["town"]], {"fields": ["surname"], "top_k": 1, "ngram": ngram})
    assert as_pairs(propose_candidates(people, spec)) == [("left:1", "right:1"), ("left:2", "right:2")]
