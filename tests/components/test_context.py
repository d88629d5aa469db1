"""The shared context of all components. It reports errors without values to the process that started the step."""

import json
from pathlib import Path

import pytest

from components.context import ERROR_FILE, SHOW_VALUES, StepError, environment_context, reported, step_context
from matchwright.core.records.frames import read_frame
from matchwright.errors import QualityError, SettingsError, SpecError

SECRET = "Marianne Testwell"


@pytest.fixture
def error_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "error.json"
    monkeypatch.setenv(ERROR_FILE, str(path))
    return path


def test_a_step_gets_the_environment_and_the_spec() -> None:
    with step_context("local", Path("specs/persons.yaml").read_text()) as at:
        assert at.settings.environment == "local"
        assert at.spec.name == "persons"


def test_an_error_of_matchwright_is_reported_unchanged(error_file: Path) -> None:
    with pytest.raises(QualityError), reported():
        raise QualityError("Too few rows.", "send more")

    report = json.loads(error_file.read_text())
    assert (report["type"], report["fact"], report["hint"]) == ("QualityError", "Too few rows.", "send more")


def test_an_unexpected_error_is_reported_with_type_and_line_but_without_a_value(
    error_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(StepError) as caught, reported():
        float(SECRET)

    assert "ValueError at test_context.py:" in caught.value.fact
    assert SHOW_VALUES in caught.value.hint
    assert caught.value.__suppress_context__
    assert SECRET not in str(caught.value) + error_file.read_text() + capsys.readouterr().err


def test_values_are_shown_if_the_environment_variable_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SHOW_VALUES, "1")

    with pytest.raises(ValueError, match=SECRET), reported():
        float(SECRET)


def test_a_bad_spec_and_an_unknown_environment_are_reported_too(error_file: Path) -> None:
    with pytest.raises(SpecError), step_context("local", "name: X"):
        pass
    assert json.loads(error_file.read_text())["type"] == "SpecError"

    with pytest.raises(SettingsError), environment_context("moon"):
        pass
    assert json.loads(error_file.read_text())["type"] == "SettingsError"


def test_an_unexpected_error_names_a_line_of_ours_and_not_of_a_library_inside_a_folder_of_our_name() -> None:
    library = compile("raise ValueError", "/somebody/matchwright/.venv/lib/pandas/frame.py", "exec")
    body = compile("exec(library)", "/somebody/ephemeral_component.py", "exec")
    with pytest.raises(StepError, match=r"at frame\.py:1"), reported():
        exec(body, {"library": library})  # no line is ours: the innermost is named
    with pytest.raises(StepError, match=r"at frames\.py:\d+"), reported():
        read_frame(RaisesInALibrary(library))


class RaisesInALibrary:
    """A path that fails inside a library when our code reads it."""

    def __init__(self, library: object) -> None:
        self.library = library

    def __str__(self) -> str:
        exec(self.library)
        return ""
