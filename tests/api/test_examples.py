"""The examples in the docstrings and in the README run without changes."""

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest
from fixtures.models import REPOSITORY

import matchwright


def run_example(function: str) -> None:
    """Run the example in the docstring of a public function."""
    documented = getattr(matchwright, function)
    globs = vars(import_module(documented.__module__)).copy()
    found = doctest.DocTestFinder(recurse=False).find(documented, function, globs=globs)
    assert [test for test in found if test.examples]
    for test in found:
        failures: list[str] = []
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=failures.append)
        assert not failures, "".join(failures)


@pytest.fixture(autouse=True)
def _in_the_repository_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


@pytest.mark.parametrize("function", ["load_spec", "load_bundle", "decide", "match"])
def test_the_example_of_a_function_runs(function: str, released_home: Path) -> None:
    run_example(function)


@pytest.mark.slow
def test_the_example_of_train_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    run_example("train")


def test_the_python_example_of_the_readme_runs(released_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert block is not None
    exec(compile(block[1], "README.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "no_match" in shown
    assert "dates of birth" in shown
