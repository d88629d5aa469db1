"""Labels of candidates, and labelled pairs that are not candidates."""

import numpy as np
import pandas as pd
from fixtures.candidates import CANDIDATES, KEYS, as_pairs

from matchwright.evaluation.candidates.labels import label_candidates


def labelled_pairs(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["left_key", "right_key", "label"])


def test_with_complete_labels_a_candidate_that_is_not_a_true_pair_is_a_non_match():
    pairs = labelled_pairs(("left:1", "right:1", 1), ("left:3", "right:3", 1))
    result = label_candidates(CANDIDATES, pairs, KEYS, "complete")
    assert result.candidates["label"].tolist() == [1, 0, 0, 0]
    assert result.candidates["label"].dtype == np.int8
    assert as_pairs(result.missed) == [("left:3", "right:3")]


def test_with_partial_labels_a_candidate_without_a_label_is_unknown():
    pairs = labelled_pairs(("left:1", "right:1", 1), ("left:1", "right:2", 0), ("left:2", "right:3", 0))
    result = label_candidates(CANDIDATES, pairs, KEYS, "partial")
    assert result.candidates["label"].tolist() == [1, 0, -1, -1]
    assert as_pairs(result.missed) == [("left:2", "right:3")]


def test_a_pair_with_contradicting_labels_is_unknown_and_pairs_without_a_record_are_counted():
    pairs = labelled_pairs(("left:1", "right:1", 1), ("left:1", "right:1", 0), ("left:9", "right:1", 1))
    result = label_candidates(CANDIDATES, pairs, KEYS, "partial")
    assert result.candidates["label"].tolist() == [-1, -1, -1, -1]
    assert (result.contradicting, result.without_record, len(result.missed)) == (1, 1, 0)


def test_a_labelled_pair_of_one_table_has_no_direction():
    made = CANDIDATES.head(1).assign(right_key="left:2")
    result = label_candidates(made, labelled_pairs(("left:2", "left:1", 1)), KEYS, "complete")
    assert result.candidates["label"].tolist() == [1]
    assert result.missed.empty
