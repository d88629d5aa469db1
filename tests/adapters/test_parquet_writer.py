"""Writing a Parquet file in parts."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from matchwright.adapters.tables.parquet_writer import write_parquet
from matchwright.adapters.tables.read import read_input_table

COLUMNS = {"id": "string", "entity": "int64"}


def part(*ids: str | None) -> dict[str, object]:
    return {"entity": np.arange(len(ids), dtype=np.uint8), "id": np.array(ids, dtype=object), "unused": None}


def test_each_part_is_a_row_group_and_missing_values_stay_missing(tmp_path: Path) -> None:
    assert write_parquet(tmp_path / "a.parquet", COLUMNS, iter([part("a", None), part("c")])) == 3
    assert pq.ParquetFile(tmp_path / "a.parquet").num_row_groups == 2
    assert pq.read_table(tmp_path / "a.parquet").to_pydict() == {"id": ["a", None, "c"], "entity": [0, 1, 0]}
    assert read_input_table(str(tmp_path / "a.parquet"))["id"].tolist() == ["a", None, "c"]


def test_the_same_parts_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_parquet(tmp_path / name, COLUMNS, [part("a"), part("b", "c")])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_table_may_have_no_rows(tmp_path: Path) -> None:
    assert write_parquet(tmp_path / "a.parquet", COLUMNS, []) == 0
    assert pq.read_table(tmp_path / "a.parquet").column_names == ["id", "entity"]


def test_a_value_of_another_type_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="int"):
        write_parquet(tmp_path / "a.parquet", COLUMNS, [{"id": np.array([1]), "entity": np.array(["x"], dtype=object)}])
