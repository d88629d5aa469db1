"""A scorer that reads embeddings decides and explains like any other scorer. Its bundle needs no PyTorch."""

import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fixtures.keys import SIGNING_KEY
from fixtures.products import write_products

from matchwright.core.bundle import BundleParts, golden_decisions, load_bundle, write_bundle
from matchwright.core.compare.names import constraints
from matchwright.core.decide.bands import Bands
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import Catalogue, EvidenceFigures, evidence, group_contributions
from matchwright.core.reasons.groups import groups_of
from matchwright.core.records import conform, normal_forms, record_features, record_key
from matchwright.core.records.corpus import Corpus
from matchwright.errors import BundleError
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.datasets.comparisons import UNRELATED, PairComparer
from matchwright.training.models.scorer import train_scorer

LEARNED = ["title__learned_cosine", "category__learned_cosine", "record__learned_cosine"]


@dataclass(frozen=True)
class World:
    """Row-aligned features of the held-out pairs, all labels, and the model that was trained on the other pairs."""

    left: pd.DataFrame
    right: pd.DataFrame
    labels: np.ndarray
    comparer: PairComparer
    model: DecisionModel


@pytest.fixture(scope="module")
def world(products_spec, tmp_path_factory) -> World:
    settings = products_spec.model.model_copy(update={"scorer": "torch"})
    spec = products_spec.model_copy(update={"model": settings})
    files = write_products(tmp_path_factory.mktemp("products"), products=220)
    tables = {side: pd.read_csv(files[name]) for side, name in (("left", "records"), ("right", "records_right"))}
    conformed = pd.concat([conform(table, spec, side) for side, table in tables.items()], ignore_index=True)
    corpus = Corpus.fit(normal_forms(conformed, spec), spec)
    by_key = record_features(conformed, spec, corpus).set_index("record_key", drop=False)
    pairs = pd.read_csv(files["pairs"]).sample(frac=1, random_state=1)
    left, right = (
        by_key.loc[[record_key(side, value) for value in pairs[f"{side}_id"]]].reset_index(drop=True)
        for side in ("left", "right")
    )
    labels = pairs["label"].to_numpy()
    train = np.arange(len(labels)) < len(labels) * 2 // 3
    comparer = PairComparer.fitted_on(left[train], right[train], labels[train], spec, corpus)
    compared = comparer.compare(left, right, np.where(train, np.cumsum(train) - 1, UNRELATED))
    scorer = train_scorer(compared[train], labels[train], compared[~train], labels[~train], settings).scorer
    log_odds = scorer.log_odds(compared[~train])
    calibrator = choose_calibrator(log_odds, labels[~train], np.arange(len(log_odds)), 1).calibrator
    model = DecisionModel(
        spec,
        corpus,
        scorer,
        calibrator,
        Bands(review_from=0.2, match_from=0.9),
        Catalogue.of(spec),
        EvidenceFigures.fit(compared[train], labels[train], spec),
        comparer.words,
        comparer.embeddings,
    )
    return World(left[~train].reset_index(drop=True), right[~train].reset_index(drop=True), labels, comparer, model)


@pytest.fixture(scope="module")
def bundle(world, tmp_path_factory) -> Path:
    compared = world.model.compare(world.left, world.right)
    parts = BundleParts(
        golden=golden_decisions(world.model),
        reference=compared.assign(score=world.model.score(compared)),
        card="# Offers\n",
        lineage={},
        code_digest="0" * 64,
        data_versions={},
        parent=None,
        feature_service="offers",
    )
    folder = tmp_path_factory.mktemp("bundles") / "embedded"
    write_bundle(world.model, parts, folder, SIGNING_KEY)
    return folder


def test_a_learned_cosine_may_only_raise_the_score_and_is_in_the_group_of_its_field(world):
    names = list(world.model.scorer.names)
    assert [name for name in names if name.endswith("learned_cosine")] == LEARNED
    assert [constraints([name]) for name in LEARNED] == [[1]] * 3
    groups = {group.name: [names[index] for index in group.columns] for group in groups_of(tuple(names))}
    assert [next(group for group, members in groups.items() if name in members) for name in LEARNED] == [
        "title",
        "category",
        "record",
    ]


