"""The output and the exit code of ``matchwright pipeline run``."""

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from matchwright.cli import app
from pipelines.local.record import RunRecord, StepRecord, now

SPEC = Path(__file__).parents[2] / "specs" / "persons.yaml"
GATES = [{"name": "precision", "value": 0.91, "must_be": "at least", "limit": 0.98, "passed": False}]


def finished(folder: Path, result: str) -> RunRecord:
    """The record of a training run with ``result`` as the output of its gate step."""
    (folder / "gates.json").write_text(json.dumps({"gates": GATES if result == "fail" else []}))
    steps = [
        StepRecord(name="evaluate", status="done", started=now(), artefacts={"evaluation": str(folder)}),
        StepRecord(name="gate", status="done", started=now(), outputs={"Output": result}),
        StepRecord(name="register", status="done", started=now(), outputs={"Output": "persons/3"}),
    ]
    about = {"pipeline": "train", "environment": "local", "code_digest": "", "arguments": {}}
    return RunRecord(run_id="run", started=now(), status="succeeded", steps=steps, **about)


@pytest.mark.parametrize(
    ("result", "code", "message"),
    [
        ("pass", 0, "as challenger: every gate passed"),
        ("fail", 4, "gate failed precision: 0.91, must be at least"),
    ],
)
def test_failed_gates_have_their_own_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, result: str, code: int, message: str
) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("pipelines.run.run_pipeline", lambda *_, **__: finished(tmp_path, result))

    done = CliRunner().invoke(app, ["pipeline", "run", "train", "--spec", str(SPEC)])

    assert done.exit_code == code
    assert "Registered persons version 3" in done.output
    assert message in done.output


def test_a_precision_that_could_not_be_measured_is_no_number_and_its_usual_cause_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = GATES[0] | {"name": "precision of match", "value": math.nan}
    monkeypatch.setitem(globals(), "GATES", [nothing])
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("pipelines.run.run_pipeline", lambda *_, **__: finished(tmp_path, "fail"))

    said = " ".join(CliRunner().invoke(app, ["pipeline", "run", "train", "--spec", str(SPEC)]).output.split())

    assert "gate failed precision of match: could not be measured, must be at least 0.98" in said
    assert "nan" not in said.split("gate failed")[1]
    assert "If the spec says labels: complete, every match that the pairs do not list counts as no match." in said


def test_a_matching_run_says_what_was_found_and_where_the_tables_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = {
        "records": {"left": 900, "right": 1100},
        "funnel": {"bands": {"match": 1234}},
        "clusters": {"entities": 766},
        "reviews": 12,
        "register_warning": "The register is larger.",
    }
    tables = {"pairs": {"version": 3, "uri": "s3://bucket/lake/persons/matches/latest/pairs"}}
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    (tmp_path / "tables.json").write_text(json.dumps({"tables": tables}))
    (tmp_path / "left.csv").write_text("rec_id\n1\n")
    given: dict[str, str] = {}

    def matched(pipeline: object, settings: object, arguments: dict[str, str], **_: object) -> RunRecord:
        given.update(arguments)
        step = StepRecord(name="match", status="done", started=now(), artefacts={"matches": str(tmp_path)})
        about = {"pipeline": "match", "environment": "local", "code_digest": "", "arguments": {}}
        return RunRecord(run_id="run", started=now(), status="succeeded", steps=[step], **about)

    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("pipelines.run.run_pipeline", matched)
    options = ["--records", str(tmp_path / "left.csv"), "--join-from", "0.9", "--restate-prior"]

    done = CliRunner().invoke(app, ["pipeline", "run", "match", "--spec", str(SPEC), *options])

    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "Matched 2,000 records: 1,234 matches 766 entities; 12 pairs for people" in said
    assert "pairs: version 3 of s3://bucket/lake/persons/matches/latest/pairs" in said
    assert "Warning: The register is larger." in said
    assert {name: given[name] for name in ("join_from", "restate_prior", "link_and_dedupe")} == {
        "join_from": "0.9",
        "restate_prior": "true",
        "link_and_dedupe": "",
    }


def test_the_exit_codes_are_in_the_help() -> None:
    shown = CliRunner().invoke(app, ["pipeline", "run", "--help"]).output
    assert "4: train registered a version" in " ".join(shown.split())


@pytest.mark.parametrize("command", ["run", "submit"])
def test_an_option_of_another_pipeline_is_refused_with_the_options_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))

    done = CliRunner().invoke(app, ["pipeline", command, "monitor", "--spec", str(SPEC), "--records", "left.csv"])

    assert done.exit_code == 1
    said = str(done.exception)
    assert "The pipeline 'monitor' does not take --records." in said
    assert "it takes --version, --since, --until, --labels" in said


@pytest.mark.parametrize("command", ["run", "submit"])
def test_without_tables_another_environment_than_local_is_refused_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Example data never becomes a model of a shared environment."""
    called: list[str] = []
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("pipelines.run.run_pipeline", lambda *_, **__: called.append("run"))
    monkeypatch.setattr("pipelines.submit.submit", lambda *_, **__: called.append("submit"))

    done = CliRunner().invoke(app, ["pipeline", command, "train", "--spec", str(SPEC), "--environment", "prod"])

    assert done.exit_code == 1
    assert "--records: is not given" in str(done.exception)
    assert called == []
    assert not (tmp_path / "home").exists()
