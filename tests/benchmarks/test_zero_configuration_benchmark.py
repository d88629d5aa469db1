"""The benchmark without a configuration: what a method sees, and its figures."""

import pandas as pd
import pytest

from benchmarks import zero_configuration
from benchmarks.peers.environment import PeerError
from benchmarks.peers.process import Taken
from benchmarks.zero_configuration import COLUMNS, REFUSED, figures, registers

RECORDS = pd.DataFrame({"id": ["1", "2", "3", "4"], "name": ["ann", "ann", "bo", "bo"], "entity": [7, 7, 8, 9]})


def by_name(file, _):
    table = pd.read_csv(file, dtype=str)
    assert "entity" not in table
    return table.set_index("id")["name"], Taken(wall=2, processor=3, gigabytes=0.25)


def test_a_method_sees_no_entity_and_is_judged_by_it(tmp_path):
    found = dict(zip(COLUMNS, figures(RECORDS, by_name, tmp_path), strict=True))
    assert found["precision"] == "50.00%"
    assert found["recall"] == "100.00%"
    assert found["F1"] == "66.67%"
    assert (found["wall"], found["CPU"]) == ("2 s", "3 s")


def test_a_method_that_leaves_out_a_record_is_no_measurement(tmp_path):
    def loses_one(file, folder):
        clusters, taken = by_name(file, folder)
        return clusters.iloc[1:], taken

    with pytest.raises(PeerError, match="1 records are in no cluster"):
        figures(RECORDS, loses_one, tmp_path)


def test_a_method_that_refuses_the_table_has_no_figures_and_still_took_time(tmp_path):
    found = dict(zip(COLUMNS, figures(RECORDS, lambda *_: (None, Taken(2, 3, 0.25)), tmp_path), strict=True))
    assert found["precision"] == REFUSED
    assert found["F1"] == ""
    assert found["wall"] == "2 s"


def test_the_registers_of_a_folder_are_those_with_an_entity(tmp_path):
    for name, table in (("persons", RECORDS), ("products", RECORDS.drop(columns="entity"))):
        (tmp_path / name).mkdir()
        table.to_parquet(tmp_path / name / "records.parquet")
    assert [name for name, _ in registers(tmp_path, 0)] == ["persons"]


def test_a_folder_without_a_register_ends_with_code_2_and_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        zero_configuration.main(["--data", str(tmp_path)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "has no register. Hint: name a folder" in said
