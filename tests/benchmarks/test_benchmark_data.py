"""Benchmark folders are read with or without tables."""

import pandas as pd

from benchmarks.benchmark_data import PARTS, find_sets, read_set


def write_parts(folder, ids: bool):
    folder.mkdir()
    pairs = pd.DataFrame(
        {
            "lid": ["1", "1"],
            "rid": ["7", "8"],
            "left_name": ["toaster", "toaster"],
            "right_name": ["toaster tt", ""],
            "label": [1, 0],
        }
    )
    for part in PARTS:
        (pairs if ids else pairs.drop(columns=["lid", "rid"])).to_parquet(folder / f"{part}.parquet")
    return folder


def test_the_records_of_a_set_without_tables_are_made_from_its_pairs(tmp_path):
    found = read_set(write_parts(tmp_path / "plain", ids=False))
    assert found.left["name"].tolist() == ["toaster"]
    assert found.right["name"].tolist() == ["toaster tt", ""]
    assert found.pairs["left_id"].isin(found.left["id"]).all()
    assert found.part("test")["label"].tolist() == [1, 0]


def test_a_set_with_tables_keeps_records_that_are_in_no_pair(tmp_path):
    folder = write_parts(tmp_path / "tables", ids=True)
    pd.DataFrame({"id": [1, 2], "name": ["toaster", "kettle"]}).to_parquet(folder / "tableA.parquet")
    found = read_set(folder)
    assert found.left["id"].tolist() == ["1", "2"]
    assert found.right["id"].tolist() == ["7", "8"]


def test_sets_are_found_by_folder_or_environment(tmp_path, monkeypatch):
    first = write_parts(tmp_path / "first", ids=True)
    monkeypatch.setenv("MATCHWRIGHT_DATA", str(tmp_path))
    assert find_sets() == find_sets(tmp_path) == find_sets(first) == [first]
    monkeypatch.delenv("MATCHWRIGHT_DATA")
    assert find_sets() == []


def test_a_pair_in_several_parts_is_tested_and_not_trained_on(tmp_path):
    found = read_set(write_parts(tmp_path / "repeated", ids=True))
    assert found.pairs["part"].tolist() == ["test", "test"]
