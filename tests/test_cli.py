"""The command line: its help is quick. Its errors have a fact and a hint. It has exit codes."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).with_name("matchwright")


def matchwright(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **variables}
    return subprocess.run([COMMAND, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_help_lists_every_command() -> None:
    shown = matchwright("--help").stdout

    commands = {
        "demo",
        "spec",
        "label",
        "pipeline",
        "approve",
        "release",
        "rollback",
        "history",
        "up",
        "down",
        "status",
        "drift",
    }
    for command in commands:
        assert f" {command} " in shown


def test_help_imports_no_large_library() -> None:
    large = {"numpy", "pandas", "kfp", "mlflow", "feast", "torch", "evidently", "boto3", "sqlalchemy", "duckdb"}
    code = f"import sys, matchwright.cli; print(sorted({large} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_help_is_quick() -> None:
    def seconds_of_processor() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = seconds_of_processor()
    matchwright("--help")

    assert (
        seconds_of_processor() - before < 0.5
    )  # The wall time depends on other work of the machine, so the test measures processor time.


def test_the_version_is_printed() -> None:
    assert matchwright("--version").stdout.startswith("matchwright ")


@pytest.mark.parametrize("name", ["persons", "products"])
def test_a_good_spec_is_summarised(name: str) -> None:
    done = matchwright("spec", "check", f"specs/{name}.yaml")

    assert done.returncode == 0
    assert f"Good: {name} version 1" in done.stdout


def test_all_faults_of_a_spec_are_listed_at_once(tmp_path: Path) -> None:
    spec = yaml.safe_load((ROOT / "specs/persons.yaml").read_text())
    spec["colour"] = "red"
    spec["fields"]["surname"]["kind"] = "nam"
    del spec["costs"]
    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump(spec))

    done = matchwright("spec", "check", str(path))

    assert done.returncode == 1
    assert done.stderr.count("Hint:") >= 3
    for key in ("colour: unknown key", "fields.surname.kind:", "costs: is required"):
        assert key in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_environment_lists_the_known_ones() -> None:
    done = matchwright("pipeline", "compile", "--environment", "moon")

    assert done.returncode == 1
    assert "choose from dev, local, prod, staging" in done.stderr


def test_all_missing_input_files_are_listed_in_one_error() -> None:
    done = matchwright("pipeline", "run", "train", "--records", "no.csv", "--pairs", "nor.csv")

    assert done.returncode == 1
    assert "--records: no such file" in done.stderr
    assert "--pairs: no such file" in done.stderr


def test_an_unknown_pipeline_lists_the_known_ones() -> None:
    done = matchwright("pipeline", "run", "fly")

    assert done.returncode == 1
    assert "choose from train, release, match, monitor" in done.stderr


def test_compile_writes_every_pipeline(tmp_path: Path) -> None:
    done = matchwright("pipeline", "compile", "--environment", "prod", "--out", str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "match.yaml",
        "monitor.yaml",
        "release.yaml",
        "train.yaml",
    ]


def test_the_error_for_a_refused_batch_has_the_text_of_the_quality_error_and_its_report(tmp_path: Path) -> None:
    rows = "\n".join(f"a{number},given{number}" for number in range(300))
    (tmp_path / "records.csv").write_text(f"rec_id,given_name\n{rows}\n")

    spec = yaml.safe_load((ROOT / "specs/persons.yaml").read_text())
    spec["quality"]["min_rows"] = 1_000_000
    (tmp_path / "strict.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))

    done = matchwright(
        *("pipeline", "run", "train", "--spec", str(tmp_path / "strict.yaml")),
        MATCHWRIGHT_HOME=str(tmp_path / "home"),
    )

    assert done.returncode == 1
    assert "quality limits" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "failed  accept" in done.stdout
    (report,) = (tmp_path / "home").rglob("report.html")
    assert str(report) in done.stderr
    assert "<html" in report.read_text()


def test_a_spec_is_drafted_from_a_table_and_can_be_checked(tmp_path: Path) -> None:
    rows = "\n".join(f"{number},thing {number} of many parts,{number}.5" for number in range(60))
    (tmp_path / "offers.csv").write_text(f"id,title,price\n{rows}\n")
    draft = tmp_path / "drafts" / "offers.yaml"

    done = matchwright("spec", "infer", str(tmp_path / "offers.csv"), "--out", str(draft))

    assert done.returncode == 0, done.stderr
    assert "guessed" in draft.read_text()
    checked = matchwright("spec", "check", str(draft))
    assert "Good: offers version 1" in checked.stdout
    assert "match from a score of 0.8, no_match below 0.4" in checked.stdout

    again = matchwright("spec", "infer", str(tmp_path / "offers.csv"), "--out", str(draft))

    assert again.returncode == 1
    assert "exists already" in again.stderr


def test_drafting_shows_how_each_column_is_read_and_no_value(tmp_path: Path) -> None:
    rows = "\n".join(
        f"{number};thing {number} of many parts;1.{100 + number},50;{1 + number % 12}/{13 + number % 15}/1980;"
        + ("NULL" if number % 5 == 0 else f"acme {number}")
        for number in range(60)
    )
    (tmp_path / "offers.csv").write_text(f"id;title;price;released;maker\n{rows}\n")
    draft = tmp_path / "offers.yaml"

    done = matchwright("spec", "infer", str(tmp_path / "offers.csv"), "--out", str(draft))

    assert done.returncode == 0, done.stderr
    assert "Reads price so (forms, not values): 9.999,99 as 9999.9." in done.stdout
    assert "Reads released so (forms, not values): m/dd/yyyy as yyyy-mm-dd, mm/dd/yyyy as yyyy-mm-dd." in done.stdout
    assert 'Missing in maker: of 60 values "NULL" is 12.' in done.stdout
    assert "1.100,50" not in done.stdout
    checked = matchwright("spec", "check", str(draft))
    assert "number, comma" in checked.stdout
    assert "date, month first" in checked.stdout
