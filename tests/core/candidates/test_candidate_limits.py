"""Limits of candidates, tested at their exact values: pairs of a rule, candidates of a record, very small tables."""

import numpy as np
import pandas as pd
import pytest
from fixtures.candidates import as_pairs, records, spec_with

from matchwright.core.candidates import propose_candidates
from matchwright.core.candidates.budget import ranks_in_record, within_budget
from matchwright.core.candidates.pairs import canonical_pairs
from matchwright.core.candidates.table import MOST_PROPOSALS, Proposal, RecordTable, unite
from matchwright.errors import CandidateError


def town(*names: str) -> pd.DataFrame:
    """Return records that all have the same town. A name such as ``left_1`` gives the key ``left:1``."""
    return records(**dict.fromkeys(names, ("smith", "york", 1.0)))


@pytest.mark.parametrize(
    ("people", "pairs"),
    [
        (town("left_1", "left_2", "left_3", "right_1", "right_2"), 6),
        (town("left_1", "left_2", "left_3", "left_4"), 6),
        (town("left_1", "left_2"), 1),
        (town("left_1", "right_1"), 1),
    ],
    ids=["two tables", "one table", "two records of one table", "one record on each side"],
)
def test_a_rule_may_make_the_allowed_number_of_pairs_but_not_one_more(people, pairs):
    assert len(propose_candidates(people, spec_with([["town"]], most=pairs))) == pairs
    if pairs > 1:
        with pytest.raises(CandidateError, match=f"would make {pairs} pairs, more than {pairs - 1}"):
            propose_candidates(people, spec_with([["town"]], most=pairs - 1))


def test_the_number_of_possible_pairs_without_blocking():
    assert RecordTable.of(town("left_1", "left_2", "right_1", "right_2", "right_3")).possible_pairs == 6
    assert RecordTable.of(town("left_1", "left_2", "left_3")).possible_pairs == 3
    assert RecordTable.of(town("left_1")).possible_pairs == 0


def test_a_table_of_one_record_has_no_candidates():
    tfidf = {"fields": ["surname"], "top_k": 3}
    assert propose_candidates(town("left_1"), spec_with([["town"]], tfidf)).empty
    assert propose_candidates(town("right_1"), spec_with([["town"]], tfidf)).empty


def test_in_one_table_a_pair_that_both_records_find_is_listed_once():
    found = propose_candidates(town("left_2", "left_1"), spec_with([["price"]], {"fields": ["surname"], "top_k": 1}))
    assert as_pairs(found) == [("left:1", "left:2")]
    assert found["proposed_by"].tolist() == ["rule:price|tfidf"]
    assert found["tfidf_rank"].tolist() == [1]


def ranked(*rows: tuple[str, str, int | None]) -> pd.DataFrame:
    made = pd.DataFrame(list(rows), columns=["left_key", "right_key", "tfidf_rank"])
    made["proposed_by"] = ["rule:town" if pd.isna(rank) else "tfidf" for rank in made["tfidf_rank"]]
    return made.assign(embedding_rank=None).astype({"tfidf_rank": "Int16", "embedding_rank": "Int16"})


TWO_CANDIDATES_EACH = ranked(
    ("left:1", "right:1", 1), ("left:1", "right:2", 2), ("left:2", "right:1", 1), ("left:2", "right:3", 2)
)


@pytest.mark.parametrize(("budget", "kept"), [(1, 2), (2, 4), (3, 4), (4, 4)])
def test_a_budget_limits_the_candidates_of_each_left_record(budget, kept):
    assert len(within_budget(TWO_CANDIDATES_EACH, budget)) == kept
    assert set(ranks_in_record(within_budget(TWO_CANDIDATES_EACH, budget))) == set(range(1, min(budget, 2) + 1))


def test_a_budget_counts_candidates_per_left_record_and_not_per_right_record():
    many_left_records = ranked(*((f"left:{n}", "right:1", 1) for n in range(5)))
    assert ranks_in_record(many_left_records).tolist() == [1] * 5
    assert len(within_budget(many_left_records, 1)) == 5


