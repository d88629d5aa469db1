"""Names, columns, paths and error texts of a user are printed as they are. Brackets in them are not markup."""

import ast
import sys
from io import StringIO
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from matchwright import cli
from matchwright.adapters.ledger import Entry, Ledger
from matchwright.errors import MatchwrightError
from matchwright.secrets import ensure_local_secrets
from matchwright.settings import load_settings
from matchwright.terminal import styled, terminal
from pipelines.local.progress import Progress
from pipelines.local.record import RunRecord, StepRecord, now

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "specs" / "persons.yaml"
ODD = ["[b]bold[/b]", "[/b]", "city [town]", "[red]", ":bug:", "\\[x]", "https://example.org/[1]"]


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")


def spec_with(folder: Path, text: str) -> Path:
    """The spec for persons, with ``text`` in its description, a source, a column and a label."""
    document = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    document["description"] = text
    document["sources"]["left"] = text
    document["fields"]["postcode"] |= {"column": text, "label": text}
    file = folder / "spec.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return file


@pytest.mark.parametrize("text", ODD)
def test_the_terminal_shows_a_text_as_it_is(text: str) -> None:
    printed = StringIO()
    console = terminal(file=printed, width=200)
    console.print(text)
    console.print(styled(("Wrote", "green"), f" {text}"))
    assert printed.getvalue() == f"{text}\nWrote {text}\n"


@pytest.mark.parametrize("text", ODD)
def test_the_check_of_a_spec_shows_its_columns_and_description(tmp_path: Path, text: str) -> None:
    done = CliRunner().invoke(cli.app, ["spec", "check", str(spec_with(tmp_path, text))], catch_exceptions=False)
    assert done.exit_code == 0
    assert f"\n  {text}\n" in done.output
    assert any(line.split()[:1] == ["postcode"] and f" {text} " in line for line in done.output.splitlines())


@pytest.mark.parametrize("text", ODD)
def test_an_error_shows_its_fact_and_its_hint(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.show(MatchwrightError(f"No column {text}.", f"name {text}"))
    assert capsys.readouterr().err == f"Error: No column {text}.\nHint: name {text}\n"


@pytest.mark.parametrize("words", [["spec", "check", "[/b].yaml"], ["pipeline", "run", "[/b]"], ["[/b]"]])
def test_a_wrong_argument_is_shown(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "argv", ["matchwright", *words])
    with pytest.raises(SystemExit):
        cli.main()
    assert "[/b]" in capsys.readouterr().err


def test_a_draft_names_its_file(tmp_path: Path) -> None:
    table = tmp_path / "left.csv"
    rows = [f"{number},name {number},town {number % 3},{1000 + number}" for number in range(40)]
    table.write_text("\n".join(["id,name,city [town],postcode [/b]", *rows]) + "\n", encoding="utf-8")
    out = tmp_path / "[x]" / "[b].yaml"
    done = CliRunner().invoke(cli.app, ["spec", "infer", str(table), "--out", str(out)], catch_exceptions=False)
    assert f"Drafted {out}. " in done.output.replace("\n", " ")
    checked = CliRunner().invoke(cli.app, ["spec", "check", str(out)], catch_exceptions=False)
    assert "city [town]" in checked.output
    assert "postcode [/b]" in checked.output


def test_the_history_shows_notes_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    ensure_local_secrets(tmp_path / "home")
    Ledger(load_settings().ledger_url).append(
        Entry(action="approved", model="persons", version="1", digest="ab" * 32, actor="[b]", note="[/b] :bug:")
    )
    shown = CliRunner().invoke(cli.app, ["history"], catch_exceptions=False).output
    assert " [b] " in shown
    assert "[/b] :bug:" in shown


def test_the_progress_of_a_run_shows_names() -> None:
    printed = terminal(file=StringIO(), width=200)
    progress = Progress(printed, {"[/b]": "[town]"})
    about = {"pipeline": "train", "environment": "[x]", "code_digest": "", "arguments": {}}
    progress.begin(RunRecord(run_id="1", spec_name="[b]", started=now(), **about))
    step = StepRecord(name="[/b]", started=now())
    progress.step_begins(step)
    progress.step_ends(step.model_copy(update={"status": "failed"}))
    assert [line.split() for line in printed.file.getvalue().splitlines()] == [  # type: ignore[attr-defined]
        ["train", "for", "[b]", "in", "[x],", "run", "1"],
        ["alarm", "[/b]", "0.0", "s", "[town]"],
    ]


def calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    """Every call of a module, with the last name of what is called."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [(ast.unparse(call.func).rpartition(".")[2], call) for call in found]


def test_no_module_prints_in_another_way() -> None:
    """Only the terminal reads no markup by itself. A panel and a spinner read markup in every text that is no Text."""
    files = [file for folder in ("matchwright", "pipelines", "components") for file in (ROOT / folder).rglob("*.py")]
    assert len(files) > 100
    wrong = []
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for name, call in calls(tree):
            texts = [*call.args, *(keyword.value for keyword in call.keywords)]
            own_console = name == "Console" and file.name != "terminal.py"
            formatted = name in ("Panel", "status", "update") and any(isinstance(text, ast.JoinedStr) for text in texts)
            if own_console or formatted or name == "from_markup":
                wrong.append(f"{file.relative_to(ROOT)}:{call.lineno} {name}")
        wrong += [
            f"{file.relative_to(ROOT)}:{node.lineno} markup"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "rich.markup"
        ]
    assert wrong == []
