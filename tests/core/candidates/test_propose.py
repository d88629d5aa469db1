"""Proposing candidates. The result is the union of the pairs of all methods."""

import numpy as np
import pandas as pd
import pytest
from fixtures.candidates import PEOPLE, as_pairs, records, spec_with

from matchwright.core.candidates import propose_candidates
from matchwright.errors import CandidateError


def test_a_pair_of_several_methods_is_listed_once_with_all_their_names():
    tfidf = {"fields": ["surname", "town"], "top_k": 2, "min_similarity": 0.1}
    found = propose_candidates(PEOPLE, spec_with([["surname", "town"], ["town"]], tfidf))
    assert not found.duplicated(["left_key", "right_key"]).any()
    by = dict(zip(as_pairs(found), found["proposed_by"], strict=True))
    assert by["left:1", "right:1"] == "rule:surname+town|rule:town|tfidf"
    assert by["left:2", "right:3"].startswith("rule:town")


def test_the_order_of_rows_does_not_change_the_candidates():
    spec = spec_with([["town"], ["surname"]], {"fields": ["surname", "town"], "top_k": 2})
    once = propose_candidates(PEOPLE, spec)
    for seed in range(5):
        pd.testing.assert_frame_equal(once, propose_candidates(PEOPLE.sample(frac=1, random_state=seed), spec))
    assert as_pairs(once) == sorted(as_pairs(once))


def test_deduplication_gives_each_pair_once_and_pairs_no_record_with_itself():
    same = records(**{f"left_{n}": ("smith", "york", float(n)) for n in range(6)})
    spec = spec_with([["surname"]], {"fields": ["surname"], "top_k": 3})
    pairs = as_pairs(propose_candidates(same, spec))
    assert len(pairs) == 15
    assert all(left < right for left, right in pairs)


def test_records_without_values_give_no_candidates_and_no_error():
    empty = records(left_1=(None, None, np.nan), right_1=(None, None, np.nan))
    found = propose_candidates(empty, spec_with([["surname"]], {"fields": ["surname", "price"]}))
    assert list(found.columns) == ["left_key", "right_key", "proposed_by", "tfidf_rank", "embedding_rank"]
    assert found.empty


def test_repeated_record_keys_are_refused():
    with pytest.raises(CandidateError, match=r"1 record key\(s\) repeat"):
        propose_candidates(pd.concat([PEOPLE, PEOPLE.head(1)]), spec_with([["town"]]))
