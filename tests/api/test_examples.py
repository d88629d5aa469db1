"""The examples of the docstrings and of the README run as they stand."""

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest
from fixtures.models import REPOSITORY

import matchwright


def run_example(verb: str) -> None:
    """Run the docstring's example of a verb in the repository's root."""
    documented = getattr(matchwright, verb)
    globs = vars(import_module(documented.__module__)).copy()
    found = doctest.DocTestFinder(recurse=False).find(documented, verb, globs=globs)
    assert [test for test in found if test.examples]
    for test in found:
        told: list[str] = []
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append)
        assert not told, "".join(told)


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


@pytest.mark.parametrize("verb", ["load_spec", "load_bundle", "decide"])
def test_the_example_of_a_verb_runs(verb: str, released_home: Path) -> None:
    run_example(verb)


@pytest.mark.slow
def test_the_example_of_train_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    run_example("train")


def test_the_python_of_the_readme_runs(released_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert block is not None
    exec(compile(block[1], "README.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "no_match" in shown
    assert "dates of birth" in shown
