"""The matching component: what it writes for the pipeline's page, and how it ends with tables that are refused."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kfp import dsl

from components.match import match
from matchwright.core.spec import MatchSpec, spec_yaml
from matchwright.errors import SettingsError

RECORDS = 220


@pytest.fixture
def call(persons_spec: MatchSpec, trained_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The component with everything but the tables. It writes to ``tmp_path / "out"``."""
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    (tmp_path / "out").mkdir()

    def run(**given: str) -> str:
        options = dict.fromkeys(("records_right", "target", "reasons", "join_from", "link_and_dedupe"), "")
        out = {name: str(tmp_path / "out" / name) for name in ("matches", "quality", "summary", "figures")}
        return match.python_func(
            **{**options, "restate_prior": "", "engine": "", "master": "", "connect": "", **given},
            spec=spec_yaml(persons_spec),
            environment="local",
            code_digest="c" * 64,
            bundle=dsl.Model(uri=str(trained_bundle)),
            matches=dsl.Artifact(uri=out["matches"]),
            quality=dsl.HTML(uri=out["quality"]),
            summary=dsl.Markdown(uri=out["summary"]),
            figures=dsl.Metrics(uri=out["figures"]),
        )

    return run


def write(path: Path, table: pd.DataFrame) -> str:
    table.to_csv(path, index=False)
    return str(path)


def test_figures_are_metrics_and_the_summary_names_the_tables(
    call: Any, febrl: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    left, right = (write(tmp_path / f"{n}.csv", table.head(RECORDS)) for n, table in enumerate(febrl))

    assert call(records=left, records_right=right, reasons="all") == ""

    figures = json.loads((tmp_path / "out" / "figures").read_text())
    assert set(figures) == {"records", "quarantined", "pairs", "matches", "entities", "reviews"}
    assert figures["records"] == 2 * RECORDS
    summary = (tmp_path / "out" / "summary.md").read_text()
    assert f"| entities | {figures['entities']} |" in summary
    assert f"in {tmp_path}/home/lake/persons/matches/latest" in summary
    assert "<html" in (tmp_path / "out" / "quality.html").read_text()
    options = json.loads((tmp_path / "out" / "matches" / "run.json").read_text())["options"]
    assert options["reasons"] == "all"


def test_refused_tables_are_a_result_so_that_a_cluster_keeps_the_report(
    call: Any, febrl: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    refusal = call(records=write(tmp_path / "few.csv", febrl[0].head(20)))

    assert refusal.startswith("The tables do not hold")
    assert refusal in (tmp_path / "out" / "summary.md").read_text()
    assert "<html" in (tmp_path / "out" / "quality.html").read_text()
    assert json.loads((tmp_path / "out" / "figures").read_text()) == {}


def test_options_are_read_from_text(call: Any, febrl: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path) -> None:
    table = write(tmp_path / "left.csv", febrl[0].head(RECORDS))
    with pytest.raises(SettingsError, match="join-from: Input should be a valid number"):
        call(records=table, join_from="high")
    with pytest.raises(SettingsError, match="link_and_dedupe: needs two tables"):
        call(records=table, link_and_dedupe="true")
    with pytest.raises(SettingsError, match="choose engine spark"):
        call(records=table, master="spark://host:7077")