def test_in_one_table_a_pair_is_kept_if_it_is_within_the_budget_of_one_of_its_records():
    """The pair of left:1 and left:3 is first for left:3. The pair of left:4 and left:5 is second for both records."""
    made = ranked(
        ("left:1", "left:2", 1), ("left:1", "left:3", 2), ("left:2", "left:4", 1), ("left:2", "left:5", 2),
        ("left:4", "left:5", None),
    )  # fmt: skip
    assert ranks_in_record(made).tolist() == [1, 1, 1, 1, 2]
    assert as_pairs(within_budget(made, 1)) == as_pairs(made)[:4]


def test_an_empty_table_of_candidates_has_no_ranks():
    assert ranks_in_record(TWO_CANDIDATES_EACH.head(0)).tolist() == []
    assert within_budget(TWO_CANDIDATES_EACH.head(0), 0).empty


def test_the_best_rank_of_a_pair_is_kept_in_any_order_of_the_proposals():
    table = RecordTable.of(town("left_1", "right_1"))
    place = np.array([0], dtype=np.int32)
    proposals = [Proposal("tfidf", place, place + 1, np.array([rank], dtype=np.int16)) for rank in (3, 2, 5)]
    (row,) = unite(table, proposals).frame(table).itertuples()
    assert (row.left_key, row.right_key, row.tfidf_rank) == ("left:1", "right:1", 2)
    assert pd.isna(row.embedding_rank)


@pytest.mark.parametrize("more", [0, 1])
def test_63_candidate_methods_are_allowed_and_64_are_refused(more):
    table = RecordTable.of(town("left_1", "right_1"))
    place = np.array([0], dtype=np.int32)
    proposals = [Proposal(f"rule:{n}", place, place + 1) for n in range(MOST_PROPOSALS + more)]
    if more:
        with pytest.raises(CandidateError, match="64 candidate methods are more than 63"):
            unite(table, proposals)
    else:
        assert unite(table, proposals).proposed_by[0].split("|") == [proposal.name for proposal in proposals]


def test_the_two_keys_of_a_pair_of_one_table_are_sorted():
    pairs = pd.DataFrame({"left_key": ["left:1", "left:3"], "right_key": ["left:2", "left:2"], "label": [1, 0]})
    sorted_pairs = canonical_pairs(pairs)
    assert as_pairs(sorted_pairs) == [("left:1", "left:2"), ("left:2", "left:3")]
    assert sorted_pairs["label"].tolist() == [1, 0]
    assert canonical_pairs(sorted_pairs) is sorted_pairs


def test_a_refusal_names_the_features_that_would_make_the_rule_small_enough():
    people = records(
        **{f"left_{n}": (f"s{n % 2}", "york", float(n)) for n in range(4)},
        **{f"right_{n}": (f"s{n % 2}" if n else None, "york", float(n)) for n in range(4)},
    )
    with pytest.raises(CandidateError) as refused:
        propose_candidates(people, spec_with([["town"]], most=6))
    # The surname gives 2 x 1 + 2 x 2 pairs, and 7 of 8 records have one. The price gives 4 x 1 pairs.
    assert "price (4 pairs, 100% of the records), surname (6 pairs, 88% of the records)" in str(refused.value)
    with pytest.raises(CandidateError) as refused:
        propose_candidates(people, spec_with([["town"]], most=3))
    assert "no single feature makes town small enough" in str(refused.value)


def test_tfidf_keeps_at_most_top_k_neighbours_and_only_similar_ones():
    people = records(
        left_1=("abcdef", None, np.nan), right_1=("abcdef", None, np.nan), right_2=("abcxyz", None, np.nan),
        right_3=("uvwxyz", None, np.nan),
    )  # fmt: skip

    def found(**tfidf: float) -> list[tuple[str, str]]:
        return as_pairs(propose_candidates(people, spec_with([["town"]], {"fields": ["surname"], **tfidf})))

    assert found(top_k=1, min_similarity=0.01) == [("left:1", "right:1")]
    assert found(top_k=2, min_similarity=0.01) == [("left:1", "right:1"), ("left:1", "right:2")]
    assert found(top_k=9, min_similarity=0.01) == [("left:1", "right:1"), ("left:1", "right:2")]  # without right_3
    assert found(top_k=9, min_similarity=0.9) == [("left:1", "right:1")]
