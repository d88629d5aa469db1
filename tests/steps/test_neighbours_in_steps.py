"""Neighbours from training to the bundle and its card, on one table to deduplicate."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from matchwright.core.bundle import load_bundle
from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.models.neighbours import Neighbours, further_candidates, pair_evidence
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import columns_of
from matchwright.core.records.frames import read_frame
from matchwright.core.records.rows import rows_of
from matchwright.operations.training_artifacts import Trained

SIDES = ("left", "right")


@pytest.fixture(scope="module")
def decider(register_run):
    trained = Trained.read(register_run.work / "model", register_run.spec)
    return trained.decision_model(register_run.spec, register_run.work / "features", register_run.work / "calibration")


def test_neighbours_improve_every_figure_of_the_test_entities(register_run):
    evaluation = register_run.read("evaluation/evaluation.json")
    own, batch = evaluation["metrics"], evaluation["with_neighbours"]["metrics"]
    for figure in ("f1", "f1_at_half", "recall", "pairs_completeness"):
        assert batch[figure]["value"] > own[figure]["value"]
    assert batch["cost_per_1000"]["value"] < own["cost_per_1000"]["value"]
    losses = evaluation["with_neighbours"]["calibration"]
    assert losses["after"]["log_loss"]["value"] < losses["before"]["log_loss"]["value"]


def test_what_is_fitted_is_measured_on_other_entities_of_the_calibration_part(register_run):
    found = register_run.read("calibration/calibration.json")["neighbours"]
    assert found["log_loss_after"] < found["log_loss_before"]
    assert found["pairs"] > found["true_pairs"] > 50


def test_true_pairs_that_blocking_missed_are_found_through_neighbours(register_run):
    found = register_run.read("evaluation/evaluation.json")["with_neighbours"]
    assert 0 < found["further_true_pairs"] <= found["further_candidates"]
    counts = register_run.read("model/train.json")["neighbours"]
    assert counts["further_candidates"] >= found["further_candidates"]
    pairs = read_frame(register_run.work / "model" / "neighbour_pairs.parquet")
    assert not pairs.duplicated(PAIR_KEYS).any()
    assert (pairs["left_key"] < pairs["right_key"]).all()


def test_a_candidate_has_the_same_score_in_the_register_as_in_the_evaluation(register_run, decider):
    """What neighbours are fitted on is what batch use computes."""
    pairs = read_frame(register_run.work / "model" / "neighbour_pairs.parquet")
    frame = read_frame(register_run.work / "features" / "records.parquet")
    proposed = pairs[pairs["proposed_by"] != "neighbours"].reset_index(drop=True)
    compared = decider.compare(*(rows_of(frame, proposed[key]) for key in PAIR_KEYS), known=SIDES, of_register=True)
    np.testing.assert_allclose(decider.scorer.log_odds(compared), proposed["log_odds"], atol=2e-4)
    scored = read_frame(register_run.work / "evaluation" / "scored.parquet")
    scores = pd.Series(decider.score(compared), index=pd.MultiIndex.from_frame(proposed[PAIR_KEYS]))
    own = scores.loc[pd.MultiIndex.from_frame(scored[PAIR_KEYS])]
    np.testing.assert_allclose(own, scored["score"], atol=2e-5)


def test_batch_decisions_from_candidates_to_reasons_give_the_figures_of_the_evaluation(register_run, decider):
    """The steps that batch use takes, from the scorer's log-odds on."""
    frame = read_frame(register_run.work / "features" / "records.parquet")
    pairs = read_frame(register_run.work / "model" / "neighbour_pairs.parquet")
    blocked = pairs["proposed_by"] != "neighbours"
    one, other = (pairs.loc[blocked, key].to_numpy(object) for key in PAIR_KEYS)
    found = further_candidates(one, other, pairs.loc[blocked, "log_odds"].to_numpy())
    assert list(zip(*found, strict=True)) == list(pairs.loc[~blocked, PAIR_KEYS].itertuples(index=False, name=None))
    proposed = pairs.loc[blocked, PAIR_KEYS].reset_index(drop=True)
    compared = decider.compare(*(rows_of(frame, proposed[key]) for key in PAIR_KEYS), known=SIDES, of_register=True)
    alone = decider.compare(*(rows_of(frame, pd.Series(keys)) for keys in found), of_register=True)
    compared = pd.concat([compared, alone], ignore_index=True)
    left, right = (np.append(proposed[key].to_numpy(object), keys) for key, keys in zip(PAIR_KEYS, found, strict=True))
    sides = (columns_of(rows_of(frame, pd.Series(keys))) for keys in (left, right))
    evidence = pair_evidence(*sides, compared, decider.spec, decider.corpus)
    added = decider.neighbours.contributions(
        left, right, decider.score(compared), decider.score_without_limit(compared), evidence
    )
    tested = np.flatnonzero((pairs["part"] == "test").to_numpy())
    decided = decider.decide_compared(compared.iloc[tested].reset_index(drop=True), neighbours=added[tested])
    matched = np.array([decision.band == "match" for decision in decided])
    label = pairs["label"].to_numpy()[tested]
    figures = register_run.read("evaluation/evaluation.json")["with_neighbours"]["metrics"]
    assert label[matched].mean() == pytest.approx(figures["precision"]["value"], abs=1e-3)
    codes = {reason.code for decision in decided for reason in decision.reasons}
    assert {"NEIGHBOURS_AGREE", "NEIGHBOURS_DISAGREE"} <= codes


def test_the_bundle_has_what_was_fitted_and_decides_single_requests_without_it(register_run, decider, verify_key):
    bundle = load_bundle(register_run.work / "bundle", verify_key)
    assert bundle.model.neighbours == Neighbours.load(register_run.work / "calibration" / "neighbours.json")
    frame = read_frame(register_run.work / "features" / "records.parquet")
    sides = frame.head(50), frame.tail(50).reset_index(drop=True)
    without = replace(bundle.model, neighbours=None)
    assert bundle.model.decide(*sides) == without.decide(*sides)


def test_neighbours_settle_pairs_in_review(register_run, decider):
    scored = read_frame(register_run.work / "evaluation" / "scored.parquet")
    pairs = read_frame(register_run.work / "model" / "neighbour_pairs.parquet")
    odds = pd.Series(pairs["log_odds"].to_numpy(), index=pd.MultiIndex.from_frame(pairs[PAIR_KEYS]))
    scores = decider.calibrator.apply(odds.to_numpy())
    evidence = pairs[list(decider.neighbours.evidence)].to_numpy(dtype=np.float32)
    added = decider.neighbours.contributions(pairs["left_key"], pairs["right_key"], scores, scores, evidence)
    final = pd.Series(with_neighbours(scores, added), index=odds.index)
    truth = scored.set_index(PAIR_KEYS)
    unsure = truth[(truth["score"] > 0.2) & (truth["score"] < 0.8)]
    right = ((final.loc[unsure.index] >= 0.5) == (unsure["label"] == 1)).mean()
    assert right > ((unsure["score"] >= 0.5) == (unsure["label"] == 1)).mean() + 0.03


def test_the_card_says_that_the_figures_are_for_batch_alone(register_run):
    card = (register_run.work / "bundle" / "card.md").read_text()
    assert "| with neighbours (batch alone) |" in card
    assert re.search(r"\*With neighbours\* is for batch alone.*propose \d+ further candidates", card)
