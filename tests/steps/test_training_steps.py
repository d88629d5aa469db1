"""From ingest to a registered version: each step on real parts, on the first 800 entities of FEBRL 4."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml

from matchwright.adapters.registry import challenger, remove_alias, set_alias, version_info
from matchwright.adapters.registry.client import connected
from matchwright.core.bundle import load_bundle, verify_bundle
from matchwright.core.compare.names import ENCODER_COSINE
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.model import ConformalSpec, SearchSpec
from matchwright.errors import TrainingError
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings, load_settings
from matchwright.steps.calibrate import calibrate
from matchwright.steps.candidates import candidates
from matchwright.steps.card_calibration import guarantees
from matchwright.steps.card_training import training_facts, training_tags
from matchwright.steps.evaluate import evaluate
from matchwright.steps.explain import explain
from matchwright.steps.features import features
from matchwright.steps.gate import gate
from matchwright.steps.ingest import ingest
from matchwright.steps.register import register
from matchwright.steps.train import train
from matchwright.steps.trained import Trained
from matchwright.steps.validate import validate

CODE = "c0de" * 16


@dataclass(frozen=True)
class Run:
    """The folders that the steps wrote."""

    settings: Settings
    spec: MatchSpec
    work: Path
    files: dict[str, str]

    def __getattr__(self, name: str) -> Path:
        return self.work / name

    def carry_out(self) -> dict[str, str]:
        """All steps in order; returns what was registered."""
        shared = {"settings": self.settings, "spec": self.spec}
        snapshot = self.work / "validated.json"
        ingest(**shared, **self.files, snapshot=self.work / "snapshot.json")
        validate(**shared, snapshot=self.work / "snapshot.json", validated=snapshot, report=self.work / "quality.html")
        features(**shared, snapshot=snapshot, features=self.features)
        candidates(**shared, snapshot=snapshot, features=self.features, candidates=self.candidates)
        inputs = {"snapshot": snapshot, "features": self.features}
        train(**shared, **inputs, candidates=self.candidates, model=self.model, code_digest=CODE)
        calibrate(**shared, model=self.model, calibration=self.calibration)
        parts = {"model": self.model, "calibration": self.calibration}
        evaluate(**shared, **inputs, **parts, evaluation=self.evaluation)
        parts["evaluation"] = self.evaluation
        explain(**shared, features=self.features, **parts, explanation=self.explanation)
        return self.register(gate(evaluation=self.evaluation), self.work / "bundle")

    def register(self, verdict: str, bundle: Path) -> dict[str, str]:
        return register(
            settings=self.settings,
            spec=self.spec,
            snapshot=self.work / "validated.json",
            features=self.features,
            candidates=self.candidates,
            model=self.model,
            calibration=self.calibration,
            evaluation=self.evaluation,
            explanation=self.explanation,
            gate=verdict,
            code_digest=CODE,
            bundle=bundle,
        )


@pytest.fixture(scope="module")
def environment():
    """The keys of the suite for fixtures that outlive one test."""
    import base64

    from fixtures.models import SIGNING_KEY

    from matchwright.secrets import IDENTIFIER_KEY, verify_key_of
    from matchwright.secrets import SIGNING_KEY as SIGNING_NAME

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(IDENTIFIER_KEY, base64.b64encode(b"identifier-key-of-the-test-suite").decode())
        patch.setenv(SIGNING_NAME, base64.b64encode(SIGNING_KEY).decode())
        patch.setenv(VERIFY_KEY, verify_key_of(SIGNING_KEY))
        yield


def new_run(folder: Path, spec: MatchSpec, febrl: tuple[pd.DataFrame, pd.DataFrame]) -> Run:
    left, right = febrl
    (folder / "in").mkdir(parents=True)
    left.to_csv(folder / "in" / "left.csv", index=False)
    right.to_csv(folder / "in" / "right.csv", index=False)
    true = left["rec_id"].str.replace("-org", "-dup-0")
    pd.DataFrame({"left_id": left["rec_id"], "right_id": true}).to_csv(folder / "in" / "pairs.csv", index=False)
    names = {"records": "left", "records_right": "right", "pairs": "pairs"}
    files = {key: str(folder / "in" / f"{name}.csv") for key, name in names.items()}
    (folder / "work").mkdir()
    return Run(load_settings("local", home=folder / "home", user="engineer"), spec, folder / "work", files)


@pytest.fixture(scope="module")
def run(environment, persons_spec, febrl, tmp_path_factory) -> tuple[Run, dict[str, str]]:
    made = new_run(tmp_path_factory.mktemp("run"), persons_spec, febrl)
    return made, made.carry_out()


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
    assert summary["search"] is None
    assert summary["challengers"] == {}


def train_again(made: Run, spec: MatchSpec, model: Path) -> dict:
    """The train step alone, of another spec on the same features."""
    inputs = {"snapshot": made.work / "validated.json", "features": made.features, "candidates": made.candidates}
    return train(settings=made.settings, spec=spec, **inputs, model=model, code_digest=CODE)


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


def test_a_search_and_challengers_stand_in_the_summary_and_on_the_card(run, tmp_path):
    made, _ = run
    asked = {"search": SearchSpec(trials=2), "challengers": ("ranker",)}
    spec = made.spec.model_copy(update={"encoder": None, "model": made.spec.model.model_copy(update=asked)})
    summary = train_again(made, spec, tmp_path)
    assert len(summary["search"]["history"]) == 2
    ranker = summary["challengers"]["ranker"]
    assert set(ranker["scorer"]) == {"mrr", "hit_at_1", "ndcg_at_10", "queries"}
    assert ranker["change"]["mrr"]["lower"] <= ranker["change"]["mrr"]["value"]
    with connected(made.settings) as client:
        curve = client.get_metric_history(summary["run_id"], "search_log_loss")
        metrics = client.get_run(summary["run_id"]).data.metrics
    assert sorted(point.step for point in curve) == [0, 1]
    assert metrics["challenger_ranker_mrr_change"] == pytest.approx(ranker["change"]["mrr"]["value"])
    facts = training_facts(summary)
    assert facts["challenger ranker"].startswith(ranker["verdict"])
    assert summary["search"]["reason"] in facts["search for hyperparameters"]
    assert training_tags(summary) == {
        "hyperparameters": "found by search" if summary["search"]["used"] == "best" else "the spec's"
    }


def test_the_evaluation_is_good_on_entities_never_seen(run):
    evaluation = json.loads((run[0].evaluation / "evaluation.json").read_text())
    assert evaluation["metrics"]["f1_at_half"]["value"] > 0.97
    assert evaluation["metrics"]["f1"]["lower"] <= evaluation["metrics"]["f1"]["value"]
    assert sum(band["pairs"] for band in evaluation["bands"]) == evaluation["test_pairs"]
    assert evaluation["ranking"]["hit_at_1"]["value"] > 0.95
    assert 0 < evaluation["ranking"]["queries"]["value"] <= evaluation["true_pairs"]
    assert evaluation["champion"] is None


def test_calibration_is_shown_before_and_after_on_pairs_that_did_not_choose_it(run):
    calibration = json.loads((run[0].calibration / "calibration.json").read_text())
    evaluation = json.loads((run[0].evaluation / "evaluation.json").read_text())
    assert set(calibration["log_losses"]) >= {"none", "platt", "beta", "venn_abers"}
    assert calibration["conformal"] is None
    for figures in (calibration["held_out"], evaluation["calibration"]):
        assert figures["after"]["log_loss"]["value"] < 0.1
        assert figures["before"]["mid_range_pairs"] >= 0
    chosen = [point for point in evaluation["operating_points"] if point["chosen"]]
    assert len(chosen) == 1
    assert chosen[0]["review_share"] == pytest.approx(evaluation["metrics"]["review_share"]["value"], abs=1e-6)
    assert chosen[0]["cost"] == pytest.approx(evaluation["metrics"]["cost_per_1000"]["value"], abs=1e-4)


def test_a_conformal_guarantee_stands_in_words_in_the_summary_or_is_refused(run, tmp_path):
    made, _ = run
    for fewest, error in ((50, 0.05), (500, 0.05)):
        asked = made.spec.calibration.model_copy(update={"conformal": ConformalSpec(error=error, min_positives=fewest)})
        spec = made.spec.model_copy(update={"calibration": asked})
        if fewest == 500:
            with pytest.raises(TrainingError, match="need 500 calibration pairs of each class"):
                calibrate(settings=made.settings, spec=spec, model=made.model, calibration=tmp_path)
            continue
        summary = calibrate(settings=made.settings, spec=spec, model=made.model, calibration=tmp_path)
        assert "95 % have 'match' in their set" in summary["conformal"]["guarantee"]
    assert summary["match_from"] > summary["conformal"]["no_match_at_most"]
    assert summary["review_from"] <= summary["conformal"]["match_at_least"]
    said = guarantees(spec, summary, {"others decided match": {"value": 0.0, "lower": 0.0, "upper": 0.01}})
    assert any(text.startswith("Conformal: Of the pairs that match") for text in said)


def test_the_gate_table_says_by_how_much(run):
    gates = {row["name"]: row for row in json.loads((run[0].evaluation / "gates.json").read_text())["gates"]}
    assert gates["F1"]["margin"] == pytest.approx(gates["F1"]["value"] - 0.99, abs=1e-6)
    assert gates["golden pairs that must match"]["limit"] == 1.0
    assert all(row["passed"] == (row["margin"] >= 0) for row in gates.values())


def test_the_gate_is_one_bare_word(run, tmp_path):
    assert gate(evaluation=run[0].evaluation) in ("pass", "fail")
    for passed, word in (([True, True], "pass"), ([True, False], "fail"), ([], "fail")):
        (tmp_path / "gates.json").write_text(json.dumps({"gates": [{"passed": value} for value in passed]}))
        assert gate(evaluation=tmp_path) == word


def test_the_explanation_adds_up_and_has_a_plot_for_every_band_seen(run):
    explanation = json.loads((run[0].explanation / "explanation.json").read_text())
    assert explanation["additivity_error"] < 1e-3
    assert explanation["contradictions"]["given"] == 0
    assert explanation["changed_against_champion"] is None
    assert explanation["ablation"]["first"]["lower"] > 0
    plots = {path.name for path in (run[0].explanation / "plots").iterdir()}
    assert {"importance.png", "waterfall_match.png", "waterfall_no_match.png"} <= plots


def test_the_card_says_whether_reasons_can_be_relied_on(run):
    card = (run[0].bundle / "card.md").read_text()
    assert "## Explaining" in card
    assert "- reasons that contradict their evidence: 0 given" in card
    assert "without the evidence named first the score falls by" in card


def test_the_registered_bundle_loads_and_says_where_it_came_from(run):
    made, registered = run
    bundle = load_bundle(made.bundle, secret(VERIFY_KEY))
    assert bundle.digest == registered["digest"]
    assert bundle.manifest.code_digest == CODE
    assert set(bundle.manifest.data_versions) >= {"records", "pairs"}
    lineage = json.loads((made.bundle / "lineage.json").read_text())
    assert lineage["data"]["records"]["rows"] == 1600
    assert str(made.work) not in (made.bundle / "lineage.json").read_text()
    reference = bundle.reference()
    assert set(reference.dtypes.astype(str)) <= {"float32", "float64", "object", "int8", "int64"}


def test_the_version_carries_its_tags_and_card(run):
    made, registered = run
    info = version_info(made.settings, "persons", registered["version"])
    assert info.tags["approval"] == "pending"
    assert info.tags["trained_by"] == "engineer"
    assert info.tags["lake_version.records"] == "0"
    assert info.tags["bundle_digest"] == registered["digest"]
    assert info.tags["gate.f1"].startswith(("passed: 0.9", "failed: 0.9", "passed: 1.0"))
    card = (made.bundle / "card.md").read_text()
    for section in (
        "## Gates",
        "## Bands and costs",
        "## Calibration",
        "## Slices",
        "## Behaviours",
        "## How to approve",
    ):
        assert section in card


def test_registering_again_makes_no_second_version(run, tmp_path):
    made, registered = run
    verdict = gate(evaluation=made.evaluation)
    assert made.register(verdict, tmp_path / "again") == registered


def test_a_version_whose_gates_failed_is_recorded_but_never_challenger(run, tmp_path, monkeypatch):
    made, _ = run
    before = challenger(made.settings, "persons")
    card = made.spec.model_copy(update={"description": "Another description"})
    other = Run(made.settings, card, made.work, made.files)
    registered = other.register("fail", tmp_path / "failed")
    assert version_info(made.settings, "persons", registered["version"]).tags["gates"] == "failed"
    assert challenger(made.settings, "persons") == before


def taught_by(made: Run, folder: Path, **model) -> Run:
    """The steps from train to explain again, without an encoder and with other values of ``model``."""
    spec = made.spec.model_copy(update={"encoder": None, "model": made.spec.model.model_copy(update=model)})
    for name in ("features", "candidates", "validated.json"):
        (folder / name).symlink_to(made.work / name)
    again = Run(made.settings, spec, folder, made.files)
    train_again(again, spec, again.model)
    shared = {"settings": made.settings, "spec": spec, "model": again.model, "calibration": again.calibration}
    calibrate(**shared)
    judged = {"features": again.features, "evaluation": again.evaluation}
    evaluate(**shared, **judged, snapshot=folder / "validated.json")
    explain(**shared, **judged, explanation=again.explanation)
    return again


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


def test_reasons_are_set_against_the_champion_s(run, tmp_path):
    made, registered = run
    set_alias(made.settings, "persons", "champion", registered["version"])
    try:
        shared = {"settings": made.settings, "model": made.model, "calibration": made.calibration}
        judged = {"features": made.features, "evaluation": made.evaluation}
        same = explain(spec=made.spec, **shared, **judged, explanation=tmp_path / "same")
        stumps = taught_by(made, tmp_path, depth=1, trees=10)
    finally:
        remove_alias(made.settings, "persons", "champion")
    alike = same["changed_against_champion"]
    assert (alike["pairs"], alike["codes"], alike["first"]) == (same["pairs"], 0, 0)
    other = json.loads((stumps.explanation / "explanation.json").read_text())["changed_against_champion"]
    assert other["pairs"] > 0
    assert 0 < other["first"] <= 1
    assert 0 < other["codes"] <= 1


@pytest.mark.slow
def test_the_same_inputs_and_seed_give_the_same_bundle_elsewhere(run, persons_spec, febrl, tmp_path):
    again = new_run(tmp_path / "elsewhere", persons_spec, febrl)
    registered = again.carry_out()
    one, two = (verify_bundle(r.bundle, secret(VERIFY_KEY))[0].files for r in (run[0], again))
    assert {name for name in one if one[name] != two[name]} == set()
    assert registered["digest"] == run[1]["digest"]


def test_a_test_split_without_a_true_pair_is_an_error(run, tmp_path, monkeypatch):
    made, _ = run
    pairs = pd.read_parquet(made.model / "pairs.parquet")
    copied = tmp_path / "model"
    copied.mkdir()
    for path in made.model.iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    pairs.loc[pairs["part"] == "test", "label"] = 0
    pairs.to_parquet(copied / "pairs.parquet", index=False)
    with pytest.raises(TrainingError, match="no true pair"):
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


def test_the_card_s_figures_are_the_evaluation_s(run):
    evaluation = json.loads((run[0].evaluation / "evaluation.json").read_text())
    card = (run[0].bundle / "card.md").read_text()
    assert f"{evaluation['metrics']['f1']['value']:.4f}" in card
    assert f"| mrr | {evaluation['ranking']['mrr']['value']:.4f} (" in card
    assert yaml.safe_load((run[0].bundle / "bands.json").read_text())["match_from"] >= 0.9
