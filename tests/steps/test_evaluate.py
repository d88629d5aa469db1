"""Evaluation on the test entities: figures, calibration, gates and the result of the gate step."""

import json

import pandas as pd
import pytest
import yaml

from matchwright.errors import TrainingError
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
    calibration = json.loads((run[0].calibration / "calibration.json").read_text())
    evaluation = json.loads((run[0].evaluation / "evaluation.json").read_text())
    assert set(calibration["log_losses"]) >= {"none", "platt"}
    for figures in (calibration["held_out"], evaluation["calibration"]):
        assert figures["after"]["log_loss"]["value"] < 0.1
        assert figures["before"]["mid_range_pairs"] >= 0
    chosen = [point for point in evaluation["operating_points"] if point["chosen"]]
    assert len(chosen) == 1
    assert chosen[0]["review_share"] == pytest.approx(evaluation["metrics"]["review_share"]["value"], abs=1e-6)
    assert chosen[0]["cost"] == pytest.approx(evaluation["metrics"]["cost_per_1000"]["value"], abs=1e-4)


def test_the_gate_table_has_the_margin_of_each_gate(run):
    gates = {row["name"]: row for row in json.loads((run[0].evaluation / "gates.json").read_text())["gates"]}
    assert gates["F1"]["margin"] == pytest.approx(gates["F1"]["value"] - 0.99, abs=1e-6)
    assert gates["golden pairs that must match"]["limit"] == 1.0
    assert all(row["passed"] == (row["margin"] >= 0) for row in gates.values())


def test_the_output_of_the_gate_step_is_one_word(run, tmp_path):
    gates = json.loads((run[0].evaluation / "gates.json").read_text())["gates"]
    assert gate(evaluation=run[0].evaluation) == ("pass" if all(each["passed"] for each in gates) else "fail")
    for passed, word in (([True, True], "pass"), ([True, False], "fail"), ([], "fail")):
        (tmp_path / "gates.json").write_text(json.dumps({"gates": [{"passed": value} for value in passed]}))
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
