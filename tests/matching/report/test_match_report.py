"""The report of a run as one page."""

import re
from copy import deepcopy

import pytest

from matchwright.matching.report import render_report
from matchwright.matching.report.charts import histogram, linear_bars, log_bars, size_bars
from matchwright.matching.report.sentences import budget_sentences, next_steps, result_sentence

METHOD = {"method": "rule:surname__phonetic+postcode", "pairs": 60, "matches": 30, "reviews": 2, "found_alone": 4}
WITHOUT_BUDGET = {
    "most": 1_000,
    "pairs": 0,
    "worst_pairs": 0,
    "worst_matches": 0,
    "unmatched": None,
    "expected_matches": None,
    "matches_at_most": None,
}
SUMMARY = {
    "run": "0123456789ab",
    "bundle": "f" * 64,
    "spec": "persons",
    "one_table": False,
    "records": {"left": 60, "right": 58},
    "quarantined": 2,
    "tables": [
        {"source": "left", "name": "a.csv", "rows": 60, "quarantined": 0},
        {"source": "right", "name": "b&c.csv", "rows": 60, "quarantined": 2},
    ],
    "options": {
        "join_from": None,
        "link_and_dedupe": False,
        "guard": True,
        "restate_prior": False,
        "stated_register": None,
    },
    "bands": {"review_from": 0.1, "match_from": 0.9},
    "prior_shift": None,
    "register_warning": None,
    "funnel": {
        "possible_pairs": 3_480,
        "compared_pairs": 100,
        "bands": {"match": 40, "review": 3, "no_match": 57},
        "methods": [METHOD, {**METHOD, "method": "neighbours", "pairs": 10}],
        "score_histogram": [57, 1, *[0] * 17, 42],
    },
    "cut_by_budget": 0,
    "narrowed": [],
    "bounded": None,
    "budget": WITHOUT_BUDGET,
    "joined": 39,
    "clusters": {
        "entities": 79,
        "by_size": {"1": 40, "2": 39},
        "largest": [],
        "most_doubtful": [
            {"cluster_id": "left:7", "cluster_size": 2, "weakest_link": 0.91, "weakest_pair": ["left:7", "right:9"]}
        ],
    },
    "not_joined": {
        "assigned_elsewhere": 1,
        "chain": 0,
        "pairs": [
            {
                "left_key": "left:7",
                "right_key": "right:10",
                "score": 0.95,
                "not_joined_because": "assigned_elsewhere",
            }
        ],
    },
    "reviews": 4,
    "first_reviews": [{"left_key": "left:1", "right_key": "right:2", "score": 0.5, "expected_cost": 12.5}],
    "files": ["left_with_clusters.csv"],
    "seconds": {"reading and validating": 1.5, "clustering": 0.5},
}


def changed(**sections):
    return {**deepcopy(SUMMARY), **sections}


def text_of(page):
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S).split())


def test_the_page_says_what_was_matched_and_what_was_found():
    text = text_of(render_report(SUMMARY))
    assert (
        "The run found 79 entities in 60 records of a.csv and 58 records of b&amp;c.csv, with 40 matches; 4 pairs need"
        in text
    )
    assert "bundle ffffffffffff" in text
    assert "b&amp;c.csv right:ID 60 2" in text
    assert "rule:surname__phonetic + postcode 60 30 2 50.0% 4" in text
    assert "left:7 2 left:7, right:9 0.910000" in text
    assert "1 match: a record of it has a better match." in text
    assert "left:7, right:10 0.950000 better match" in text
    assert "left:1, right:2 0.500000 12.50" in text
    assert "review from 0.1: 3 match from 0.9: 40" in text
    assert "2 s together" in text


def test_the_page_loads_nothing_and_runs_nothing():
    page = render_report(SUMMARY)
    assert not re.search(r"<(script|link|img|iframe|object)|@import|url\(|https?:|\bsrc=|\bhref=|\bon\w+=", page)


