"""Reading Parquet: single files, and folders of files as Spark writes them."""

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matchwright.adapters.tables.read import read_input_table
from matchwright.errors import DataError


def write(path: Path, **columns: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as refused:
        read_input_table(str(path))
    assert "Hint: " in str(refused.value)
    return str(refused.value)


def test_a_folder_of_spark_is_read_in_the_order_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "left.parquet"
    write(folder / "part-00001.snappy.parquet", id=["3"], city=["stubton"])
    write(folder / "part-00000.snappy.parquet", city=["mockville", None], id=["1", "2"])
    for name in ("_SUCCESS", "._SUCCESS.crc", ".part-00000.snappy.parquet.crc"):
        (folder / name).touch()
    table = read_input_table(str(folder))
    assert table.columns.tolist() == ["city", "id"]
    assert table.to_numpy().tolist() == [["mockville", "1"], [None, "2"], ["stubton", "3"]]


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    write(tmp_path / "left" / "part-0.parquet", id=[7])
    assert read_input_table(f"{tmp_path}/left/")["id"].tolist() == ["7"]


def test_partitions_are_refused_by_the_name_of_their_key(tmp_path: Path) -> None:
    write(tmp_path / "left" / "city=mockville" / "part-0.parquet", id=["1"])
    said = refusal(tmp_path / "left")
    assert "is partitioned: its sub-folders hold the values of city" in said
    assert "mockville" not in said


def test_other_folders_are_refused_by_their_cause(tmp_path: Path) -> None:
    write(tmp_path / "nested" / "data" / "part-0.parquet", id=["1"])
    assert "is a folder with 1 sub-folder(s)" in refusal(tmp_path / "nested")
    write(tmp_path / "mixed" / "part-0.parquet", id=["1"])
    (tmp_path / "mixed" / "more.csv").write_text("id\n2\n")
    assert "also holds files other than Parquet" in refusal(tmp_path / "mixed")
    (tmp_path / "texts.csv").mkdir()
    (tmp_path / "texts.csv" / "part-0.csv").write_text("id\n2\n")
    assert "is a folder without a Parquet file" in refusal(tmp_path / "texts.csv")
    write(tmp_path / "unlike" / "a.parquet", id=["1"])
    write(tmp_path / "unlike" / "b.parquet", key=["1"])
    assert "b.parquet has other columns than a.parquet" in refusal(tmp_path / "unlike")
    write(tmp_path / "damaged" / "a.parquet", id=["1"])
    (tmp_path / "damaged" / "b.parquet").write_bytes(b"PAR1 and no more")
    assert "b.parquet: is not a readable Parquet file" in refusal(tmp_path / "damaged")


BAD_TEXT = pa.Array.from_buffers(
    pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"a\xe9")]
)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([b"a", b"\xe9"]),
        pa.array([b"a", b"\xe9"], pa.large_binary()),
        pa.array([b"a", b"\xe9"], pa.binary(1)),
        pa.array([b"a", b"\xe9"]).dictionary_encode(),
        BAD_TEXT,
    ],
    ids=["binary", "large binary", "binary of one length", "dictionary", "text that is no UTF-8"],
)
def test_binary_that_is_no_text_is_refused_with_its_column_and_row(tmp_path: Path, values: pa.Array) -> None:
    write(tmp_path / "left.parquet", id=["1", "2"], city=values, list=[[1], [2]])
    said = refusal(tmp_path / "left.parquet")
    assert "left.parquet cannot be read." in said
    assert "city: holds binary that is not UTF-8 text (row 2)" in said
    assert "Hint: write it as a string column" in said
    assert "list: holds list" in said


def test_values_of_every_type_become_the_text_a_person_would_type(tmp_path: Path) -> None:
    day = datetime.datetime(1980, 2, 14)
    write(
        tmp_path / "left.parquet",
        binary=[b"m\xc3\xbcller"],
        fixed=pa.array([b"ab"], pa.binary(2)),
        dictionary=pa.array(["x"]).dictionary_encode(),
        whole=[7.0],
        part=[7.5],
        day=[day],
        zoned=pa.array([day - datetime.timedelta(hours=1)], pa.timestamp("us", "Europe/Berlin")),
        time=[day.replace(hour=3)],
        truth=[True],
        nothing=pa.nulls(1),
    )
    (values,) = read_input_table(str(tmp_path / "left.parquet")).to_numpy().tolist()
    assert values[:7] == ["müller", "ab", "x", "7", "7.5", "1980-02-14", "1980-02-14"]
    assert values[7].startswith("1980-02-14 03:00:00")
    assert values[8:] == ["true", None]


@pytest.mark.parametrize(
    ("content", "hint"),
    [(b"id,name\n1,a\n", "give a CSV file a name"), (b"\x1f\x8b..", "gzip"), (b"PAR1", "write it again")],
)
def test_a_file_that_is_no_parquet_is_refused_with_what_it_is(tmp_path: Path, content: bytes, hint: str) -> None:
    (tmp_path / "left.parquet").write_bytes(content)
    assert hint in refusal(tmp_path / "left.parquet")
