"""Evaluation on the test entities: figures, calibration, gates and the result of the gate step."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml

from matchwright.errors import TrainingError
from matchwright.operations.training_artifacts import Trained
from matchwright.steps.evaluate import evaluate
from matchwright.steps.gate import gate


def test_the_figures_on_the_test_entities_are_good(run):
    evaluation = json.loads((run[0].evaluation / "evaluation.json").read_text())
    assert evaluation["metrics"]["f1_at_half"]["value"] > 0.97
    assert evaluation["metrics"]["f1"]["lower"] <= evaluation["metrics"]["f1"]["value"]
    assert sum(band["pairs"] for band in evaluation["bands"]) == evaluation["test_pairs"]
    assert evaluation["ranking"]["hit_at_1"]["value"] > 0.95
    assert 0 < evaluation["ranking"]["queries"]["value"] <= evaluation["true_pairs"]
    assert evaluation["champion"] is None


def test_the_figures_before_and_after_calibration_are_of_pairs_that_were_not_used_for_it(run):
    trained = Trained.read(run[0].model, run[0].spec)
    calibration = json.loads((run[0].calibration / "calibration.json").read_text())
    evaluation = json.loads((run[0].evaluation / "evaluation.json").read_text())
    assert set(calibration["log_losses"]) >= {"none", "platt"}
    for part, figures in (("calibrate", calibration["held_out"]), ("test", evaluation["calibration"])):
        assert figures["after"]["log_loss"]["value"] < 0.1
        before = 1 / (1 + np.exp(-trained.scorer.log_odds(trained.part(part)[1])))
        assert figures["before"]["mid_range_pairs"] == ((before >= 0.2) & (before <= 0.8)).sum()
    chosen = [point for point in evaluation["operating_points"] if point["chosen"]]
    assert len(chosen) == 1
    assert chosen[0]["review_share"] == pytest.approx(evaluation["metrics"]["review_share"]["value"], abs=1e-6)
    assert chosen[0]["cost"] == pytest.approx(evaluation["metrics"]["cost_per_1000"]["value"], abs=1e-4)


def test_the_gate_table_has_the_margin_of_each_gate(run):
    gates = {row["name"]: row for row in json.loads((run[0].evaluation / "gates.json").read_text())["gates"]}
    assert gates["F1"]["margin"] == pytest.approx(gates["F1"]["value"] - 0.985, abs=1e-6)
    assert gates["golden pairs that must match"]["limit"] == 1.0
    assert gates["log loss"]["margin"] == pytest.approx(0.02 - gates["log loss"]["value"], abs=1e-6)
    kept = {
        name
        for name, row in gates.items()
        if (row["value"] >= row["limit"] if row["must_be"] == "at least" else row["value"] <= row["limit"])
    }
    judged = {name for name, row in gates.items() if not row["too_few"]}
    assert {name for name in judged if gates[name]["passed"]} == kept & judged
    assert all(gates[name]["result"] == "not shown" for name in gates.keys() - judged)


def test_the_output_of_the_gate_step_is_one_word(run, tmp_path):
    written = json.loads((run[0].evaluation / "gates.json").read_text())
    passed = [row | {"passed": True} for row in written["gates"]]
    for rows, word in (
        (passed, "pass"),
        ([*passed[:-1], passed[-1] | {"passed": False}], "fail"),
        ([], "fail"),
    ):
        (tmp_path / "gates.json").write_text(json.dumps(written | {"gates": rows}))
        assert gate(evaluation=tmp_path) == word


def test_a_test_split_without_a_true_pair_is_an_error(run, tmp_path, monkeypatch):
    made, _ = run
    pairs = pd.read_parquet(made.model / "pairs.parquet")
    copied = tmp_path / "model"
    copied.mkdir()
    for path in made.model.iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    pairs.loc[pairs["part"] == "test", "label"] = 0
    pairs.to_parquet(copied / "pairs.parquet", index=False)
    with pytest.raises(TrainingError, match="No candidate of the test split is a true pair"):
        evaluate(
            settings=made.settings,
            spec=made.spec,
            snapshot=made.work / "validated.json",
            features=made.features,
            model=copied,
            calibration=made.calibration,
            evaluation=tmp_path / "evaluation",
        )
    assert not (tmp_path / "evaluation" / "gates.json").exists()


def test_the_card_has_the_figures_of_the_evaluation(run):
    evaluation = json.loads((run[0].evaluation / "evaluation.json").read_text())
    card = (run[0].bundle / "card.md").read_text()
    assert f"{evaluation['metrics']['f1']['value']:.4f}" in card
    assert f"| mrr | {evaluation['ranking']['mrr']['value']:.4f} (" in card
    assert yaml.safe_load((run[0].bundle / "bands.json").read_text())["match_from"] >= 0.9


def test_without_many_records_per_entity_there_are_no_neighbours(run):
    """FEBRL 4 has two tables, and at most one match per record."""
    work = run[0].work
    assert json.loads((work / "model" / "train.json").read_text())["neighbours"] is None
    assert json.loads((work / "calibration" / "calibration.json").read_text())["neighbours"] is None
    assert json.loads((work / "evaluation" / "evaluation.json").read_text())["with_neighbours"] == {}
    assert not list(work.glob("*/neighbour*"))
    assert "neighbours" not in (work / "bundle" / "card.md").read_text()