def test_names_of_files_and_record_keys_are_text_and_never_markup():
    evil = "<img onerror=x>"
    tables = [{"source": "left", "name": evil, "rows": 5, "quarantined": 0}]
    reviews = [{"left_key": f"left:{evil}", "right_key": "left:2", "score": 0.5, "expected_cost": 1.0}]
    page = render_report(changed(tables=tables, first_reviews=reviews, spec=evil))
    assert "<img" not in page
    assert "&lt;img onerror=x&gt;" in page


def test_one_table_without_matches_has_a_page_too():
    funnel = {**SUMMARY["funnel"], "compared_pairs": 0, "methods": [{**METHOD, "pairs": 0, "matches": 0}]}
    funnel |= {"bands": {"match": 0, "review": 0, "no_match": 0}, "score_histogram": [0] * 20}
    text = text_of(
        render_report(
            changed(
                one_table=True,
                tables=[{"source": "left", "name": "a.csv", "rows": 1, "quarantined": 0}],
                funnel=funnel,
                clusters={"entities": 1, "by_size": {"1": 1}, "largest": [], "most_doubtful": []},
                not_joined={"assigned_elsewhere": 0, "chain": 0, "pairs": []},
                reviews=0,
                first_reviews=[],
                files=[],
                quarantined=0,
                joined=0,
            )
        )
    )
    assert "One table, deduplicated" in text
    assert "The run found 1 entity in 1 record of a.csv, with 0 matches; no pair needs a person." in text
    assert "None: every match joined its records." in text
    assert "the table clusters has the cluster of each record" in text
    assert "Pairs that a person should decide first" not in text


def test_what_is_unusual_about_the_scores_is_said():
    text = text_of(render_report(changed(register_warning="The register is larger.\nHint: train on it")))
    assert "Warning The register is larger. Hint: train on it" in text
    assert "the prior is not restated" in text
    assert "the log-odds of every pair shift by -2.300" in text_of(render_report(changed(prior_shift=-2.3)))
    options = {
        "join_from": 0.7,
        "link_and_dedupe": True,
        "guard": False,
        "restate_prior": True,
        "stated_register": "{}",
    }
    text = text_of(render_report(changed(options=options, one_table=True)))
    assert "Two tables, linked and deduplicated" in text
    for said in ("within each of the two tables", "from a score of 0.7 on", "were not cut", "were restated", "stated"):
        assert said in text


def test_only_clusters_of_more_than_two_records_are_shown_as_the_largest():
    three = {"cluster_id": "left:3", "cluster_size": 3, "weakest_link": 0.9, "weakest_pair": ["left:3", "left:4"]}
    assert "The largest" not in render_report(SUMMARY)
    assert "The largest" in render_report(changed(clusters={**SUMMARY["clusters"], "largest": [three]}))


def test_the_most_urgent_step_comes_first():
    budget = {**WITHOUT_BUDGET, "pairs": 10, "worst_pairs": 10, "worst_matches": 1, "expected_matches": 1.0}
    budget |= {"matches_at_most": 4.0}
    steps = list(next_steps(changed(register_warning="too large", budget=budget)))
    found = [next(n for n, step in enumerate(steps) if word in step) for word in WORDS_OF_STEPS]
    assert found == sorted(found)
    assert len(list(next_steps(SUMMARY))) == len(steps) - 2


WORDS_OF_STEPS = (
    "size of the register",
    "2 rows in quarantine",
    "max_candidates_per_record",
    "4 pairs of the table review",
    "most doubtful",
    "match explain",
    "left_with_clusters.csv",
)


