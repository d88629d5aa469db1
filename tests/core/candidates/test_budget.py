"""The candidate budget: which candidates of a record stay, and what fewer would find."""

import pandas as pd
from fixtures.candidates import CANDIDATES, TRUE, as_pairs, records, spec_with

from matchwright.core.candidates import propose_candidates
from matchwright.core.candidates.budget import completeness_by_budget, places, within_budget


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
