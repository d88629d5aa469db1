"""The files of a table, read one by one, have the rows of the whole table in their order."""

import pandas as pd
import pytest
from deltalake import write_deltalake

from matchwright.adapters.tables.parts import read_part, table_parts
from matchwright.adapters.tables.read import read_input_table
from matchwright.errors import DataError


@pytest.fixture
def rows():
    numbers = range(30)
    born = pd.Timestamp("1980-01-01") + pd.to_timedelta(list(numbers), unit="D")
    return pd.DataFrame({"id": [f"{n:03d}" for n in numbers], "age": [n + 0.5 for n in numbers], "born": born})


def in_parts(uri):
    return pd.concat([read_part(part) for part in table_parts(uri)], ignore_index=True)


def test_a_file_is_one_part(rows, tmp_path):
    for name in ("rows.csv", "rows.parquet"):
        path = str(tmp_path / name)
        rows.to_csv(path, index=False) if name.endswith("csv") else rows.to_parquet(path)
        assert len(table_parts(path)) == 1
        pd.testing.assert_frame_equal(in_parts(path), read_input_table(path))


def test_the_files_of_a_folder_are_parts(rows, tmp_path):
    for number in range(3):
        part = rows.iloc[number * 10 : number * 10 + 10]
        part[["id", "age", "born"] if number else ["born", "id", "age"]].to_parquet(tmp_path / f"part-{number}.parquet")
    assert len(table_parts(str(tmp_path))) == 3
    pd.testing.assert_frame_equal(in_parts(str(tmp_path)), read_input_table(str(tmp_path)))


def test_the_files_of_a_delta_version_are_parts(rows, tmp_path):
    uri = str(tmp_path / "table")
    write_deltalake(uri, rows.assign(half=rows.index % 2).head(20), partition_by="half")
    write_deltalake(uri, rows.assign(half=7).tail(10), mode="append")
    assert len(table_parts(uri)) == 3
    pd.testing.assert_frame_equal(in_parts(uri), read_input_table(uri))
    before = pd.concat([read_part(part) for part in table_parts(uri, 0)], ignore_index=True)
    pd.testing.assert_frame_equal(before, read_input_table(uri, 0))


def test_a_file_with_other_columns_is_refused(rows, tmp_path):
    rows.to_parquet(tmp_path / "a.parquet")
    rows.rename(columns={"age": "years"}).to_parquet(tmp_path / "b.parquet")
    parts = table_parts(str(tmp_path))
    with pytest.raises(DataError, match="other columns"):
        read_part(parts[1])


def test_columns_that_occur_twice_are_refused(rows, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table([[1], [2]], names=["id", "id"]), tmp_path / "a.parquet")
    with pytest.raises(DataError, match="occur twice"):
        table_parts(str(tmp_path))


def test_a_damaged_or_absent_table_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.parquet").write_text("secret")
    with pytest.raises(DataError, match="folder cannot be read") as error:
        table_parts(str(tmp_path / "folder"))
    assert "secret" not in str(error.value)
    with pytest.raises(DataError, match="no such file"):
        read_part(table_parts(str(tmp_path / "absent.csv"))[0])
