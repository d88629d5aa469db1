"""What training leaves: parts, curves, an encoder that earns its place or goes, challengers, a network."""

import json

import pandas as pd
import pytest
from fixtures.training_run import taught_by, train_again

from matchwright.adapters.registry import version_info
from matchwright.adapters.registry.client import connected
from matchwright.core.bundle import load_bundle
from matchwright.core.compare.names import ENCODER_COSINE
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.steps.card_training import training_facts
from matchwright.steps.trained import Trained


def test_no_record_stands_on_two_sides(run):
    trained = Trained.read(run[0].model, run[0].spec)
    sides = pd.concat(
        [
            trained.pairs[["left_key", "part"]].set_axis(["key", "part"], axis=1),
            trained.pairs[["right_key", "part"]].set_axis(["key", "part"], axis=1),
        ]
    )
    assert (sides.groupby("key")["part"].nunique() == 1).all()
    assert set(sides["part"]) == {"train", "validate", "calibrate", "test"}


def test_the_summary_of_training_shows_curves_and_augmentation(run):
    summary = json.loads((run[0].model / "train.json").read_text())
    assert summary["validation_losses"][-1] < summary["validation_losses"][0]
    assert summary["augmented_pairs"] > 0
    assert summary["encoder"]["device"] in ("cpu", "cuda")
    assert summary["challengers"] == {}


def test_an_encoder_that_does_not_help_is_dropped_and_its_entities_teach_the_scorer(run):
    made, registered = run
    summary = json.loads((made.model / "train.json").read_text())
    worth = summary["encoder"]
    trained = Trained.read(made.model, made.spec)
    assert worth["kept"] == (worth["log_loss_change"]["upper"] < 0 or worth["true_pairs_alone"]["lower"] > 0)
    assert not worth["kept"]  # these records are easy: the fields say it all
    assert trained.encoder is None
    assert ENCODER_COSINE not in trained.comparisons
    assert "encoder" not in summary["records_per_part"]
    assert not (made.bundle / "encoder.safetensors").exists()
    assert f"- encoder: {worth['reason']}" in (made.bundle / "card.md").read_text()
    assert version_info(made.settings, "persons", registered["version"]).tags["encoder"] == "dropped"


def test_an_encoder_that_sees_what_the_comparisons_do_not_is_kept(run, tmp_path):
    made, _ = run
    fields = {name: field.model_copy(update={"compare": name == "state"}) for name, field in made.spec.fields.items()}
    alone = {"identity": (), "multiplicity": "many_to_many"}  # no rivals to compare with either
    narrow = made.spec.model_copy(update={"fields": fields, **alone})
    summary = train_again(made, narrow, tmp_path)
    worth = summary["encoder"]
    assert worth["kept"]
    assert worth["log_loss_change"]["upper"] < 0
    trained = Trained.read(tmp_path, narrow)
    assert trained.encoder is not None
    assert ENCODER_COSINE in trained.scorer.names
    found = summary["candidates_with_encoder"]
    assert list(found["encoder_recall_at_k"]) == ["1", "2"]
    assert found["encoder_recall_at_k"]["2"] > 0.8
    assert found["pairs_completeness"] >= found["completeness_by_budget"][0]["pairs_completeness"] > 0.9
    assert found["budget"]["most_used"] <= found["budget"]["max_candidates_per_record"]
    assert "encoder" in {row["method"] for row in found["methods"]}
    assert "nearest 2" in training_facts(summary)["candidates"]


def test_challengers_stand_in_the_summary_and_on_the_card(run, tmp_path):
    made, _ = run
    asked = {"challengers": ("ranker",)}
    spec = made.spec.model_copy(update={"encoder": None, "model": made.spec.model.model_copy(update=asked)})
    summary = train_again(made, spec, tmp_path)
    ranker = summary["challengers"]["ranker"]
    assert set(ranker["scorer"]) == {"mrr", "hit_at_1", "ndcg_at_10", "queries"}
    assert ranker["change"]["mrr"]["lower"] <= ranker["change"]["mrr"]["value"]
    with connected(made.settings) as client:
        metrics = client.get_run(summary["run_id"]).data.metrics
    assert metrics["challenger_ranker_mrr_change"] == pytest.approx(ranker["change"]["mrr"]["value"])
    facts = training_facts(summary)
    assert facts["challenger ranker"].startswith(ranker["verdict"])


def test_a_network_goes_the_same_way_as_trees(run, tmp_path):
    network = taught_by(run[0], tmp_path, scorer="torch")
    evaluation = json.loads((network.evaluation / "evaluation.json").read_text())
    assert evaluation["metrics"]["f1_at_half"]["value"] > 0.95
    explanation = json.loads((network.explanation / "explanation.json").read_text())
    assert explanation["additivity_error"] < 1e-4
    assert explanation["ablation"]["first"]["lower"] > 0
    registered = network.register("fail", network.bundle)  # no rival of the version that other tests read
    bundle = load_bundle(network.bundle, secret(VERIFY_KEY))
    assert bundle.digest == registered["digest"]
    assert [path.name for path in network.bundle.glob("scorer.*")] == ["scorer.onnx"]
    info = version_info(network.settings, "persons", registered["version"])
    assert list(bundle.model.representations.fields) == ["given_name", "surname", "suburb"]
    training = json.loads((network.model / "train.json").read_text())
    assert training["representations"]["fields"] == ["given_name", "surname", "suburb"]
    assert "learned of given_name, surname, suburb" in bundle.card()
    with connected(network.settings) as client:
        values = client.get_run(info.run_id).data.params
    assert values["model.scorer"] == "torch"
    assert values["model.hidden_units"] == "(32, 16)"
    assert not {"model.trees", "model.depth", "model.min_child_weight"} & set(values)
