"""Limits hit exactly: pairs of a rule, candidates of a record, tables of two records, and both ends of a pair."""

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
    """Records of one town, ``left_1`` and so on."""
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
def test_a_rule_may_make_exactly_as_many_pairs_as_are_allowed(people, pairs):
    assert len(propose_candidates(people, spec_with([["town"]], most=pairs))) == pairs
    if pairs > 1:
        with pytest.raises(CandidateError, match=f"would make {pairs} pairs, more than {pairs - 1}"):
            propose_candidates(people, spec_with([["town"]], most=pairs - 1))


def test_how_many_pairs_there_are_without_blocking():
    assert RecordTable.of(town("left_1", "left_2", "right_1", "right_2", "right_3")).possible_pairs == 6
    assert RecordTable.of(town("left_1", "left_2", "left_3")).possible_pairs == 3
    assert RecordTable.of(town("left_1")).possible_pairs == 0


def test_one_record_alone_has_no_candidates():
    tfidf = {"fields": ["surname"], "top_k": 3}
    assert propose_candidates(town("left_1"), spec_with([["town"]], tfidf)).empty
    assert propose_candidates(town("right_1"), spec_with([["town"]], tfidf)).empty


def test_in_one_table_a_pair_of_two_is_found_from_both_ends_and_stands_once():
    found = propose_candidates(town("left_2", "left_1"), spec_with([["price"]], {"fields": ["surname"], "top_k": 1}))
    assert as_pairs(found) == [("left:1", "left:2")]
    assert found["proposed_by"].tolist() == ["rule:price|tfidf"]
    assert found["tfidf_rank"].tolist() == [1]


def ranked(*rows: tuple[str, str, int | None]) -> pd.DataFrame:
    made = pd.DataFrame(list(rows), columns=["left_key", "right_key", "tfidf_rank"])
    made["proposed_by"] = ["rule:town" if pd.isna(rank) else "tfidf" for rank in made["tfidf_rank"]]
    return made.assign(embedding_rank=None).astype({"tfidf_rank": "Int16", "embedding_rank": "Int16"})


TWO_EACH = ranked(
    ("left:1", "right:1", 1), ("left:1", "right:2", 2), ("left:2", "right:1", 1), ("left:2", "right:3", 2)
)


@pytest.mark.parametrize(("budget", "kept"), [(1, 2), (2, 4), (3, 4), (4, 4)])
def test_a_budget_that_is_exactly_used_cuts_nothing(budget, kept):
    assert len(within_budget(TWO_EACH, budget)) == kept
    assert set(ranks_in_record(within_budget(TWO_EACH, budget))) == set(range(1, min(budget, 2) + 1))


def test_a_budget_counts_each_left_record_s_and_not_the_right_one_s():
    crowd = ranked(*((f"left:{n}", "right:1", 1) for n in range(5)))
    assert ranks_in_record(crowd).tolist() == [1] * 5
    assert len(within_budget(crowd, 1)) == 5


def test_in_one_table_a_pair_stays_where_either_of_its_records_has_room_for_it():
    """left:3 is third for left:1 and first for itself; left:2 stands with two better ones on either side."""
    made = ranked(
        ("left:1", "left:2", 1), ("left:1", "left:3", 2), ("left:2", "left:4", 1), ("left:2", "left:5", 2),
        ("left:4", "left:5", None),
    )  # fmt: skip
    assert ranks_in_record(made).tolist() == [1, 1, 1, 1, 2]
    assert as_pairs(within_budget(made, 1)) == as_pairs(made)[:4]


def test_no_candidates_have_no_places():
    assert ranks_in_record(TWO_EACH.head(0)).tolist() == []
    assert within_budget(TWO_EACH.head(0), 0).empty


def test_the_better_of_a_pair_s_two_ranks_is_kept_whichever_comes_first():
    table = RecordTable.of(town("left_1", "right_1"))
    place = np.array([0], dtype=np.int32)
    proposals = [Proposal("tfidf", place, place + 1, np.array([rank], dtype=np.int16)) for rank in (3, 2, 5)]
    (row,) = unite(table, proposals).itertuples()
    assert (row.left_key, row.right_key, row.tfidf_rank) == ("left:1", "right:1", 2)
    assert pd.isna(row.embedding_rank)


@pytest.mark.parametrize("more", [0, 1])
def test_as_many_rules_as_there_are_bits_and_no_more(more):
    table = RecordTable.of(town("left_1", "right_1"))
    place = np.array([0], dtype=np.int32)
    proposals = [Proposal(f"rule:{n}", place, place + 1) for n in range(MOST_PROPOSALS + more)]
    if more:
        with pytest.raises(CandidateError, match="64 candidate methods are more than 63"):
            unite(table, proposals)
    else:
        assert unite(table, proposals)["proposed_by"][0].split("|") == [proposal.name for proposal in proposals]


def test_pairs_of_one_table_are_turned_the_same_way_round():
    pairs = pd.DataFrame({"left_key": ["left:1", "left:3"], "right_key": ["left:2", "left:2"], "label": [1, 0]})
    turned = canonical_pairs(pairs)
    assert as_pairs(turned) == [("left:1", "left:2"), ("left:2", "left:3")]
    assert turned["label"].tolist() == [1, 0]
    assert canonical_pairs(turned) is turned


def test_a_refusal_names_what_would_make_the_rule_fit_and_what_would_not():
    people = records(
        **{f"left_{n}": (f"s{n % 2}", "york", float(n)) for n in range(4)},
        **{f"right_{n}": (f"s{n % 2}" if n else None, "york", float(n)) for n in range(4)},
    )
    with pytest.raises(CandidateError) as refused:
        propose_candidates(people, spec_with([["town"]], most=6))
    # by surname 2 x 1 and 2 x 2 pairs, of seven records in eight; by price four of one pair each
    assert "price (4 pairs, 100% of the records), surname (6 pairs, 88% of the records)" in str(refused.value)
    with pytest.raises(CandidateError) as refused:
        propose_candidates(people, spec_with([["town"]], most=3))
    assert "no single feature makes town small enough" in str(refused.value)


def test_neighbours_exactly_as_similar_as_demanded_and_as_many_as_asked_for():
    people = records(
        left_1=("abcdef", None, np.nan), right_1=("abcdef", None, np.nan), right_2=("abcxyz", None, np.nan),
        right_3=("uvwxyz", None, np.nan),
    )  # fmt: skip

    def found(**tfidf: float) -> list[tuple[str, str]]:
        return as_pairs(propose_candidates(people, spec_with([["town"]], {"fields": ["surname"], **tfidf})))

    assert found(top_k=1, min_similarity=0.01) == [("left:1", "right:1")]
    assert found(top_k=2, min_similarity=0.01) == [("left:1", "right:1"), ("left:1", "right:2")]
    assert found(top_k=9, min_similarity=0.01) == [("left:1", "right:1"), ("left:1", "right:2")]  # nothing in common
    assert found(top_k=9, min_similarity=0.9) == [("left:1", "right:1")]
