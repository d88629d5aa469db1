"""The demo, started like a user starts it. The data is FEBRL 4 with planted personal values."""

import json

import pytest
from fixtures.demo import CANARIES, QUARANTINED
from fixtures.shell import options
from fixtures.traces import files_holding

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def holding(demo):
    """For each planted value, the files of the home that contain it."""
    return files_holding(demo.home, [*CANARIES.values(), QUARANTINED])


def test_the_demo_succeeds_and_names_the_next_commands(demo):
    assert demo.code == 0, demo.printed
    for line in (
        "F1, end to end",
        "Three decisions and their reasons",
        "ALARM",
        "[alarm] postcode",
        "matchwright up",
        "matchwright history",
    ):
        assert line in demo.printed


def test_f1_is_at_least_99_percent_on_the_test_entities(demo):
    evaluation = json.loads(demo.newest("artefacts/**/evaluation.json").read_text())
    assert evaluation["metrics"]["f1"]["value"] >= 0.99
    assert evaluation["metrics"]["pairs_completeness"]["value"] >= 0.99
    assert evaluation["true_pairs"] > 800


def test_the_whole_tables_are_matched(demo):
    summary = json.loads(demo.newest("artefacts/**/matches/summary.json").read_text())
    assert summary["records"] == {"left": 4_999, "right": 5_000}
    assert summary["funnel"]["bands"]["match"] > 4_800
    assert f"9,999 records are {summary['clusters']['entities']:,} entities" in demo.printed


def test_the_normal_batch_is_ok_and_the_shifted_batch_raises_an_alarm_about_the_lost_field(demo):
    verdicts = [
        json.loads(path.read_text()) for path in demo.home.glob("runs/*/artefacts/**/*.json") if "verdict" in path.name
    ]
    assert sorted(verdict["status"] for verdict in verdicts) == ["alarm", "ok"]
    alarm = next(verdict for verdict in verdicts if verdict["status"] == "alarm")
    assert "postcode" in json.dumps(alarm["findings"][0])


def test_planted_values_are_only_in_the_lake_and_the_feature_store(demo, holding):
    data = ("lake/", "features/")
    for column, value in CANARIES.items():
        assert any(path.startswith("lake/") for path in holding[value]), "the canary was not planted"
        # The steps also pass the record features to each other. This is the only dataset outside the stores.
        stray = {p for p in holding[value] if not p.startswith(data) and not p.endswith("/records.parquet")}
        assert not stray, f"{column} is in {sorted(stray)}"
        assert value not in demo.printed.lower()


def test_a_direct_identifier_is_only_in_the_lake(holding):
    assert {path.partition("/")[0] for path in holding[CANARIES["soc_sec_id"]]} == {"lake"}


def test_the_report_counts_a_quarantined_row_and_its_value_is_only_in_the_lake(demo, holding):
    report = json.loads(demo.newest("artefacts/**/report.json").read_text())
    quarantining = [check for check in report["checks"] if check["table"] == "records" and check["quarantines"]]
    assert {check["field"]: check["failed_rows"] for check in quarantining if check["failed_rows"]} == {"postcode": 1}
    assert report["tables"]["records"]["quarantined"] == 1
    assert {path.partition("/")[0] for path in holding[QUARANTINED]} == {"lake"}


def test_the_ledger_has_the_approval_and_the_release(demo):
    history = demo.user.run_matchwright("history")
    for word in ("approved", "released", "demo-reviewer", "demo-engineer"):
        assert word in history


def test_a_repeated_training_without_changes_reuses_the_steps_of_the_earlier_run(demo):
    demo.user.run_matchwright("pipeline", "run", "train", *options(demo.tables))
    record = json.loads(demo.newest("run.json").read_text())
    # There is a champion now, but it comes from the same training. So there is no other model to compare with.
    reused = {s["name"] for s in record["steps"] if s["status"] == "cached"}
    assert reused >= {"ingest", "features", "train", "calibrate", "evaluate", "explain"}
    assert record["steps"][-1]["outputs"]["Output"] == "persons/1"
    assert record["status"] == "succeeded"


def test_a_rollback_without_an_earlier_release_is_refused_with_a_hint(demo):
    refused = demo.user.execute("matchwright", "rollback", "persons", "--note", "try")
    assert refused.returncode == 1
    assert "Hint:" in refused.stderr
