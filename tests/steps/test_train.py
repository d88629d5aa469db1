"""The results of the train step: parts, curves, challengers and a network."""

import json

import pytest
from fixtures.training_run import rerun_with_model, train_again

from matchwright.adapters.registry import version_info
from matchwright.adapters.registry.client import connected
from matchwright.core.bundle import load_bundle
from matchwright.core.records.frames import read_frame
from matchwright.operations.training_artifacts import Trained
from matchwright.secrets import VERIFY_KEY, secret


def test_the_pairs_of_a_record_are_in_one_part_and_training_sees_no_record_of_a_later_part(run):
    pairs = Trained.read(run[0].model, run[0].spec).pairs
    assert (pairs.groupby("left_key")["part"].nunique() == 1).all()
    assert set(pairs["part"]) == {"train", "validate", "calibrate", "test"}
    fitted = pairs["part"].isin(["train", "validate"])
    kept_away = set(pairs.loc[~fitted & (pairs["label"] == 1), ["left_key", "right_key"]].to_numpy().ravel())
    assert not kept_away & set(pairs.loc[fitted, ["left_key", "right_key"]].to_numpy().ravel())


def test_records_of_the_test_part_are_judged_with_candidates_from_the_whole_register(run):
    made = run[0]
    tested = Trained.read(made.model, made.spec).part("test")[0]
    proposed = read_frame(made.candidates / "candidates.parquet")
    everything = proposed[proposed["left_key"].isin(tested["left_key"])]
    assert len(tested) == len(everything)
    alone = set(tested.loc[tested["label"] == 1, "right_key"])
    assert set(tested["right_key"]) - alone, "records of other parts compete"


def test_the_summary_of_training_shows_curves_and_augmentation(run):
    summary = json.loads((run[0].model / "train.json").read_text())
    assert summary["validation_losses"][-1] < summary["validation_losses"][0]
    assert summary["augmented_pairs"] > 0
    assert summary["challengers"] == {}


def test_challengers_are_in_the_summary_and_on_the_card(run, tmp_path):
    made, _ = run
    with_ranker = {"challengers": ("ranker",)}
    spec = made.spec.model_copy(update={"model": made.spec.model.model_copy(update=with_ranker)})
    summary = train_again(made, spec, tmp_path)
    ranker = summary["challengers"]["ranker"]
    assert set(ranker["scorer"]) == {"mrr", "hit_at_1", "ndcg_at_10", "queries"}
    assert ranker["change"]["mrr"]["lower"] <= ranker["change"]["mrr"]["value"]
    with connected(made.settings) as client:
        metrics = client.get_run(summary["run_id"]).data.metrics
    assert metrics["challenger_ranker_mrr_change"] == pytest.approx(ranker["change"]["mrr"]["value"])


def test_a_network_can_be_trained_with_the_same_steps_as_trees(run, tmp_path):
    network = rerun_with_model(run[0], tmp_path, scorer="torch")
    evaluation = json.loads((network.evaluation / "evaluation.json").read_text())
    assert evaluation["metrics"]["f1_at_half"]["value"] > 0.95
    explanation = json.loads((network.explanation / "explanation.json").read_text())
    assert explanation["additivity_error"] < 1e-4
    registered = network.register("fail", network.bundle)  # the challenger of other tests stays
    bundle = load_bundle(network.bundle, secret(VERIFY_KEY))
    assert bundle.digest == registered["digest"]
    assert [path.name for path in network.bundle.glob("scorer.*")] == ["scorer.onnx"]
    info = version_info(network.settings, "persons", registered["version"])
    assert list(bundle.model.embeddings.fields) == ["given_name", "surname", "suburb"]
    training = json.loads((network.model / "train.json").read_text())
    assert training["embeddings"]["fields"] == ["given_name", "surname", "suburb"]
    with connected(network.settings) as client:
        values = client.get_run(info.run_id).data.params
    assert values["model.scorer"] == "torch"
    assert values["model.hidden_units"] == "(32, 16)"
    assert not {"model.trees", "model.depth", "model.min_child_weight"} & set(values)
