"""The place of a result in the lake, and which folders of runs are removed."""

import fcntl
from pathlib import Path

import pytest

from matchwright.errors import SettingsError
from matchwright.operations.match_tables.published import lake_address, remove_earlier, without_tables
from matchwright.operations.match_tables.run_folder import LOCK


def test_a_target_has_its_place_below_the_spec() -> None:
    assert lake_address("s3://bucket/lake/", "persons", "leads-2") == "s3://bucket/lake/persons/matches/leads-2"


@pytest.mark.parametrize("target", ["", ".", "a/b", "A", "-a", "x" * 64, "a b"])
def test_a_target_that_is_no_plain_name_is_refused(target: str) -> None:
    with pytest.raises(SettingsError, match="target: is no plain name"):
        lake_address("lake", "persons", target)


def test_earlier_runs_are_removed_but_for_one_that_is_worked_on(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("now", "earlier", "worked-on")}
    for folder in folders.values():
        (folder / "pairs").mkdir(parents=True)
    with (folders["worked-on"] / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remove_earlier(folders["now"])
    assert {path.name for path in tmp_path.iterdir()} == {"now", "worked-on"}


def test_the_copy_of_a_run_has_its_files_and_no_table(tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "pairs").mkdir(parents=True)
    for name in ("summary.json", "quality.html", LOCK):
        (run / name).write_text("x")
    without_tables(run, tmp_path / "copy")
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {"summary.json", "quality.html"}
