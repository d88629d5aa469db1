"""The demo, run as a user runs it, on FEBRL 4 with planted personal values."""

import json

import pytest
from fixtures.demo import CANARIES, QUARANTINED
from fixtures.shell import options
from fixtures.traces import files_holding

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def holding(demo):
    """For each planted value, the files of the home that hold it."""
    return files_holding(demo.home, [*CANARIES.values(), QUARANTINED])


def test_it_succeeds_and_says_what_to_do_next(demo):
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


def test_f1_is_at_least_99_percent_on_entities_never_seen(demo):
    evaluation = json.loads(demo.newest("artefacts/**/evaluation.json").read_text())
    assert evaluation["metrics"]["f1"]["value"] >= 0.99
    assert evaluation["metrics"]["pairs_completeness"]["value"] >= 0.99
    assert evaluation["true_pairs"] > 800


def test_the_normal_batch_is_ok_and_the_shifted_one_raises_an_alarm_about_the_lost_field(demo):
    verdicts = [
        json.loads(path.read_text()) for path in demo.home.glob("runs/*/artefacts/**/*.json") if "verdict" in path.name
    ]
    assert sorted(verdict["status"] for verdict in verdicts) == ["alarm", "ok"]
    alarm = next(verdict for verdict in verdicts if verdict["status"] == "alarm")
    assert "postcode" in json.dumps(alarm["findings"][0])


def test_no_planted_value_leaves_the_lake_and_the_feature_store(demo, holding):
    data = ("lake/", "features/")
    for column, value in CANARIES.items():
        assert any(path.startswith("lake/") for path in holding[value]), "the canary was not planted"
        # the record features that the steps pass on are the one dataset outside the stores
        stray = {p for p in holding[value] if not p.startswith(data) and not p.endswith("/records.parquet")}
        assert not stray, f"{column} is in {sorted(stray)}"
        assert value not in demo.printed.lower()


def test_a_direct_identifier_is_in_the_lake_alone(holding):
    assert {path.partition("/")[0] for path in holding[CANARIES["soc_sec_id"]]} == {"lake"}


def test_the_report_counts_a_quarantined_row_and_its_value_stays_in_the_lake(demo, holding):
    report = json.loads(demo.newest("artefacts/**/report.json").read_text())
    quarantining = [check for check in report["checks"] if check["table"] == "records" and check["quarantines"]]
    assert {check["field"]: check["failed_rows"] for check in quarantining if check["failed_rows"]} == {"postcode": 1}
    assert report["tables"]["records"]["quarantined"] == 1
    assert {path.partition("/")[0] for path in holding[QUARANTINED]} == {"lake"}


def test_the_ledger_holds_approval_and_release(demo):
    told = demo.user.runs("history")
    for word in ("approved", "released", "demo-reviewer", "demo-engineer"):
        assert word in told


def test_training_again_without_changes_keeps_every_step_of_the_earlier_run(demo):
    demo.user.runs("pipeline", "run", "train", *options(demo.tables))
    record = json.loads(demo.newest("run.json").read_text())
    # a champion serves now, so the model is evaluated again; earlier steps are kept
    # this same training produced the champion, so there is nothing to compare it with
    kept = {s["name"] for s in record["steps"] if s["status"] == "cached"}
    assert kept >= {"ingest", "features", "train", "calibrate", "evaluate", "explain"}
    assert record["steps"][-1]["outputs"]["Output"] == "persons/1"
    assert record["status"] == "succeeded"


def test_a_rollback_without_a_release_before_is_refused_with_a_reason(demo):
    refused = demo.user.enters("matchwright", "rollback", "persons", "--note", "try")
    assert refused.returncode == 1
    assert "Hint:" in refused.stderr
