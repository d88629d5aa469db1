"""The matching pipeline on this machine, with a registered version."""

from pathlib import Path

import pandas as pd
import pytest
from fixtures.releases import Stage
from typer.testing import CliRunner

from matchwright.adapters import registry
from matchwright.adapters.lake.delta import read_table
from matchwright.cli import app

SPEC = Path(__file__).parents[2] / "specs" / "persons.yaml"
RECORDS = 220


@pytest.mark.slow
def test_the_champion_matches_two_tables_into_the_lake(
    stage: Stage, febrl: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.set_alias(stage.settings, "persons", "champion", "1")
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(stage.settings.home))
    arguments = ["pipeline", "run", "match", "--spec", str(SPEC)]
    for option, table in zip(("--records", "--records-right"), febrl, strict=True):
        file = tmp_path / f"{option.strip('-')}.csv"
        table.head(RECORDS).to_csv(file, index=False)
        arguments += [option, str(file)]

    done = CliRunner().invoke(app, [*arguments, "--target", "demo"], catch_exceptions=False)

    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert f"Matched {2 * RECORDS:,} records" in said
    assert "persons/matches/demo/pairs" in said
    clusters = read_table(f"{stage.settings.lake_uri}/persons/matches/demo/clusters")
    assert len(clusters) == 2 * RECORDS
    assert f"{clusters['cluster_id'].nunique()} entities" in said

    few = tmp_path / "few.csv"
    febrl[0].head(20).to_csv(few, index=False)
    refused = CliRunner().invoke(app, ["pipeline", "run", "match", "--spec", str(SPEC), "--records", str(few)])
    assert refused.exit_code == 1
    assert "The tables do not hold" in str(refused.exception)
    assert "Failed in accept" in refused.output
