"""The home of a command. The command finds it from the current folder."""

from pathlib import Path

import pytest

from matchwright.errors import SettingsError
from matchwright.home import find_home
from matchwright.settings import load_settings


@pytest.fixture(autouse=True)
def _no_home_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MATCHWRIGHT_HOME", raising=False)


def make_folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def test_the_nearest_home_in_a_folder_above_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_folder(tmp_path / ".matchwright")
    nearer = make_folder(tmp_path / "project" / ".matchwright")
    subfolder = make_folder(tmp_path / "project" / "notebooks" / "drafts")
    (tmp_path / "project" / "notebooks" / "pyproject.toml").touch()
    monkeypatch.chdir(subfolder)

    assert load_settings("local").home == nearer


@pytest.mark.parametrize("mark", ["pyproject.toml", ".git"])
def test_without_a_home_the_new_home_is_in_the_folder_of_the_project(tmp_path: Path, mark: str) -> None:
    subfolder = make_folder(tmp_path / "project" / "specs")
    (tmp_path / "project" / mark).touch()

    assert find_home(subfolder) == tmp_path / "project" / ".matchwright"


def test_without_a_project_the_new_home_is_in_the_current_folder(tmp_path: Path) -> None:
    assert find_home(tmp_path) == tmp_path / ".matchwright"


def test_the_path_in_matchwright_home_is_relative_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_folder(tmp_path / ".matchwright")
    subfolder = make_folder(tmp_path / "below")
    monkeypatch.chdir(subfolder)
    monkeypatch.setenv("MATCHWRIGHT_HOME", "state/home")

    assert load_settings("local").home == subfolder / "state" / "home"


@pytest.mark.parametrize(
    "name", ["proj #2", "what?", "a%20b", "[x]", "a]", "a*", "a|b", "a^b", "a\\b", "a\nb", "a\udcff"]
)
def test_a_path_that_the_lake_would_read_wrongly_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / name))

    with pytest.raises(SettingsError, match="home: the path holds"):
        load_settings("local")


@pytest.mark.parametrize("name", ["two words", "größe", "100%", "a+b", "(a), 'b' & c=d"])
def test_other_unusual_paths_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / name))

    assert load_settings("local").home == tmp_path / name


def test_without_a_folder_of_environments_only_the_local_environment_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MATCHWRIGHT_CONFIGS")

    assert load_settings("local").endpoint.target == "local"
    with pytest.raises(SettingsError, match="MATCHWRIGHT_CONFIGS"):
        load_settings("prod")


def test_another_folder_of_environments_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lab.yaml").write_text("home: /srv/lab\n")
    monkeypatch.setenv("MATCHWRIGHT_CONFIGS", str(tmp_path))

    assert load_settings("lab").home == Path("/srv/lab")
    with pytest.raises(SettingsError, match="choose from lab"):
        load_settings("moon")
