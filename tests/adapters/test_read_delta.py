"""Reading Delta tables: the rows of their current version, as the same rows in Parquet."""

import datetime
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from matchwright.adapters.tables.read import content_digest, current_version, read_input_table
from matchwright.errors import DataError

# An inline deletion vector: it deletes six rows.
DELETED = {
    "storageType": "i",
    "pathOrInlineDv": "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",
    "sizeInBytes": 44,
    "cardinality": 6,
}


def write(table: Path | str, mode: Any = "error", partition_by: list[str] | None = None, **columns: Any) -> None:
    write_deltalake(str(table), pa.table(columns), mode=mode, partition_by=partition_by)


def refusal(table: Path, version: int | None = None) -> str:
    with pytest.raises(DataError) as refused:
        read_input_table(str(table), version)
    assert "Hint: " in str(refused.value)
    return str(refused.value)


def rows(table: pd.DataFrame) -> list[list[str | None]]:
    return sorted(table.to_numpy().tolist(), key=str)


def test_values_are_the_text_that_they_have_in_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": ["007", None],
            "count": pa.array([1, None]),
            "price": [2.0, 2.5],
            "born": [datetime.date(1980, 2, 14), None],
            "seen": pa.array([datetime.datetime(2020, 1, 1, 12, 30), None], pa.timestamp("us", "UTC")),
            "kept": [True, False],
        }
    )
    write_deltalake(str(tmp_path / "delta"), table)
    pq.write_table(table, tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(
        read_input_table(str(tmp_path / "delta")), read_input_table(str(tmp_path / "table.parquet"))
    )


def test_only_the_current_version_is_read(tmp_path: Path) -> None:
    table = tmp_path / "a table"
    write(table, id=["old-1", "old-2"])
    write(table, "overwrite", id=["new-1"])
    write(table, "append", id=["new-2"])
    assert len(list(table.glob("*.parquet"))) == 3, "a stale file lies beside those of the current version"
    assert sorted(read_input_table(f"{table}/")["id"]) == ["new-1", "new-2"]
    DeltaTable(str(table)).delete("id = 'new-1'")
    assert read_input_table(str(table))["id"].tolist() == ["new-2"]


def test_the_digest_is_that_of_the_version_and_not_of_stale_files(tmp_path: Path) -> None:
    table = tmp_path / "table"
    write(table, id=["1"])
    first = content_digest(str(table))
    write(table, "append", id=["2"])
    assert content_digest(str(table)) != first
    DeltaTable(str(table)).restore(0)
    assert content_digest(str(table)) == first
    DeltaTable(str(table)).vacuum(0, dry_run=False, enforce_retention_duration=False)
    assert content_digest(str(table)) == first


def test_an_earlier_version_stays_readable_while_the_table_is_written(tmp_path: Path) -> None:
    table = tmp_path / "table"
    write(table, id=["1"])
    version, digest = current_version(str(table)), content_digest(str(table))
    write(table, "overwrite", id=["2"])
    assert version == 0
    assert content_digest(str(table), version) == digest
    assert read_input_table(str(table), version)["id"].tolist() == ["1"]
    DeltaTable(str(table)).vacuum(0, dry_run=False, enforce_retention_duration=False)
    assert "lacks 1 of the 1 files of version 0" in refusal(table, version)
    assert "has no readable version 7" in refusal(table, 7)


def test_other_tables_have_no_version(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("id\n1\n")
    assert current_version(str(tmp_path / "table.csv")) is None
    with pytest.raises(DataError, match="no such file"):
        current_version(str(tmp_path / "absent"))


def test_partition_columns_come_from_the_log(tmp_path: Path) -> None:
    table = tmp_path / "table"
    columns = {"city": ["x/y %20", "ö", None], "day": [datetime.date(2020, 1, 2)] * 3, "id": ["1", "2", "3"]}
    write(table, partition_by=["city", "day"], **columns)
    read = read_input_table(str(table))
    assert read.columns.tolist() == ["city", "day", "id"]
    assert rows(read) == rows(pd.DataFrame(columns).assign(day="2020-01-02"))


def test_a_column_that_was_added_later_is_missing_in_older_rows(tmp_path: Path) -> None:
    table = tmp_path / "table"
    write(table, id=["1"])
    write_deltalake(str(table), pa.table({"id": ["2"], "city": ["mockville"]}), mode="append", schema_mode="merge")
    assert rows(read_input_table(str(table))) == [["1", None], ["2", "mockville"]]


def test_checkpoints_are_read(tmp_path: Path) -> None:
    table = tmp_path / "table"
    write(table, id=["1"])
    DeltaTable(str(table)).create_checkpoint()
    (table / "_delta_log" / "00000000000000000000.json").unlink()
    assert read_input_table(str(table))["id"].tolist() == ["1"]


def test_a_table_with_deletion_vectors_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "table"
    write_deltalake(
        str(table), pa.table({"id": list(map(str, range(30)))}), configuration={"delta.enableDeletionVectors": "true"}
    )
    assert len(read_input_table(str(table))) == 30, "a table that may have deletion vectors is read while it has none"
    log = table / "_delta_log"
    (added,) = [
        line["add"]
        for line in map(json.loads, (log / "00000000000000000000.json").read_text().splitlines())
        if "add" in line
    ]
    removed = {"remove": {"path": added["path"], "deletionTimestamp": 1, "dataChange": True}}
    again = {"add": {**added, "deletionVector": DELETED}}
    (log / "00000000000000000001.json").write_text(f"{json.dumps(removed)}\n{json.dumps(again)}\n")
    assert "is a Delta table with deletion vectors" in refusal(table)


@pytest.mark.parametrize(
    ("metadata", "features", "problem"),
    [
        ({"delta.columnMapping.mode": "name"}, [], "with column mapping"),
        ({}, ["aLaterFeature"], "or needs a feature of later readers"),
        ({}, ["typeWidening"], "needs the reader feature typeWidening"),
    ],
)
def test_what_would_change_the_rows_is_refused(
    tmp_path: Path, metadata: dict[str, str], features: list[str], problem: str
) -> None:
    table = tmp_path / "table"
    write(table, id=["1"])
    first = table / "_delta_log" / "00000000000000000000.json"
    lines = [json.loads(line) for line in first.read_text().splitlines()]
    for line in lines:
        if "metaData" in line:
            line["metaData"]["configuration"] = metadata
        if "protocol" in line and features:
            line["protocol"] = {
                "minReaderVersion": 3,
                "minWriterVersion": 7,
                "readerFeatures": features,
                "writerFeatures": features,
            }
    first.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert problem in refusal(table)


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "table"
    (table / "_delta_log").mkdir(parents=True)
    assert "is not a readable Delta table" in refusal(table)
    write(tmp_path / "odd#name", id=["1"])
    assert "is a Delta table, and the path holds '#'" in refusal(tmp_path / "odd#name")
    write(tmp_path / "empty", id=pa.array([], pa.string()))
    assert "has no rows" in refusal(tmp_path / "empty")
    write(tmp_path / "nested", id=["1"], names=[["a", "b"]])
    assert "names: holds list" in refusal(tmp_path / "nested")


def test_a_table_in_an_object_store_is_read_like_one_in_a_folder(object_store: str) -> None:
    uri = f"{object_store}/tables/left"
    write(uri, city=["old"], id=["0"], partition_by=["city"])
    write(uri, "overwrite", city=["x y", "z"], id=["1", "2"])
    first = content_digest(uri)
    assert rows(read_input_table(uri)) == [["x y", "1"], ["z", "2"]]
    assert current_version(uri) == 1
    write(uri, "append", city=["z"], id=["3"])
    assert content_digest(uri) != first
    assert content_digest(uri, 1) == first
    assert rows(read_input_table(uri, 1)) == [["x y", "1"], ["z", "2"]]
