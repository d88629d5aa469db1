import json
import logging
from pathlib import Path

import pandas as pd
import pytest

import matchwright.steps.validate as step
from matchwright.adapters.lake.delta import TableVersion, read_table, write_table
from matchwright.core.spec import MatchSpec
from matchwright.errors import LakeError, QualityError
from matchwright.operations.snapshot import Snapshot
from matchwright.settings import Settings
from matchwright.steps.ingest import ingest
from matchwright.steps.validate import validate

CANARY = "canaria-piepmatz"


class Run:
    """The files of a run, and its steps ingest and validate."""

    def __init__(self, settings: Settings, spec: MatchSpec, folder: Path) -> None:
        self.settings, self.spec, self.folder = settings, spec, folder
        self.snapshot, self.validated = folder / "snapshot.json", folder / "validated.json"
        self.report = folder / "quality.html"

    def ingest(self, left: pd.DataFrame, right: pd.DataFrame, pairs: pd.DataFrame) -> Snapshot:
        files = {"records": left, "records_right": right, "pairs": pairs}
        for name, frame in files.items():
            frame.to_csv(self.folder / f"{name}.csv", index=False)
        paths = {name: str(self.folder / f"{name}.csv") for name in files}
        return ingest(settings=self.settings, spec=self.spec, snapshot=self.snapshot, **paths)

    def validate(self) -> dict[str, object]:
        return validate(
            settings=self.settings,
            spec=self.spec,
            snapshot=self.snapshot,
            validated=self.validated,
            report=self.report,
        )


@pytest.fixture
def run(settings: Settings, persons_spec: MatchSpec, tmp_path: Path) -> Run:
    return Run(settings, persons_spec, tmp_path)


