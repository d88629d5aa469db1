"""Training from two tables without labels. A reviewer can read the version, but nobody can release it."""

import json

import pandas as pd
import pytest
from fixtures.keys import keys_of_the_suite
from fixtures.training import run_training_steps

from matchwright.adapters.registry import challenger, version_info
from matchwright.core.bundle import load_bundle
from matchwright.core.models.unsupervised import FellegiSunterScorer
from matchwright.errors import DataError
from matchwright.operations.train_unsupervised import expected_matches, most_matches
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import load_settings
from matchwright.steps.ingest import ingest


@pytest.fixture(scope="module")
def unsupervised(persons_spec, febrl, tmp_path_factory):
    """An unsupervised start on FEBRL 4: its settings, its folder and the registered version."""
    folder = tmp_path_factory.mktemp("cold")
    for name, table in zip(("left", "right"), febrl, strict=True):
        table.to_csv(folder / f"{name}.csv", index=False)
    files = {"records": str(folder / "left.csv"), "records_right": str(folder / "right.csv")}
    spec = persons_spec.model_copy(update={"labels": "none"})
    settings = load_settings("local", home=folder / "home", user="engineer")
    with keys_of_the_suite():
        yield settings, folder, run_training_steps(settings, spec, files, folder)


def test_pairs_that_would_match_go_to_review_with_a_reason(unsupervised):
    model = load_bundle(unsupervised[1] / "bundle", secret(VERIFY_KEY)).model
    assert isinstance(model.scorer, FellegiSunterScorer)
    reference = pd.read_parquet(unsupervised[1] / "bundle" / "reference.parquet")
    assert set(reference["band"]) == {"review", "no_match"}
    likely = reference.nlargest(3, "score")[list(model.scorer.names)]
    for decision in model.decide_compared(likely):
        assert decision.band == "review"
        assert decision.reasons[0].code == "UNSUPERVISED"
        assert decision.reasons[1].code.endswith("_AGREES")


@pytest.mark.parametrize(
    ("left", "right", "multiplicity", "most"),
    [(3, 5, "one_to_one", 3), (5, 3, "one_to_one", 3), (3, 5, "many_to_many", 5), (4, 0, "one_to_one", 4)],
)
def test_each_record_of_a_table_can_have_one_match(persons_spec, left, right, multiplicity, most):
    keys = [f"left:{n}" for n in range(left)] + [f"right:{n}" for n in range(right)]
    spec = persons_spec.model_copy(update={"multiplicity": multiplicity})
    assert most_matches(pd.DataFrame({"record_key": keys}), spec) == most


def test_a_sample_of_the_candidates_has_its_share_of_the_matches():
    assert expected_matches(most=100, fitted=50, proposed=200) == 25
    assert expected_matches(most=100, fitted=200, proposed=200) == 100
    assert expected_matches(most=1, fitted=1, proposed=0) == 2


def test_the_review_queue_contains_the_true_pairs(unsupervised):
    scored = pd.read_parquet(unsupervised[1] / "evaluation" / "scored.parquet")
    true = scored["left_key"].str.extract(r"(\d+)")[0] == scored["right_key"].str.extract(r"rec-(\d+)")[0]
    queued = scored["band"] == "review"
    assert (true & queued).sum() / true.sum() > 0.98
    assert (true & queued).sum() / queued.sum() > 0.8


def test_the_version_is_registered_but_is_never_a_challenger(unsupervised):
    settings, folder, registered = unsupervised
    tags = version_info(settings, "persons", registered["version"]).tags
    assert tags["gates"] == "failed"
    assert tags["gate.labelled_pairs_labels_none"].startswith("failed")
    assert challenger(settings, "persons") is None
    card = (folder / "bundle" / "card.md").read_text()
    assert "No pair is labelled." in card
    assert "## Figures on the test split" not in card


def test_behaviours_are_tested_except_that_a_golden_pair_must_match(unsupervised):
    """Without labels no pair may match. So golden pairs cannot match either."""
    evaluation = json.loads((unsupervised[1] / "evaluation" / "evaluation.json").read_text())
    tried = {one["name"]: one for one in evaluation["behaviours"]}
    assert len(tried) > 2
    assert "golden pairs that must not match" in tried
    assert "golden pairs that must match" not in tried
    assert all(one["total"] > 0 for one in tried.values())


def test_the_contributions_in_the_explanation_add_up(unsupervised):
    explanation = json.loads((unsupervised[1] / "explanation" / "explanation.json").read_text())
    assert explanation["additivity_error"] < 1e-9
    assert {path.name for path in (unsupervised[1] / "explanation" / "plots").iterdir()} >= {"waterfall_review.png"}


def test_labelled_pairs_are_refused_if_the_spec_uses_no_labels(unsupervised, persons_spec, tmp_path):
    settings, folder, _ = unsupervised
    pd.DataFrame({"left_id": ["rec-1-org"], "right_id": ["rec-1-dup-0"]}).to_csv(tmp_path / "pairs.csv")
    with pytest.raises(DataError, match="labels: partial"):
        ingest(
            settings=settings,
            spec=persons_spec.model_copy(update={"labels": "none"}),
            records=str(folder / "left.csv"),
            records_right=str(folder / "right.csv"),
            pairs=str(tmp_path / "pairs.csv"),
            snapshot=tmp_path / "snapshot.json",
        )