def test_contributions_add_up_to_the_log_odds_and_no_reason_contradicts_its_evidence(world):
    compared = world.model.compare(world.left, world.right)
    contributions, base = world.model.scorer.contributions(compared)
    per_group = group_contributions(contributions, world.model.scorer.names)
    np.testing.assert_allclose(per_group.sum(axis=1) + base, world.model.scorer.log_odds(compared), atol=1e-4)
    levels = evidence(compared, world.model.spec)
    for row, reasons in enumerate(world.model.reasons(compared)):
        for reason in reasons:
            assert reason.evidence == levels[reason.field][row]
            assert not (reason.evidence == "AGREES" and reason.contribution < 0)
            assert not (reason.evidence == "DISAGREES" and reason.contribution > 0)


def test_a_missing_title_counts_as_missing_evidence(world):
    left = world.left.head(10).copy()
    left["title"] = None
    compared = world.model.compare(left, world.right.head(10))
    assert compared["title__learned_cosine"].isna().all()
    assert compared["record__learned_cosine"].notna().all()
    assert np.isfinite(world.model.score(compared)).all()


def test_a_decision_can_be_repeated_from_its_logged_comparisons(world):
    decisions = world.model.decide(world.left, world.right)
    logged = pd.DataFrame([decision.comparisons for decision in decisions], dtype=np.float32)
    assert world.model.decide_compared(logged) == decisions


def test_pairs_in_review_get_a_hint(world):
    careful = replace(world.model, bands=Bands(review_from=0.001, match_from=0.9999))
    compared = careful.compare(world.left, world.right)
    decisions = careful.decide_compared(compared)
    hints = [decision.hint for decision in decisions if decision.hint]
    assert hints
    assert {decision.band for decision in decisions if decision.hint} == {"review"}


def test_a_bundle_serves_embeddings_without_torch(world, bundle, verify_key):
    loaded = load_bundle(bundle, verify_key)
    left, right = world.left.head(20), world.right.head(20)
    assert loaded.model.decide(left, right) == world.model.decide(left, right)
    assert "embeddings.safetensors" in loaded.manifest.files
    code = (
        "import sys; from pathlib import Path; from matchwright.core.bundle import load_bundle\n"
        f"load_bundle(Path({str(bundle)!r}), bytes.fromhex({verify_key.hex()!r}))\n"
        "print([name for name in ('torch', 'onnx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_bundle_with_an_altered_or_absent_file_is_refused(bundle, verify_key, tmp_path):
    altered, absent = (Path(shutil.copytree(bundle, tmp_path / name)) for name in ("altered", "absent"))
    path = altered / "embeddings.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    with pytest.raises(BundleError, match=r"embeddings\.safetensors was altered"):
        load_bundle(altered, verify_key)
    (absent / "embeddings.safetensors").unlink()
    with pytest.raises(BundleError, match=r"embeddings\.safetensors is absent"):
        load_bundle(absent, verify_key)


def test_a_bundle_that_cannot_compute_the_comparisons_of_its_scorer_is_refused(world, verify_key, tmp_path):
    bare = replace(world.model, embeddings=None)
    parts = BundleParts([], pd.DataFrame({"score": [0.5]}), "# Offers\n", {}, "0" * 64, {}, None, "offers")
    write_bundle(bare, parts, tmp_path / "bundle", SIGNING_KEY)
    with pytest.raises(BundleError, match="comparisons that the bundle does not compute: category__learned_cosine"):
        load_bundle(tmp_path / "bundle", verify_key)


def test_augmented_pairs_are_compared_by_models_that_were_not_fitted_on_their_training_pair(world):
    """A pair related to a training pair gets the model that was fitted without its fold. Others get the final model."""
    count = len(world.left)
    own, other = (
        world.comparer.compare(world.left, world.right, np.full(count, row, dtype=np.intp)) for row in (0, UNRELATED)
    )
    plain = world.comparer.compare(world.left, world.right)
    pd.testing.assert_frame_equal(other, plain)
    assert (own[LEARNED[0]] != plain[LEARNED[0]]).any()
    unfitted = [name for name in plain if name not in [*LEARNED, "record__learned_words"]]
    pd.testing.assert_frame_equal(own[unfitted], plain[unfitted])


def test_embeddings_are_fitted_only_if_the_spec_or_a_network_needs_them(products_spec):
    model = products_spec.model
    assert (model.reads_embeddings, model.fits_embeddings) == (False, False)
    challenged = model.model_copy(update={"challengers": ("torch",)})
    assert (challenged.reads_embeddings, challenged.fits_embeddings) == (False, True)
    requested = model.model_copy(update={"embeddings": True})
    assert (requested.reads_embeddings, requested.fits_embeddings) == (True, True)
    refused = model.model_copy(update={"scorer": "torch", "embeddings": False})
    assert (refused.reads_embeddings, refused.fits_embeddings) == (False, False)
