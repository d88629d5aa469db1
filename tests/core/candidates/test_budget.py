"""The candidate budget: the choice of candidates for each record, and the share of true pairs that a budget finds."""

import pandas as pd
from fixtures.candidates import CANDIDATES, TRUE, as_pairs, records, spec_with
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.candidates import propose_candidates
from matchwright.core.candidates.budget import ranks_in_record, within_budget
from matchwright.evaluation.candidates.completeness import completeness_by_budget


def proposed(*rows: tuple[str, int | None, int | None]) -> pd.DataFrame:
    """Candidates of left:1. A row has the methods that proposed a candidate, and its ranks by TF-IDF and embedding."""
    made = pd.DataFrame(list(rows), columns=["proposed_by", "tfidf_rank", "embedding_rank"])
    made = made.astype({"tfidf_rank": "Int16", "embedding_rank": "Int16"})
    return made.assign(left_key="left:1", right_key=[f"right:{n}" for n in range(len(rows))])


def test_candidates_are_ordered_by_tfidf_rank_then_by_the_number_of_methods():
    made = proposed(
        ("rule:a", None, None), ("tfidf", 2, None), ("rule:a|rule:b", None, None), ("rule:a|tfidf", 1, None)
    )
    assert ranks_in_record(made).tolist() == [4, 2, 3, 1]
    assert as_pairs(within_budget(made, 2)) == [("left:1", "right:1"), ("left:1", "right:3")]


def test_the_better_of_two_ranks_counts():
    made = proposed(("tfidf", 1, None), ("tfidf", 2, None), ("tfidf|embedding", 3, 2), ("embedding", None, 1))
    assert as_pairs(within_budget(made, 2)) == [("left:1", "right:0"), ("left:1", "right:3")]
    assert ranks_in_record(made).tolist() == [1, 4, 3, 2]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=9), st.integers(1, 6))
def test_a_budget_of_two_k_keeps_the_first_k_of_each_ranking(ranks, k):
    tfidf, embedding = (list(map(int, pd.Series(side).rank(method="first"))) for side in zip(*ranks, strict=True))
    made = proposed(*(("tfidf|embedding", one, other) for one, other in zip(tfidf, embedding, strict=True)))
    kept = within_budget(made, 2 * k)
    assert {*range(1, min(k, len(made)) + 1)} <= {*kept["tfidf_rank"]}
    assert {*range(1, min(k, len(made)) + 1)} <= {*kept["embedding_rank"]}
    assert len(kept) <= 2 * k


def test_the_budget_limits_the_candidates_of_each_left_record():
    many = records(**{f"{side}_{n}": ("smith", "york", 1.0) for side in ("left", "right") for n in range(20)})
    spec = spec_with([["town"]])
    spec = spec.model_copy(update={"candidates": spec.candidates.model_copy(update={"max_candidates_per_record": 3})})
    assert set(propose_candidates(many, spec)["left_key"].value_counts()) == {3}
    one_table = many[many["record_key"].str.startswith("left")]
    assert len(propose_candidates(one_table, spec)) <= 3 * 20


def test_in_one_table_a_pair_is_kept_if_it_is_among_the_first_of_either_record():
    """left:1 has nine candidates, and each of them has only left:1. So left:1 keeps more than the budget."""
    two_tables = proposed(*(("tfidf", rank, None) for rank in range(1, 10)))
    one_table = two_tables.assign(right_key=[f"left:{n}" for n in range(2, 11)])
    assert as_pairs(within_budget(two_tables, 1)) == [("left:1", "right:0")]
    assert as_pairs(within_budget(one_table, 1)) == [("left:1", f"left:{n}") for n in range(2, 11)]


def test_in_one_table_a_pair_is_removed_if_it_is_not_among_the_first_of_either_record():
    made = proposed(("tfidf", 1, None), ("tfidf", 2, None), ("tfidf", 3, None)).assign(
        left_key=["left:1", "left:2", "left:1"], right_key=["left:2", "left:3", "left:3"]
    )
    assert as_pairs(within_budget(made, 1)) == [("left:1", "left:2"), ("left:2", "left:3")]


def test_completeness_falls_with_the_budget_and_budgets_that_remove_nothing_are_not_reported():
    rows = completeness_by_budget(CANDIDATES, TRUE, [1, 2, 5])
    assert [(row["budget"], row["candidates"], row["pairs_completeness"]) for row in rows] == [
        (1, 3, 0.5),
        (2, 4, 0.75),
    ]
    assert all(row["lower"] <= row["pairs_completeness"] <= row["upper"] for row in rows)
    assert completeness_by_budget(CANDIDATES, TRUE.head(0), [1]) == []
