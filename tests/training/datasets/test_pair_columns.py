"""Words in a column of labels, and what is said about those that are none."""

import numpy as np
import pandas as pd
import pytest

from matchwright.training.datasets.pair_columns import (
    is_answered,
    label_column,
    label_of,
    unnamed_labels,
    unread_fault,
    unread_labels,
)


@pytest.mark.parametrize(
    ("word", "label"),
    [("1", 1), ("True", 1), ("match", 1), (1.0, 1), ("0", 0), ("no_match", 0), ("No match", 0), ("no-match", 0)],
)
def test_usual_words_for_yes_and_no_are_understood(word: object, label: int) -> None:
    assert label_of(word) == label


def test_empty_cells_and_unsure_answers_are_no_mistakes() -> None:
    values = ["1", None, np.nan, pd.NA, " ", "unsure", "?", "2", "0.8", "perhaps"]
    assert unread_labels(values) == [7, 8, 9]
    assert not any(is_answered(value) for value in values[1:5])


def test_the_first_labels_that_were_not_understood_are_named_and_all_are_counted() -> None:
    values = ["1", *["2"] * 2_000]
    fault = unread_fault("label", values, unread_labels(values), lines=range(5, 5 + len(values)))
    assert fault.problem == "2,000 of 2,001 values were not understood as a label (lines 6, 7, 8, 9, 10 ...)"
    assert "match or no_match" in fault.hint
    assert unread_fault("label", values, [3]).problem.endswith("(row 4)")


def test_scores_are_no_labels() -> None:
    fault = unread_fault("label", ["0.8", "0.15", "1"], [0, 1])
    assert fault.hint.startswith("a score is no label")


@pytest.mark.parametrize("name", ["label", "Label", "LABEL", " is_match ", "Match"])
def test_the_column_of_labels_may_be_written_in_capitals(name: str) -> None:
    assert label_column(["left_id", "right_id", name]) == name


def test_a_column_of_yes_and_no_with_another_name_is_named() -> None:
    pairs = pd.DataFrame({"left_id": ["a", "b"], "right_id": ["0", "1"], "target": [1, 0]})
    assert label_column(pairs.columns) is None
    fault = unnamed_labels(pairs)
    assert fault is not None
    assert fault.path == "target"
    assert "name it label" in fault.hint
    assert unnamed_labels(pairs.assign(target=["1", "1"])) is None
    assert unnamed_labels(pairs.assign(target=["0.2", "0.9"])) is None
