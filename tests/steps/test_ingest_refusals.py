"""Inputs that the ingest step refuses. Every fault is listed, and no value of a record is quoted."""

import logging
from pathlib import Path

import pandas as pd
import pytest
from fixtures.two_registers import HEADER, person, rewrite, write_registers

from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError
from matchwright.settings import Settings
from matchwright.steps.ingest import ingest

CANARY = "Canaria-Piepmatz"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    return write_registers(tmp_path)


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


def test_labels_that_were_not_understood_are_named_with_their_lines(
    settings: Settings, persons_spec: MatchSpec, files: dict[str, str], tmp_path: Path
) -> None:
    rows = [f"{n},{n},{label}" for n, label in enumerate(["2", "1", "", "0", "2", "unsure", CANARY])]
    rewrite(files["pairs"], "left_id,right_id,label", "", *rows)
    faults = faults_of(settings, persons_spec, tmp_path, **files)
    assert faults["pairs.label"].startswith(
        "3 of 6 values were not understood as a label (lines 3, 7, 9). write 1 or 0"
    )


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

    rewrite(pairs, "shop_id,catalogue_id,label", "a1,a1,TRUE", *["a1,a1,0"] * 30, "a1,a1,maybe", "a1,a1,")
    snapshot = ingest(settings=settings, spec=products_spec, snapshot=tmp_path / "s.json", **files)
    assert snapshot.frame("records")["price"].tolist() == [1299.0, 1299.0]
    assert snapshot.frame("pairs")["label"].fillna(-1).tolist() == [1, *[0] * 30, -1, -1]


def test_the_error_for_example_data_that_does_not_fit_the_spec_has_a_hint(
    settings: Settings, products_spec: MatchSpec, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"FEBRL 4 do not fit spec 'products'.*name your own files"):
        ingest(settings=settings, spec=products_spec, snapshot=tmp_path / "s.json")
