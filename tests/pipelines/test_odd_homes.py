"""A pipeline runs in a home with an unusual path, and writes nowhere else."""

from pathlib import Path

import pytest
import tiny_pipeline

NAMES = ["a b größe 日本", "100% (a) 'q' \"r\"", "{x}<y>$~!`;&=d+e,f@g:h"]


@pytest.mark.parametrize("name", NAMES)
def test_a_run_succeeds_and_its_results_are_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("MATCHWRIGHT_HOME", raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    home = tmp_path / name / "home"

    assert tiny_pipeline.run(home, "hello").status == "succeeded"
    again = tiny_pipeline.run(home, "hello")

    assert {step.name: step.status for step in again.steps if step.name in ("write", "measure")} == {
        "write": "cached",
        "measure": "cached",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "here"])
    assert list((tmp_path / "here").iterdir()) == []
