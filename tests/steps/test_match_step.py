"""The matching step: its tables in the lake, what it keeps, and what it does not do twice."""

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from deltalake import DeltaTable, write_deltalake

from matchwright.adapters.lake.delta import read_table
from matchwright.core.spec import MatchSpec
from matchwright.errors import BundleError, DataError, QualityError, SettingsError
from matchwright.operations.match_tables import match as matching
from matchwright.operations.match_tables import proposed
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.settings import Settings
from matchwright.steps.match import match

RECORDS = 240
TABLES = {"pairs", "clusters", "review", "quarantine"}
CANARY = "qzsurnamecanary"


@pytest.fixture
def files(febrl: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path) -> dict[str, str]:
    """Two tables. A row of the left one must be quarantined, and one has a value that can be looked for."""
    left, right = (table.head(RECORDS).copy() for table in febrl)
    left.loc[left.index[3], "postcode"] = "no postcode"
    left.loc[left.index[5], "surname"] = CANARY
    paths = {"records": tmp_path / "left.csv", "records_right": tmp_path / "right.csv"}
    left.to_csv(paths["records"], index=False)
    right.to_csv(paths["records_right"], index=False)
    return {name: str(path) for name, path in paths.items()}


@pytest.fixture
def step(settings: Settings, persons_spec: MatchSpec, trained_bundle: Path, tmp_path: Path) -> Any:
    """The step with everything but the tables."""

    def run(**given: Any) -> dict[str, Any]:
        shared = {"spec": persons_spec, "code_digest": "c" * 64, "bundle": trained_bundle}
        return match(**{"settings": settings, "matches": tmp_path / "matches", **shared, **given})

    return run


def versions(settings: Settings, target: str = "latest") -> dict[str, int]:
    folder = Path(settings.lake_uri, "persons", "matches", target)
    return {table.name: DeltaTable(str(table)).version() for table in folder.iterdir()}


def runs(settings: Settings, target: str = "latest") -> set[str]:
    return {path.name for path in settings.path("matches", "persons", target).iterdir()}


