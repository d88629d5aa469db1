"""Ingesting: values are kept as they are, and the same input again writes nothing new."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from fixtures.two_registers import HEADER, person, rewrite, write_registers

from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, LakeError
from matchwright.operations.snapshot import Snapshot
from matchwright.settings import Settings
from matchwright.steps.ingest import ingest

SPEC = Path(__file__).parents[2] / "specs" / "persons.yaml"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    return write_registers(tmp_path)


def test_without_files_the_example_data_is_ingested(
    settings: Settings, persons_spec: MatchSpec, tmp_path: Path
) -> None:
    snapshot = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "snapshot.json")
    assert {name: table.rows for name, table in snapshot.tables.items()} == {"records": 10_000, "pairs": 5_000}
    assert list(snapshot.frame("records").columns) == ["record_key", "source", "record_id", *persons_spec.fields]
    pairs = snapshot.frame("pairs")
    assert pairs["label"].dtype == "int8"
    assert pairs["left_key"].str.startswith("left:").all()
    assert pairs["right_key"].str.startswith("right:").all()
    assert set(pairs["left_key"]) | set(pairs["right_key"]) <= set(snapshot.frame("records")["record_key"])


def test_without_files_an_environment_other_than_local_is_refused(
    settings: Settings, persons_spec: MatchSpec, tmp_path: Path
) -> None:
    """Example data never becomes a model of a shared environment."""
    shared = settings.model_copy(update={"environment": "staging"})
    with pytest.raises(DataError, match=r"^The input tables do not fit spec 'persons', 2 fault\(s\):") as refused:
        ingest(settings=shared, spec=persons_spec, snapshot=tmp_path / "s.json")
    assert {fault.path: fault.problem for fault in refused.value.faults} == dict.fromkeys(
        ("records", "pairs"), "is not given"
    )
    assert not (tmp_path / "s.json").exists()


def test_values_are_read_without_changes(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    """Leading zeros are kept. An empty cell is a missing value. A person can have the name NA."""
    snapshot = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "s.json", **files)
    records = snapshot.frame("records").set_index("record_key")
    assert list(records.index) == ["left:007", "left:8", "right:10", "right:9"]
    assert records.loc["left:8", "surname"] == "NA"
    assert records.loc["left:007", "postcode"] == "0999"
    assert records.loc["left:007", "locality"] is None
    assert snapshot.frame("pairs").to_numpy().tolist() == [["left:007", "right:9", 1]]


def test_the_snapshot_file_describes_the_written_tables(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "run" / "snapshot.json"
    written = ingest(settings=settings, spec=persons_spec, snapshot=path, **files)
    assert Snapshot.read(path) == written
    assert written.origin == "files records.csv, records_right.csv, pairs.csv"
    assert [file.name for file in path.parent.iterdir()] == ["snapshot.json"]


def test_a_parquet_file_gives_the_same_tables_as_a_csv_file(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    frame = pd.read_csv(files["records"], dtype=str, keep_default_na=False, na_values=[""])
    typed = frame.assign(street_number=frame["street_number"].astype(float), date_of_birth=pd.Timestamp("1975-11-30"))
    typed.to_parquet(tmp_path / "records.parquet")
    rewrite(
        files["records"],
        HEADER,
        *(person(i, s).replace("19751130", "1975-11-30") for i, s in (("007", "testwell"), ("8", "NA"))),
    )
    from_csv = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "a.json", **files)
    parquet = {**files, "records": str(tmp_path / "records.parquet")}
    assert (
        ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "b.json", **parquet).tables == from_csv.tables
    )


def test_a_single_table_is_for_deduplication(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    """All records get the source left. The two keys of a pair are sorted."""
    rewrite(files["pairs"], "lid,rid", "8,007")
    single_table = {"records": files["records"], "pairs": files["pairs"]}
    snapshot = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "s.json", **single_table)
    assert set(snapshot.frame("records")["source"]) == {"left"}
    assert snapshot.frame("pairs").to_numpy().tolist() == [["left:007", "left:8", 1]]


@pytest.mark.parametrize(
    "header", ["left_id,right_id", "register_a_id,register_b_id", "ltable_id,rtable_id", "lid,rid", "id_left,id_right"]
)
def test_common_names_of_pair_columns_are_recognised(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path, header: str
) -> None:
    rewrite(files["pairs"], f"note,{header},label", "x,8,10,1", "x,007,9,0")
    snapshot = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "s.json", **files)
    expected = [["left:007", "right:9", 0], ["left:8", "right:10", 1]]
    assert snapshot.frame("pairs").to_numpy().tolist() == expected


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_are_recognised(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path, separator: str
) -> None:
    with_commas = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "a.json", **files)
    for path in files.values():
        Path(path).write_text(Path(path).read_text().replace(",", separator))
    assert (
        ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "b.json", **files).tables == with_commas.tables
    )


def test_tables_can_be_in_an_object_store(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path, object_store: str
) -> None:
    import boto3

    for name, path in files.items():
        boto3.client("s3").upload_file(path, object_store.removeprefix("s3://"), f"in/{name}.csv")
    stored = {name: f"{object_store}/in/{name}.csv" for name in files}
    from_files = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "a.json", **files)
    assert (
        ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "b.json", **stored).tables == from_files.tables
    )


def test_the_current_version_of_delta_tables_gives_the_same_tables_as_csv_files(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    from_files = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "a.json", **files)
    tables = {name: str(tmp_path / "delta" / name) for name in files}
    for name, table in tables.items():
        rows = pd.read_csv(files[name], dtype=str, keep_default_na=False).replace("", None)
        write_deltalake(table, pa.Table.from_pandas(pd.concat([rows, rows]), preserve_index=False))
        write_deltalake(table, pa.Table.from_pandas(rows, preserve_index=False), mode="overwrite")
    assert (
        ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "b.json", **tables).tables == from_files.tables
    )


def test_ingesting_the_same_input_again_writes_no_new_version(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    first = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "a.json", **files)
    rewrite(files["records"], HEADER, person("8", surname="NA"), person("007"))  # the same rows in another order
    assert ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "b.json", **files) == first


def test_a_changed_row_makes_a_new_version_of_its_table_only(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    first = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "a.json", **files)
    rewrite(files["records"], HEADER, person("007", surname="placeholder"))
    second = ingest(settings=settings, spec=persons_spec, snapshot=tmp_path / "b.json", **files)
    assert {name: table.version for name, table in second.tables.items()} == {"records": 1, "pairs": 0}
    assert first.digest != second.digest
    assert first.frame("records")["surname"][0] == "testwell"


KILLED_BETWEEN_TABLES = """
import os, sys
from pathlib import Path
from matchwright.adapters.lake import delta
from matchwright.core.spec import load_spec
from matchwright.settings import load_settings
import matchwright.steps.ingest as step

def write_then_die(uri, frame, digest):
    delta.write_table(uri, frame, digest)
    os._exit(9)

step.write_table = write_then_die
home, spec, snapshot, records, right, pairs = sys.argv[1:]
step.ingest(settings=load_settings("local", home=Path(home)), spec=load_spec(spec), records=records,
            records_right=right, pairs=pairs, snapshot=Path(snapshot))
"""


def test_a_run_that_was_killed_between_tables_is_completed_by_the_next_run(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "snapshot.json"
    arguments = [str(settings.home), str(SPEC), str(path), *files.values()]
    killed = subprocess.run([sys.executable, "-c", KILLED_BETWEEN_TABLES, *arguments], timeout=60)
    assert killed.returncode == 9
    with pytest.raises(LakeError, match="There is no snapshot"):
        Snapshot.read(path)

    repaired = ingest(settings=settings, spec=persons_spec, snapshot=path, **files)
    assert {name: (table.version, table.rows) for name, table in repaired.tables.items()} == {
        "records": (0, 4),
        "pairs": (0, 1),
    }
    assert len(Snapshot.read(path).frame("pairs")) == 1
