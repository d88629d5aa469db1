"""``matchwright match FILE``: from nothing but a file to suggestions, labels and a measured precision."""

import shlex
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from matchwright.cli import app
from matchwright.errors import DataError, MatchwrightError
from matchwright.operations.synthetic_register import ID, RECORDS, TRUTH, make_register
from matchwright.synthesis import load_options


def run(words: "list[str]", typed: str = "") -> Result:
    return CliRunner().invoke(app, words, input=typed)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty current folder with a home of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def test_from_a_file_to_suggestions_and_on_to_labels_by_the_printed_command(folder):
    made = make_register(folder / "made", load_options("usual"), 400, 3).folder
    pd.read_parquet(made / RECORDS[False][0]).to_csv("my customers.csv", index=False)
    done = run(["match", "my customers.csv", "--workers", "1"])
    assert done.exit_code == 0, done.output
    assert "drafting a spec" in done.output
    assert "No match is certain yet." in done.output
    assert "likely to be right" in done.output
    assert "would replace it by a measurement" in done.output
    assert (folder / "matches" / "start" / "spec.yaml").is_file()

    command = shlex.split(done.output.splitlines()[-1].partition("Next: ")[2])
    assert command[:2] == ["matchwright", "label"]
    asked = run([*command[1:], "--csv-out", "questions.csv"])
    assert asked.exit_code == 0, asked.output
    questions = pd.read_csv("questions.csv", dtype=str)
    assert len(questions) == 50
    person = pd.read_parquet(made / TRUTH).set_index(ID)["entity"]
    same = person.loc[questions["left_id"]].to_numpy() == person.loc[questions["right_id"]].to_numpy()
    questions.assign(label=same.astype(int)).to_csv("questions.csv", index=False)
    answered = run([*command[1:], "--csv-in", "questions.csv"])
    assert answered.exit_code == 0, answered.output
    assert f"{same.sum()} of the 50 drawn at random are right" in answered.output
    way_on = answered.output.splitlines()[-1]
    assert "pipeline run train --spec matches/start/spec.yaml --records 'my customers.csv' --pairs" in way_on

    again = run(["match", "my customers.csv", "--workers", "1"])
    assert "drafting a spec" not in again.output
    assert again.output.splitlines()[-1] == done.output.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.csv", "b.csv", "c.csv"], "one table or two"),
        (["a.csv", "--records", "a.csv"], "name the tables once"),
        (["a.csv", "--plan"], "a plan needs a model"),
        (["a.csv", "--bundle", "b", "--spec", "s", "--out", "o"], "a bundle has its own spec"),
        (["--records-right", "a.csv"], "name the table to match"),
    ],
)
def test_words_that_do_not_go_together(folder, words, says):
    done = run(["match", *words])
    assert done.exit_code == 2
    assert says in " ".join(done.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", ""), ("absent.csv", None), ("letter.docx", "PK\x03\x04"), ("one.csv", "id,name\n1,Testwell\n")],
)
def test_a_file_that_cannot_be_matched_is_an_error_with_a_hint_and_makes_no_folder(folder, name, content):
    if content is not None:
        Path(name).write_text(content)
    done = run(["match", name])
    assert isinstance(done.exception, DataError)
    assert isinstance(done.exception, MatchwrightError)
    assert "Hint:" in str(done.exception)
    assert not (folder / "matches").exists()


def test_another_file_gets_another_folder(folder):
    Path("matches").mkdir()
    Path("matches/mine.txt").write_text("mine")
    Path("names.csv").write_text("id,name\n" + "\n".join(f"{n},{chr(97 + n) * 9}" for n in range(20)))
    done = run(["match", "names.csv"])
    assert done.exit_code != 0
    assert "in matches-2" in done.output
    assert [path.name for path in Path("matches").iterdir()] == ["mine.txt"]