@pytest.fixture
def matched_once(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that tables were really matched in, and not only read from."""
    found: list[Path] = []
    real = matching._matched

    def counted(run: Any, *rest: Any) -> dict[str, Any]:
        found.append(run.folder)
        return real(run, *rest)

    monkeypatch.setattr(matching, "_matched", counted)
    return found


def test_the_tables_are_in_the_lake_and_the_figures_are_the_result(
    step: Any, files: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    done = step(**files)

    assert versions(settings) == dict.fromkeys(TABLES, 0)
    address = f"{settings.lake_uri}/persons/matches/latest"
    assert done["address"] == address
    pairs, clusters, review, quarantine = (
        read_table(f"{address}/{name}") for name in ("pairs", "clusters", "review", "quarantine")
    )
    assert set(pairs["run"]) == set(clusters["run"]) == {done["run"]}
    assert set(pairs["bundle"]) == {done["bundle"]}
    assert done["records"] == len(clusters) == 2 * RECORDS - 1
    assert done["quarantined"] == len(quarantine) == 1
    assert done["matches"] == (pairs["band"] == "match").sum() > RECORDS * 0.9
    assert done["reviews"] == len(review)
    assert done["entities"] == clusters["cluster_id"].nunique()
    assert done["pairs"] > done["matches"]
    published = json.loads((tmp_path / "matches" / "tables.json").read_text())
    assert published["run"] == done["run"]
    assert {name: table["uri"] for name, table in published["tables"].items()} == {n: f"{address}/{n}" for n in TABLES}


def test_the_artefact_holds_no_record_and_the_run_s_folder_is_private(
    step: Any, files: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    step(**files)

    files_of_artefact = {path.name: path.read_bytes() for path in (tmp_path / "matches").iterdir()}
    assert files_of_artefact.keys() >= {"summary.json", "run.json", "tables.json", "quality.html", "quality.json"}
    assert not [name for name, content in files_of_artefact.items() if CANARY.encode() in content]
    kept = [path for path in settings.path("matches").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if CANARY.encode() in path.read_bytes() or b"no postcode" in path.read_bytes()]
    assert stat.S_IMODE(settings.path("matches", "persons", "latest").stat().st_mode) == 0o700


def test_the_same_tables_are_not_matched_again(
    step: Any, files: dict[str, str], settings: Settings, matched_once: list[Path], tmp_path: Path
) -> None:
    first = step(**files)
    again = step(**files, matches=tmp_path / "again")

    assert again == first
    assert len(matched_once) == 1
    assert versions(settings) == dict.fromkeys(TABLES, 0)
    assert {path.name for path in (tmp_path / "again").iterdir()} == {p.name for p in (tmp_path / "matches").iterdir()}


def test_other_content_under_the_same_name_is_matched(
    step: Any, files: dict[str, str], settings: Settings, matched_once: list[Path]
) -> None:
    first = step(**files)
    table = pd.read_csv(files["records"], dtype=str)
    table.tail(RECORDS - 10).to_csv(files["records"], index=False)
    second = step(**files)

    assert len(matched_once) == 2
    assert second["run"] != first["run"]
    assert second["records"] < first["records"]
    assert versions(settings)["pairs"] == 1
    assert runs(settings) == {f"{second['run']}-{'c' * 12}"}, "the folder of the earlier run is removed"


def test_the_lake_has_the_last_result_also_if_it_was_computed_before(
    step: Any, files: dict[str, str], settings: Settings
) -> None:
    """A result that is used again is written again where another run came between."""
    first = step(**files)
    address = f"{settings.lake_uri}/persons/matches/latest/pairs"
    write_deltalake(address, read_table(address).head(3), mode="overwrite")
    assert step(**files) == first
    assert len(read_table(address)) > 3


def test_a_lake_that_was_deleted_is_filled_again(
    step: Any, files: dict[str, str], settings: Settings, matched_once: list[Path]
) -> None:
    first = step(**files)
    shutil.rmtree(settings.lake_uri)

    assert step(**files) == first
    assert versions(settings) == dict.fromkeys(TABLES, 0)
    assert len(matched_once) == 2, "only the lake had the quarantine table"


def test_other_code_does_not_use_an_earlier_result(step: Any, files: dict[str, str], matched_once: list[Path]) -> None:
    step(**files)
    step(**files, code_digest="d" * 64)
    assert len(matched_once) == 2


def test_each_target_has_its_own_tables(step: Any, files: dict[str, str], settings: Settings) -> None:
    step(**files)
    alone = step(records=files["records"], target="left-alone")

    assert versions(settings) == versions(settings, "left-alone") == dict.fromkeys(TABLES, 0)
    assert alone["records"] == RECORDS - 1
    assert len(runs(settings)) == len(runs(settings, "left-alone")) == 1
    with pytest.raises(SettingsError, match="target: is no plain name"):
        step(**files, target="../persons")


def test_a_killed_run_goes_on_where_it_was(
    step: Any, files: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(matching, "clusters_of", killed)
        with pytest.raises(KeyboardInterrupt):
            step(**files)
    assert not Path(settings.lake_uri, "persons").exists()
    with monkeypatch.context() as patched:
        patched.setattr(proposed, "propose_pairs", killed)  # the candidates of the killed run are used
        done = step(**files)
    assert versions(settings) == dict.fromkeys(TABLES, 0)
    assert runs(settings) == {f"{done['run']}-{'c' * 12}"}


def test_tables_beyond_the_limits_of_the_spec_leave_their_report_and_quarantine(
    step: Any, files: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    table = pd.read_csv(files["records"], dtype=str)
    table.assign(postcode="no postcode").to_csv(files["records"], index=False)

    with pytest.raises(QualityError, match="do not hold") as refused:
        step(**files)

    hint = refused.value.hint
    assert f"read {tmp_path / 'matches' / 'quality.html'}" in hint
    assert f"version 0 of lake table {settings.lake_uri}/persons/matches/latest/quarantine" in hint
    assert str(settings.path("matches")) not in hint.replace(settings.lake_uri, "")
    assert {path.name for path in (tmp_path / "matches").iterdir()} == {"run.json", "quality.html", "quality.json"}
    assert versions(settings) == {"quarantine": 0}
    assert len(read_table(f"{settings.lake_uri}/persons/matches/latest/quarantine")) == RECORDS


def test_options_are_passed_on(step: Any, files: dict[str, str], settings: Settings) -> None:
    step(**files, options=MatchOptions(reasons="all"))
    assert (read_table(f"{settings.lake_uri}/persons/matches/latest/pairs")["codes"] != "").all()


def test_a_bundle_of_another_spec_and_absent_tables_are_refused(
    step: Any, files: dict[str, str], persons_spec: MatchSpec
) -> None:
    with pytest.raises(BundleError, match="was made with spec 'persons', not 'clients'"):
        step(**files, spec=persons_spec.model_copy(update={"name": "clients"}))
    with pytest.raises(DataError, match=r"absent\.csv: no such file"):
        step(records="absent.csv")


def test_delta_tables_in_an_object_store_are_matched_into_a_lake_there(
    step: Any, files: dict[str, str], settings: Settings, object_store: str, matched_once: list[Path]
) -> None:
    tables = {name: f"{object_store}/tables/{name}" for name in files}
    for name, uri in tables.items():
        stale = pd.DataFrame({"rec_id": ["stale"]})
        write_deltalake(uri, stale)
        write_deltalake(uri, pd.read_csv(files[name], dtype=str), mode="overwrite", schema_mode="overwrite")
    in_store = settings.model_copy(update={"lake": settings.lake.model_copy(update={"uri": f"{object_store}/lake"})})

    done = step(**tables, settings=in_store)

    address = f"{object_store}/lake/persons/matches/latest"
    assert done["address"] == address
    assert len(read_table(f"{address}/clusters")) == done["records"] == 2 * RECORDS - 1
    assert step(**tables, settings=in_store) == done
    assert len(matched_once) == 1
    assert not os.path.exists(settings.path("lake", "persons"))
