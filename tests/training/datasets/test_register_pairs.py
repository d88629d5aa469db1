"""Candidates as numbers of records are the candidates with the keys of records."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.records.rows import rows_of
from matchwright.training.datasets import register_pairs
from matchwright.training.datasets.register_pairs import UNKNOWN, RegisterPairs

FRAME = pd.DataFrame({"record_key": ["left:a", "left:b", "left:c", "left:d"], "name": ["ann", "bob", None, "dan"]})
PAIRS = pd.DataFrame(
    {"left_key": ["left:b", "left:a", "left:a", "left:b"], "right_key": ["left:c", "left:d", "left:b", "left:c"]}
).assign(label=[1, 0, -1, 1])


def test_pairs_are_distinct_and_sorted_and_have_their_labels():
    pairs = RegisterPairs.of(FRAME, PAIRS)
    assert pairs.pair_keys().to_numpy().tolist() == [
        ["left:a", "left:b"],
        ["left:a", "left:d"],
        ["left:b", "left:c"],
    ]
    assert pairs.label.tolist() == [UNKNOWN, 0, 1]
    assert RegisterPairs.of(FRAME, pairs) is pairs


def test_a_file_is_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(register_pairs, "READ_AT_ONCE", 2)
    PAIRS.drop_duplicates().to_parquet(tmp_path / "candidates.parquet")
    found, expected = RegisterPairs.read(tmp_path / "candidates.parquet", FRAME), RegisterPairs.of(FRAME, PAIRS)
    for name in ("left", "right", "label"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    PAIRS.head(0).to_parquet(tmp_path / "empty.parquet")
    assert len(RegisterPairs.read(tmp_path / "empty.parquet", FRAME)) == 0


def test_pairs_are_found_by_their_keys_and_their_records():
    pairs = RegisterPairs.of(FRAME, PAIRS)
    wanted = pd.DataFrame({"left_key": ["left:b", "left:c", "left:x"], "right_key": ["left:c", "left:d", "left:a"]})
    assert pairs.rows_of(wanted).tolist() == [2, -1, -1]
    assert pairs.with_records(pairs.records_of(PAIRS.iloc[[1]])).tolist() == [0, 1]
    more = pairs.including(wanted.iloc[[1]])
    assert len(more) == 4
    assert pairs.including(PAIRS) is pairs


def test_the_records_of_pairs_are_read_in_batches(monkeypatch):
    monkeypatch.setattr(register_pairs, "BATCH", 2)
    pairs = RegisterPairs.of(FRAME, PAIRS)
    found = [(rows, left["name"].tolist(), right["name"].tolist()) for rows, left, right in pairs.batches()]
    assert [rows for rows, _, _ in found] == [slice(0, 2), slice(2, 3)]
    keys = pairs.pair_keys()
    assert [name for _, left, _ in found for name in left] == rows_of(FRAME, keys["left_key"])["name"].tolist()
    assert found[1][2] == [None]


def test_a_pair_of_an_unknown_record_is_refused():
    with pytest.raises(KeyError, match="no features"):
        RegisterPairs.of(FRAME, pd.DataFrame({"left_key": ["left:a"], "right_key": ["left:x"]}))
