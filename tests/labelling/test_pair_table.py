"""The table of labelled pairs, conformed for training."""

import pandas as pd
import pytest

from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError
from matchwright.labelling.pair_table import conform_pairs


def labelled(*labels: str | None) -> pd.DataFrame:
    ids = [str(number) for number in range(len(labels))]
    return pd.DataFrame({"left_id": ids, "right_id": ids, "label": labels})


def test_a_table_without_rows_keeps_its_columns(persons_spec: MatchSpec) -> None:
    """Training from data frames checks the columns of an empty table first."""
    conformed = conform_pairs(labelled(), persons_spec, one_table=False)
    assert list(conformed.columns) == ["left_key", "right_key", "label"]
    assert conformed.empty


def test_unsure_answers_are_left_out_and_a_few_unknown_labels_are_kept_for_quarantine(persons_spec: MatchSpec) -> None:
    labels = conform_pairs(labelled(*["1"] * 40, "unsure", "perhaps"), persons_spec, one_table=False)["label"]
    assert len(labels) == 41
    assert labels.isna().sum() == 1


def test_many_labels_that_were_not_understood_are_refused_with_their_rows(persons_spec: MatchSpec) -> None:
    with pytest.raises(DataError) as refused:
        conform_pairs(labelled("1", "2", "1", "2"), persons_spec, one_table=False)
    assert "label: 2 of 4 values were not understood as a label (rows 2, 4)" in str(refused.value)
