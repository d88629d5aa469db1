"""The quality of candidates: true pairs found, number of pairs, and what each method adds."""

import pandas as pd
import pytest
from fixtures.candidates import CANDIDATES, TRUE

from matchwright.evaluation.candidates.quality import (
    candidates_per_record,
    contributions,
    pairs_completeness,
    recall_at_k,
    reduction_ratio,
)


def test_pairs_completeness_and_reduction_ratio():
    assert pairs_completeness(CANDIDATES, TRUE) == 0.75
    assert reduction_ratio(4, 9) == pytest.approx(5 / 9)


def test_each_method_has_counts_of_all_its_pairs_and_of_the_pairs_that_only_it_finds():
    table = contributions(CANDIDATES, TRUE).set_index("method")
    assert table.loc["tfidf", ["candidates", "candidates_alone", "true_pairs", "true_pairs_alone"]].tolist() == [
        2,
        1,
        2,
        1,
    ]
    assert table.loc["rule:b", ["true_pairs", "pairs_completeness"]].tolist() == [0, 0.0]


def test_recall_at_k_rises_to_the_share_that_tfidf_finds():
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
