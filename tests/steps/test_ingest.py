import logging
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, LakeError
from matchwright.operations.snapshot import Snapshot
from matchwright.settings import Settings
from matchwright.steps.ingest import ingest

SPEC = Path(__file__).parents[2] / "specs" / "persons.yaml"
CANARY = "Canaria-Piepmatz"
HEADER = "rec_id,given_name,surname,street_number,address_1,address_2,suburb,postcode,state,date_of_birth,soc_sec_id"


def person(record_id: str, surname: str = "testwell") -> str:
    return f"{record_id},osric,{surname},7,fixture lane,,stubton,0999,vic,19751130,0012345"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Files of two registers with two persons each, and a file with one matching pair."""
    texts = {
        "records": [HEADER, person("007"), person("8", surname="NA")],
        "records_right": [HEADER, person("9"), person("10")],
        "pairs": ["left_id,right_id", "007,9"],
    }
    for name, lines in texts.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {name: str(tmp_path / f"{name}.csv") for name in texts}


def rewrite(path: str, *lines: str) -> str:
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


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


def faults_of(settings: Settings, spec: MatchSpec, tmp_path: Path, **files: str) -> dict[str, str]:
    with pytest.raises(DataError) as caught:
        ingest(settings=settings, spec=spec, snapshot=tmp_path / "s.json", **files)
    assert CANARY.lower() not in str(caught.value).lower()
    assert not (tmp_path / "s.json").exists()
    return {fault.path: f"{fault.problem}. {fault.hint}" for fault in caught.value.faults}


def test_the_faults_of_all_files_are_listed_in_one_error(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    rewrite(files["records"], HEADER.replace("surname", "sur_name").replace("soc_sec_id", "ssn"), person("1"))
    rewrite(files["pairs"], "left_idd,right", "1,2")
    faults = faults_of(settings, persons_spec, tmp_path, **{**files, "records_right": str(tmp_path / "absent.csv")})
    assert set(faults) == {"records.surname", "records.soc_sec_id", "records_right", "pairs.left_id, right_id"}
    assert "did you mean 'sur_name'?" in faults["records.surname"]
    assert "no such file" in faults["records_right"]
    assert "did you mean 'left_id'?" in faults["pairs.left_id, right_id"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (HEADER.encode() + b"\n", "has no rows"),
        (HEADER.encode() + b"\n1," + CANARY.encode() + b"\n", "1 row(s) do not have 11 columns"),
        (HEADER.encode() + b"\n" + person("1", CANARY).encode() + b",one more\n", "1 row(s) do not have 11 columns"),
        (HEADER.encode() + b"\n" + person("1", CANARY + "é").encode("latin-1") + b"\n", "is not UTF-8 text"),
        ((HEADER + ",surname\n" + person("1", CANARY) + ",x\n").encode(), "1 column name(s) occur twice"),
        ((person("1", CANARY) + "\n" + person("2", CANARY) + "\n").encode(), "first row is a header"),
    ],
    ids=["empty", "no rows", "too few columns", "too many columns", "encoding", "repeated column", "no header"],
)
def test_a_damaged_file_is_described_without_its_values(
    settings: Settings,
    persons_spec: MatchSpec,
    files: dict[str, str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    content: bytes,
    message: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    Path(files["records"]).write_bytes(content)
    assert message in faults_of(settings, persons_spec, tmp_path, **files)["records"]
    assert CANARY.lower() not in caplog.text.lower()


def test_a_damaged_parquet_file_and_another_format_are_refused(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    damaged = rewrite(str(tmp_path / "records.parquet"), CANARY)
    nested = tmp_path / "nested.parquet"
    pd.DataFrame({"left_id": [["1", "2"]], "right_id": ["3"]}).to_parquet(nested)
    faults = faults_of(
        settings, persons_spec, tmp_path, records=damaged, records_right="people.xlsx", pairs=str(nested)
    )
    assert "is not a readable Parquet file" in faults["records"]
    assert "is neither CSV nor Parquet" in faults["records_right"]
    assert "and not single values" in faults["pairs.left_id"]


def test_records_without_pairs_are_refused(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    assert "is not given" in faults_of(settings, persons_spec, tmp_path, records=files["records"])["pairs"]
    assert set(faults_of(settings, persons_spec, tmp_path, records_right=files["records"])) == {"records", "pairs"}


def test_partial_labels_need_a_label_column(settings: Settings, products_spec: MatchSpec, tmp_path: Path) -> None:
    shop = rewrite(
        str(tmp_path / "shop.csv"), "id,title,brand,modelno,price,category", 'a1,toaster,acme,tt,"$1,299.00",kitchen'
    )
    pairs = rewrite(str(tmp_path / "pairs.csv"), "shop_id,catalogue_id", "a1,a1")
    files = {"records": shop, "records_right": shop, "pairs": pairs}
    assert "labels: partial" in faults_of(settings, products_spec, tmp_path, **files)["pairs.label"]

    rewrite(pairs, "shop_id,catalogue_id,label", "a1,a1,TRUE", "a1,a1,0", "a1,a1,maybe", "a1,a1,")
    snapshot = ingest(settings=settings, spec=products_spec, snapshot=tmp_path / "s.json", **files)
    assert snapshot.frame("records")["price"].tolist() == [1299.0, 1299.0]
    assert snapshot.frame("pairs")["label"].fillna(-1).tolist() == [1, 0, -1, -1]


def test_the_error_for_example_data_that_does_not_fit_the_spec_has_a_hint(
    settings: Settings, products_spec: MatchSpec, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"FEBRL 4 do not fit spec 'products'.*name your own files"):
        ingest(settings=settings, spec=products_spec, snapshot=tmp_path / "s.json")
