"""Commands that only read do not change any folder."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from matchwright.adapters.ledger import Entry, Ledger
from matchwright.cli import app
from matchwright.errors import HomeError, RegistryError
from matchwright.secrets import ensure_local_secrets
from matchwright.settings import load_settings

SPEC = Path(__file__).parents[2] / "specs" / "persons.yaml"
READING_COMMANDS = [["status"], ["history"], ["drift", "--spec", str(SPEC)]]


def tree(folder: Path) -> dict[str, int]:
    """All files and folders below a folder, each with the time of its last change."""
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*")}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is not in a project."""
    monkeypatch.delenv("MATCHWRIGHT_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", READING_COMMANDS, ids=lambda command: command[0])
def test_without_a_home_a_reading_command_fails_and_creates_no_home(outside: Path, command: list[str]) -> None:
    done = run(*command)

    assert done.exit_code == 1
    assert isinstance(done.exception, HomeError)
    assert str(outside / ".matchwright") in done.exception.fact
    assert "MATCHWRIGHT_HOME" in done.exception.hint
    assert tree(outside) == {}


@pytest.mark.parametrize("command", [["spec", "check", str(SPEC)]])
def test_a_spec_can_be_checked_in_any_folder(outside: Path, command: list[str]) -> None:
    assert run(*command).exit_code == 0
    assert tree(outside) == {}


def test_reading_a_new_home_from_a_subfolder_does_not_change_it(outside: Path) -> None:
    ensure_local_secrets(outside / ".matchwright")
    subfolder = outside / "notebooks"
    subfolder.mkdir()
    os.chdir(subfolder)
    before = tree(outside)

    status, history, drift = (run(*command) for command in READING_COMMANDS)

    assert "no bundle was released yet" in status.output
    assert "0 entries" in history.output
    assert isinstance(drift.exception, RegistryError)
    assert tree(outside) == before


def test_showing_a_ledger_does_not_change_it(outside: Path) -> None:
    ensure_local_secrets(outside / ".matchwright")
    Ledger(load_settings("local").ledger_url).append(
        Entry(action="approved", model="persons", version="1", digest="d" * 64, actor="Grace")
    )
    before = tree(outside / ".matchwright" / "ledger")

    assert "Grace" in run("history").output
    assert tree(outside / ".matchwright" / "ledger") == before
