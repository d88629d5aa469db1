"""A usable first version from 150 labelled pairs."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fixtures.keys import keys_of_the_suite
from fixtures.products import write_products
from fixtures.training import run_training_steps
from fixtures.training_run import new_run
from fixtures.two_name_register import two_name_register

from matchwright.core.bundle import load_bundle
from matchwright.core.bundle.golden import decide_values
from matchwright.core.records.frames import read_frame
from matchwright.errors import TrainingError
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import load_settings
from matchwright.training.register_evidence.learn import learn_register_evidence


def keep_few_pairs(files: dict[str, str], count: int, positives: int) -> None:
    """Keep only ``count`` labelled pairs in the table. ``positives`` of them match."""
    pairs = pd.read_csv(files["pairs"])
    true, other = (pairs[pairs["label"] == label].sample(frac=1, random_state=5) for label in (1, 0))
    pd.concat([true[:positives], other[: count - positives]]).to_csv(files["pairs"], index=False)


@pytest.fixture(scope="module")
def first(products_spec, tmp_path_factory):
    folder = tmp_path_factory.mktemp("few")
    files = write_products(folder, products=400)
    keep_few_pairs(files, 150, 50)
    settings = load_settings("local", home=folder / "home", user="engineer")
    spec = products_spec.model_copy(update={"model": products_spec.model.model_copy(update={"scorer": "torch"})})
    with keys_of_the_suite():
        yield folder, run_training_steps(settings, spec, files, folder)


def test_trees_learn_from_few_labels_even_if_the_spec_names_another_scorer(first):
    names = {path.name for path in (first[0] / "bundle").iterdir()}
    assert "scorer.ubj" in names
    assert "embeddings.safetensors" not in names


def test_the_version_finds_most_matches_and_makes_few_errors(first):
    metrics = json.loads((first[0] / "evaluation" / "evaluation.json").read_text())["metrics"]
    assert metrics["f1_at_half"]["value"] > 0.85
    assert metrics["log_loss"]["value"] < 0.35


def test_there_is_no_separate_part_for_early_stopping_or_calibration(first):
    summary = json.loads((first[0] / "model" / "train.json").read_text())
    assert set(summary["pairs_per_part"]) == {"train", "test"}
    calibration = json.loads((first[0] / "calibration" / "calibration.json").read_text())
    assert calibration["pairs"] == summary["pairs_per_part"]["train"]
    assert calibration["pairs_with_missing_fields"] > 0


def test_pairs_are_scored_with_and_without_their_competing_candidates(first):
    compared = pd.read_parquet(first[0] / "model" / "comparisons.parquet")
    assert compared["context__lead_left"].notna().mean() > 0.9
    held_out = pd.read_parquet(first[0] / "model" / "held_out.parquet")
    assert (held_out["made"] == "missing_fields").sum() >= (
        held_out["made"] == ""
    ).sum()  # each pair also without candidates


def test_the_gates_use_the_lower_bound_and_the_card_says_few_labels(first):
    evaluation = json.loads((first[0] / "evaluation" / "evaluation.json").read_text())
    gates = {gate["name"]: gate for gate in json.loads((first[0] / "evaluation" / "gates.json").read_text())["gates"]}
    assert gates["F1 (lower bound: few labels)"]["value"] == evaluation["metrics"]["f1"]["lower"]
    assert "## Few labels" in (first[0] / "bundle" / "card.md").read_text()


def test_calibration_uses_log_odds_of_trees_that_were_not_trained_on_the_pair(first):
    held_out = pd.read_parquet(first[0] / "model" / "held_out.parquet")
    summary = json.loads((first[0] / "model" / "train.json").read_text())
    signs = np.where(held_out["label"] == 1, 1, -1)
    held_out_loss = float(np.log1p(np.exp(-signs * held_out["log_odds"])).mean())
    assert held_out_loss > summary["train_losses"][-1]


def test_the_bundle_can_be_loaded_and_gives_reasons(first):
    model = load_bundle(first[0] / "bundle", secret(VERIFY_KEY)).model
    reference = pd.read_parquet(first[0] / "bundle" / "reference.parquet")
    decision = model.decide_compared(reference.nlargest(1, "score")[list(model.scorer.names)])[0]
    assert decision.reasons


@pytest.fixture(scope="module")
def persons(persons_spec, febrl, tmp_path_factory):
    """A version from 100 labelled pairs of persons, of which 40 match."""
    folder = tmp_path_factory.mktemp("few_persons")
    run = new_run(
        folder, persons_spec.model_copy(update={"labels": "partial", "quality": with_matches(persons_spec, 1)}), febrl
    )
    left, right = febrl
    same = left.merge(right, on="surname", suffixes=("", "_right"))[["rec_id", "rec_id_right"]]
    other = same[same["rec_id"].str.replace("-org", "-dup-0") != same["rec_id_right"]].sample(60, random_state=1)
    true = left["rec_id"].sample(40, random_state=1)
    pairs = pd.DataFrame({"left_id": true, "right_id": true.str.replace("-org", "-dup-0"), "label": 1})
    other = other.set_axis(["left_id", "right_id"], axis=1).assign(label=0)
    pd.concat([pairs, other]).to_csv(run.files["pairs"], index=False)
    with keys_of_the_suite():
        run.run_training_steps()
        yield run, load_bundle(run.bundle, secret(VERIFY_KEY)).model


def with_matches(spec, count):
    return spec.quality.model_copy(update={"labels": spec.quality.labels.model_copy(update={"min_positives": count})})


def test_few_labels_are_enough_for_register_evidence(persons):
    run, model = persons
    assert json.loads((run.model / "train.json").read_text())["register_evidence"] is True
    assert 500 < model.register.matches < 1_100
    assert "no register evidence" not in (run.bundle / "card.md").read_text()


@pytest.mark.parametrize(
    "values", [{"surname": "white"}, {"state": "nsw"}, {"postcode": "4350"}, {"surname": "white", "state": "nsw"}]
)
def test_strangers_that_agree_in_little_are_no_match_after_few_labels(persons, values):
    assert decide_values(persons[1], [values], [values])[0].score < 0.3


def test_register_evidence_makes_scores_of_pairs_alone_better_after_few_labels(persons):
    run, model = persons
    features = read_frame(run.features / "records.parquet").set_index("record_key", drop=False)
    left = [key for key in features.index if key.startswith("left:")]
    sides = features.loc[left], features.loc[[key.replace("left:", "right:").replace("-org", "-dup-0") for key in left]]
    sides = [side.reset_index(drop=True) for side in sides]
    losses = {}
    for name, one in (("with", model), ("without", replace(model, register=None))):
        true, strangers = (
            one.score(one.compare(sides[0], right)) for right in (sides[1], sides[1].iloc[::-1].reset_index(drop=True))
        )
        losses[name] = -np.log(true).mean() - np.log(1 - strangers).mean()
    assert losses["with"] < losses["without"]


def test_without_register_evidence_the_log_and_the_card_say_so(first, caplog):
    world = two_name_register(persons=40)
    everyone = pd.Series("train", index=world.frame["record_key"])
    labelled = world.matches.assign(label=1)
    assert learn_register_evidence(world.frame, labelled, everyone, None, None, world.spec, world.corpus) is None
    assert "no register evidence: it is learned with at least fifty known matches" in caplog.text
    run = first[0]
    trained = json.loads((run / "model" / "train.json").read_text())
    said = "There is no register evidence" in (run / "bundle" / "card.md").read_text()
    assert said is not trained["register_evidence"]


def test_too_few_pairs_of_a_class_are_an_error_with_a_hint(products_spec, tmp_path):
    files = write_products(tmp_path, products=200)
    keep_few_pairs(files, 100, 4)
    spec = products_spec.model_copy(update={"quality": with_matches(products_spec, 1)})
    with pytest.raises(TrainingError, match="matchwright label"):
        run_training_steps(load_settings("local", home=tmp_path / "home", user="engineer"), spec, files, tmp_path)
