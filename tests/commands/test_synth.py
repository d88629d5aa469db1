"""``matchwright synth``: a register in a folder, and the command that comes next."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from matchwright.cli import app
from matchwright.errors import SynthesisError


def synth(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["synth", *map(str, arguments)])


def test_a_register_is_made_and_a_spec_can_be_drafted_from_it(tmp_path: Path) -> None:
    done = synth(tmp_path / "people", "--records", 2_000)
    assert done.exit_code == 0, done.output
    assert "2,000 records" in done.output
    hint = next(line for line in done.output.splitlines() if "Next: matchwright " in line)
    command = hint.partition("matchwright ")[2].split()
    assert command[-1] == "specs/people.yaml"
    drafted = CliRunner().invoke(app, [*command[:-1], str(tmp_path / "people.yaml")])
    assert drafted.exit_code == 0, drafted.output


def test_options_of_the_command_line_and_of_a_file_are_used(tmp_path: Path) -> None:
    rates = tmp_path / "rates.yaml"
    rates.write_text("missing: {surname: 1}\noverlap: 1\n")
    options = ("--records", 1_000, "--two-tables", "--records-per-entity", 2, "--seed", 9, "--options", rates)
    done = synth(tmp_path / "people", *options)
    assert done.exit_code == 0, done.output
    described = json.loads((tmp_path / "people" / "synthesis.json").read_text())
    assert (described["seed"], described["two_tables"], described["options"]["records_per_entity"]) == (9, True, 2.0)
    assert pd.read_parquet(tmp_path / "people" / "records_left.parquet")["surname"].isna().all()
    assert synth(tmp_path / "people", *options).exit_code == 1
    assert synth(tmp_path / "people", *options, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--options", "perfect"), "No options 'perfect'"), (("--records", 0), "greater than or equal to 1")],
)
def test_faulty_options_are_refused_and_nothing_is_written(tmp_path: Path, arguments: tuple, said: str) -> None:
    done = synth(tmp_path / "people", *arguments)
    assert done.exit_code != 0
    assert said in (done.exception.fact if isinstance(done.exception, SynthesisError) else done.output)
    assert list(tmp_path.iterdir()) == []