@pytest.fixture
def registers(febrl: tuple[pd.DataFrame, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """300 persons in two registers, and the 300 matching pairs."""
    left, right = (table.head(300).astype(object).reset_index(drop=True) for table in febrl)
    left, right = (
        left.assign(rec_id=[f"a-{i}" for i in range(300)]),
        right.assign(rec_id=[f"b-{i}" for i in range(300)]),
    )
    return left, right, pd.DataFrame({"left_id": left["rec_id"], "right_id": right["rec_id"]})


Registers = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def test_all_rows_of_a_good_batch_are_kept(run: Run, registers: Registers) -> None:
    incoming = run.ingest(*registers)
    result = run.validate()
    assert result == {
        "passed": True,
        "rows": {"records": 600, "pairs": 300},
        "quarantined": {"records": 0, "pairs": 0},
        "labels": {"positive": 300, "negative": 0},
    }
    clean = Snapshot.read(run.validated)
    for table in ("records", "pairs"):
        assert clean.tables[table].uri.endswith(f"/persons/{table}_clean")
        pd.testing.assert_frame_equal(clean.frame(table), incoming.frame(table))
    assert clean.frame("quarantine").empty
    assert "Passed" in run.report.read_text()


def test_bad_rows_are_quarantined_and_the_other_rows_are_kept(run: Run, registers: Registers) -> None:
    left, right, pairs = registers
    left.loc[0, "postcode"] = CANARY
    right.loc[1, "date_of_birth"] = CANARY
    incoming = run.ingest(left, right, pd.concat([pairs, pd.DataFrame({"left_id": ["a-5"], "right_id": ["nobody"]})]))
    result = run.validate()
    assert result["quarantined"] == {"records": 2, "pairs": 3}

    clean = Snapshot.read(run.validated)
    assert {"left:a-0", "right:b-1"}.isdisjoint(clean.frame("records")["record_key"])
    assert len(clean.frame("records")) == 598
    assert {"left:a-0", "left:a-1"}.isdisjoint(clean.frame("pairs")["left_key"])
    quarantine = clean.frame("quarantine")
    assert list(quarantine.columns) == ["record_key", "source", "record_id", "table", "reasons", "batch"]
    assert quarantine.set_index("record_key")["reasons"].to_dict() == {
        "left:a-0": r"postcode must match the pattern ^\d{3,5}$",
        "right:b-1": "date_of_birth must be readable as a date",
        "left:a-0|right:b-0": "pair must name records that are not quarantined",
        "left:a-1|right:b-1": "pair must name records that are not quarantined",
        "left:a-5|right:nobody": "pair must name records that exist",
    }
    assert set(quarantine["batch"]) == {incoming.digest}


def test_a_batch_outside_its_limits_is_stopped_after_the_report_is_written(run: Run, registers: Registers) -> None:
    left, right, pairs = registers
    right["surname"] = [None] * 100 + ["testwell"] * 200
    left.loc[:99, "postcode"] = "nowhere"
    run.ingest(left, right, pd.concat([pairs, pairs.head(50).assign(left_id="nobody")]))
    with pytest.raises(QualityError) as caught:
        run.validate()
    fact, hint = str(caught.value).split("\nHint: ")
    assert fact.splitlines()[0] == "The batch of spec 'persons' does not hold 3 of its quality limits:"
    assert "records right, surname: share of rows with a value, observed 0.666667, allowed at least 0.9" in fact
    assert "records, all fields: share of rows quarantined, observed 0.166667, allowed at most 0.05" in fact
    assert "pairs, pair: must name records that exist, observed 0.857143, allowed at least 0.99" in fact
    assert str(run.report) in hint
    assert "version 0 of lake table" in hint

    report = json.loads(run.report.with_suffix(".json").read_text())
    assert report["passed"] is False
    assert sum(check["outcome"] == "stopped" for check in report["checks"]) == 3
    assert "3 limits not held" in run.report.read_text()
    assert not run.validated.exists()
    assert len(read_table(f"{run.settings.lake_uri}/persons/quarantine")) == 250


def test_contradicting_labels_stop_the_batch(run: Run, registers: Registers) -> None:
    left, right, pairs = registers
    run.ingest(left, right, pd.concat([pairs.assign(label=1), pairs.head(1).assign(label=0)]))
    with pytest.raises(QualityError, match="pairs with contradicting labels, observed 1, allowed at most 0"):
        run.validate()


def test_a_stopped_batch_removes_the_snapshot_of_an_earlier_batch(run: Run, registers: Registers) -> None:
    left, right, pairs = registers
    run.ingest(left, right, pairs)
    run.validate()
    run.ingest(left, right, pairs.head(3))
    with pytest.raises(QualityError, match="matching pairs, observed 3, allowed at least 100"):
        run.validate()
    assert not run.validated.exists()


def test_planted_values_appear_in_no_report_log_or_error(
    run: Run, registers: Registers, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    left, right, pairs = registers
    for column in set(left.columns) - {"rec_id"}:
        left.loc[:40, column] = f"{CANARY} {column}"
    left.loc[3, "rec_id"] = f"{CANARY}-id"
    run.ingest(left, right, pd.concat([pairs, pairs.head(40).assign(right_id=f"{CANARY}-other")]))
    with pytest.raises(QualityError) as caught:
        run.validate()
    printed = capfd.readouterr()
    files = [run.report, run.report.with_suffix(".json"), run.snapshot]
    for text in (str(caught.value), caplog.text, printed.out, printed.err, *(file.read_text() for file in files)):
        assert CANARY not in text.lower()


def test_validating_the_same_snapshot_again_writes_no_new_version(run: Run, registers: Registers) -> None:
    left, right, pairs = registers
    left.loc[0, "postcode"] = "x"
    run.ingest(left, right, pairs)
    run.validate()
    first, page = Snapshot.read(run.validated), run.report.read_text()
    run.validate()
    assert Snapshot.read(run.validated) == first
    assert {table.version for table in first.tables.values()} == {0}
    assert run.report.read_text() == page


def test_a_run_that_was_killed_between_tables_is_completed_by_the_next_run(
    run: Run, registers: Registers, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.ingest(*registers)

    def killed_before_pairs(uri: str, frame: pd.DataFrame, digest: str) -> TableVersion:
        if uri.endswith("pairs_clean"):
            raise KeyboardInterrupt
        return write_table(uri, frame, digest)

    with monkeypatch.context() as patch:
        patch.setattr(step, "write_table", killed_before_pairs)
        with pytest.raises(KeyboardInterrupt):
            run.validate()
    assert not run.validated.exists()

    run.validate()
    clean = Snapshot.read(run.validated)
    assert {name: table.version for name, table in clean.tables.items()} == {"records": 0, "pairs": 0, "quarantine": 0}
    assert len(clean.frame("pairs")) == 300


def test_validating_without_a_snapshot_is_an_error(run: Run) -> None:
    with pytest.raises(LakeError, match="There is no snapshot"):
        run.validate()


def test_dates_in_another_order_are_missing_and_beyond_the_limit_their_rows_are_quarantined(
    run: Run, registers: Registers
) -> None:
    left, right, pairs = registers
    month_first = left["date_of_birth"].str.replace(r"(\d{4})(\d\d)(\d\d)", r"\2/\3/\1", regex=True)
    few = left.assign(date_of_birth=left["date_of_birth"].where(left.index >= 10, "02/25/1980"))
    limit = run.spec.quality.fields["date_of_birth"].model_copy(update={"unreadable_share": 0.05})
    fields = {**run.spec.quality.fields, "date_of_birth": limit}
    quality = run.spec.quality.model_copy(update={"fields": fields})
    run.spec = run.spec.model_copy(update={"quality": quality})
    run.ingest(few, right, pairs)
    assert run.validate()["quarantined"] == {"records": 0, "pairs": 0}
    assert Snapshot.read(run.validated).frame("records")["date_of_birth"].isna().sum() >= 10
    run.ingest(left.assign(date_of_birth=month_first), right, pairs)
    with pytest.raises(QualityError, match="share of rows quarantined"):
        run.validate()
    report = json.loads(run.report.with_suffix(".json").read_text())
    (check,) = [check for check in report["checks"] if check["what"] == "must be readable as a date"]
    assert (check["source"], check["outcome"]) == ("left", "quarantined")
    assert check["failed_rows"] > 100


def test_dates_that_may_be_either_day_are_counted_as_unreadable_where_the_orders_are_mixed(
    run: Run, registers: Registers
) -> None:
    left, right, pairs = registers
    mixed = run.spec.fields["date_of_birth"].model_copy(update={"order": "mixed"})
    run.spec = run.spec.model_copy(update={"fields": {**run.spec.fields, "date_of_birth": mixed}})
    dates = {0: "03/04/1980", 1: "04/03/1980", 2: "25/12/1980", 3: "12/25/1980"}
    some = left.assign(date_of_birth=[dates.get(n, day) for n, day in enumerate(left["date_of_birth"])])
    run.ingest(some, right, pairs)
    run.validate()
    report = json.loads(run.report.with_suffix(".json").read_text())
    (check,) = [check for check in report["checks"] if check["what"] == "must be readable as a date"]
    assert (check["source"], check["failed_rows"]) == ("left", 2)