def test_what_the_budget_cut_off_is_estimated_in_words():
    assert budget_sentences(SUMMARY) == [
        "Nothing. The spec allows a left record 1,000 candidates, and that was enough."
    ]
    cut = {**WITHOUT_BUDGET, "most": 4, "pairs": 110, "worst_pairs": 50, "worst_matches": 1}
    unknown = changed(budget=cut, one_table=True)
    assert (
        "110 pairs of 200 that the methods proposed (55.0%): the spec allows a record 4 candidates"
        in (budget_sentences(unknown)[0])
    )
    assert "is not known" in budget_sentences(unknown)[1]
    known = {**cut, "expected_matches": 2.2, "matches_at_most": 11.4, "unmatched": 15}
    estimate = budget_sentences(changed(budget=known))[1]
    assert "Of the 50 kept pairs with the worst ranks, 1 matched (2.00%)" in estimate
    assert "about 2 matches would be missed, and at most 11 by the 95% limits" in estimate
    assert "15 records without one are the limit" in estimate
    assert "are the limit" not in budget_sentences(changed(budget={**known, "unmatched": None}))[1]


def test_a_pair_and_a_person_agree_in_number():
    assert result_sentence(changed(reviews=1)).endswith("; 1 pair needs a person.")


def test_bars_of_numbers_that_are_not_zero_can_be_seen():
    assert [bar.width for bar in linear_bars([("a", 1_000, ""), ("b", 1, ""), ("c", 0, "")])] == [100.0, 0.4, 0.0]
    assert [bar.width for bar in log_bars([("a", 999), ("b", 0)])] == [100.0, 0.0]
    assert [bar.width for bar in log_bars([("a", 0)])] == [0.0]


def test_large_clusters_are_counted_together():
    bars = size_bars({"1": 7, "10": 3, "12": 2, "20": 1, "5000": 1})
    assert [(bar.label, bar.text) for bar in bars] == [
        ("1 record", "7"),
        ("10 records", "3"),
        ("11 to 20 records", "3"),
        ("more than 1,000 records", "1"),
    ]


@pytest.mark.parametrize("counts", [[0, 0], [9, 0, 99]])
def test_the_histogram_is_as_high_as_its_largest_bar(counts):
    chart = histogram(counts, {"review_from": 0.25, "match_from": 0.75})
    assert max(bar["height"] for bar in chart["bars"]) == (100 if any(counts) else 0)
    assert chart["ranges"] == [("no_match", 0.0, 25.0), ("review", 25.0, 50.0), ("match", 75.0, 25.0)]
    assert all(0 <= tick["y"] <= 100 for tick in chart["ticks"])


def test_what_a_bounded_search_left_out_is_said():
    bounded = {"ngram": 5, "most": 2000, "records": 1_000_000, "bounded": 999_000, "nothing": 1}
    page = render_report(changed(bounded=bounded))
    assert "n-grams of 5 characters, and looked up at most 2,000 records for each record" in page
    assert "999,000 records of 1,000,000 have further n-grams" in page
    assert "For 1 record it proposed nothing" in page
    assert "search for similar texts left out" not in render_report(SUMMARY)


def test_rules_that_were_narrowed_are_named_with_what_they_lost():
    rule = {"rule": "rule:surname", "blocks": 1, "records": 10, "by": ["town", "year"], "pairs": 4500, "kept": 90}
    page = render_report(changed(narrowed=[rule]))
    assert "rule:surname would make 4,500 pairs" in page
    assert "town or year: 90 pairs are left at most" in page
    assert "Rules that were narrowed" not in render_report(SUMMARY)


def test_a_run_without_labels_suggests_and_says_how_to_measure_it():
    bands = {"review_from": 0.1, "match_from": 2.0}
    funnel = {**SUMMARY["funnel"], "bands": {"match": 0, "review": 43, "no_match": 57}}
    suggested = changed(bands=bands, reviews=43, funnel=funnel)
    assert result_sentence(suggested) == (
        "The run suggests 43 pairs in 60 records of a.csv and 58 records of b&c.csv. It learned from no label, "
        "so none of them is certain. The 39 likeliest make 79 entities."
    )
    assert any("matchwright label --random" in step for step in next_steps(suggested))
    page = render_report(suggested)
    assert "no band match without labels" in page
    assert "match from 2.0" not in page
