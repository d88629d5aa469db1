"""Training on a register with more records than ``split.most_records``: the candidates of some entities are compared.

What they are compared with is the whole register.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fixtures.keys import keys_of_the_suite
from fixtures.register_run import RegisterRun
from fixtures.training import CODE

from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.frames import read_frame
from matchwright.core.records.rows import rows_of
from matchwright.operations.snapshot import Snapshot
from matchwright.operations.training_artifacts import Trained
from matchwright.steps.calibrate import calibrate
from matchwright.steps.evaluate import evaluate
from matchwright.steps.explain import explain
from matchwright.steps.register import register
from matchwright.steps.train import train
from matchwright.training.neighbours.scores import BY_NEIGHBOURS

MOST = 600
SIDES = ("left", "right")


def trained_on_most(run: RegisterRun, work: Path, most: int) -> RegisterRun:
    """The steps of training and their folders, with the features and the candidates of a run on the whole register."""
    spec = run.spec.model_copy(update={"split": run.spec.split.model_copy(update={"most_records": most})})
    for name in ("features", "candidates", "validated.json"):
        (work / name).symlink_to(run.work / name)
    inputs = {
        "settings": run.settings,
        "spec": spec,
        "snapshot": work / "validated.json",
        "features": work / "features",
    }
    train(**inputs, candidates=work / "candidates", model=work / "model", code_digest=CODE)
    calibrate(settings=run.settings, spec=spec, model=work / "model", calibration=work / "calibration")
    return replace(run, spec=spec, work=work)


@pytest.fixture(scope="module")
def sampled(register_run, tmp_path_factory):
    return trained_on_most(register_run, tmp_path_factory.mktemp("sampled"), MOST)


@pytest.fixture(scope="module")
def decider(sampled):
    trained = Trained.read(sampled.work / "model", sampled.spec)
    return trained.decision_model(sampled.spec, sampled.work / "features", sampled.work / "calibration")


@pytest.fixture(scope="module")
def candidates(sampled):
    return read_frame(sampled.work / "candidates" / "candidates.parquet")


@pytest.fixture(scope="module")
def pairs(sampled):
    return read_frame(sampled.work / "model" / "pairs.parquet")


def of_model(run: RegisterRun) -> dict[str, bytes]:
    """What is learned, by the name of the file."""
    files = ("model/scorer.ubj", "model/register_evidence.json", "model/pairs.parquet", "calibration/calibrator.json")
    neighbours = (run.work / "calibration/neighbours.json").read_bytes()
    return {name: (run.work / name).read_bytes() for name in files} | {"neighbours": neighbours}


def test_it_says_how_many_records_were_compared(sampled, register_run):
    found, whole = sampled.read("model/train.json"), register_run.read("model/train.json")
    assert found["records"] == whole["records"] == whole["records_compared"] == sum(whole["records_per_part"].values())
    assert 0.7 * MOST < found["records_compared"] < 1.3 * MOST
    assert sum(found["pairs_per_part"].values()) < 0.6 * sum(whole["pairs_per_part"].values())


def test_a_bound_that_no_register_reaches_changes_nothing(register_run, tmp_path):
    assert of_model(trained_on_most(register_run, tmp_path, 1_400)) == of_model(register_run)


def test_the_same_seed_gives_the_same_model(sampled, register_run, tmp_path):
    assert of_model(trained_on_most(register_run, tmp_path, MOST)) == of_model(sampled)


def test_entities_are_compared_as_a_whole(sampled, register_run, pairs):
    """The true pairs of a chosen entity are all there, as candidates or as missed ones."""
    missed = read_frame(sampled.work / "model" / "missed.parquet")
    found = pd.concat([pairs.loc[pairs["label"] == 1, PAIR_KEYS], missed[PAIR_KEYS]])
    chosen = pd.unique(found.to_numpy().ravel())
    labelled = Snapshot.read(sampled.work / "validated.json").frame("pairs")
    of_chosen = labelled["left_key"].isin(chosen) & labelled["right_key"].isin(chosen)
    either = labelled["left_key"].isin(chosen) | labelled["right_key"].isin(chosen)
    assert of_chosen.equals(either)
    assert len(found) == of_chosen.sum()


def test_the_compared_pairs_are_a_fair_share_of_the_whole_register(pairs, register_run):
    """So the share of matches, the prior of the calibration, is that of the whole register."""
    whole = read_frame(register_run.work / "model" / "pairs.parquet")
    keys = pd.MultiIndex.from_frame(whole[PAIR_KEYS])
    own = whole.set_index(keys).loc[pd.MultiIndex.from_frame(pairs[PAIR_KEYS])]
    assert (own[["label", "part"]].to_numpy() == pairs[["label", "part"]].to_numpy()).all()
    assert pairs["label"].mean() == pytest.approx(whole["label"].mean(), rel=0.15)


def test_candidates_compete_and_have_neighbours_in_the_whole_register(sampled, decider, candidates, pairs):
    frame = read_frame(sampled.work / "features" / "records.parquet")
    compared = decider.compare(*(rows_of(frame, candidates[key]) for key in PAIR_KEYS), known=SIDES, of_register=True)
    at = pd.MultiIndex.from_frame(candidates[PAIR_KEYS]).get_indexer(pd.MultiIndex.from_frame(pairs[PAIR_KEYS]))
    held_out = (pairs["part"] != "train").to_numpy()
    own = read_frame(sampled.work / "model" / "comparisons.parquet")
    of_register = compared.iloc[at[held_out]][list(own.columns)].to_numpy()
    np.testing.assert_allclose(own[held_out].to_numpy(), of_register, atol=2e-4)

    given = read_frame(sampled.work / "model" / "neighbour_pairs.parquet")
    blocked = given[given["proposed_by"] != BY_NEIGHBOURS]
    log_odds = pd.Series(decider.scorer.log_odds(compared), index=pd.MultiIndex.from_frame(candidates[PAIR_KEYS]))
    index = pd.MultiIndex.from_frame(blocked[PAIR_KEYS])
    np.testing.assert_allclose(log_odds.loc[index], blocked["log_odds"], atol=2e-4)
    # those that were left out are no match in any sense
    assert log_odds.drop(index).max() < -8 if len(blocked) < len(candidates) else True


def test_scores_mean_the_same_on_the_whole_register(sampled, decider, candidates, register_run):
    """Over all candidates outside training, the scores add up to the matches, as those of the whole training do."""
    frame = read_frame(sampled.work / "features" / "records.parquet")
    parts = read_frame(register_run.work / "model" / "pairs.parquet")
    tested = parts[parts["part"] == "test"]
    at = pd.MultiIndex.from_frame(candidates[PAIR_KEYS]).get_indexer(pd.MultiIndex.from_frame(tested[PAIR_KEYS]))
    compared = decider.compare(*(rows_of(frame, candidates[key]) for key in PAIR_KEYS), known=SIDES, of_register=True)
    scores = decider.score(compared.iloc[at].reset_index(drop=True))
    assert scores.sum() == pytest.approx(tested["label"].sum(), rel=0.1)
    evidence, whole = (
        json.loads((run.work / "model" / "register_evidence.json").read_text()) for run in (sampled, register_run)
    )
    for name in ("left_records", "right_records", "matches"):
        assert evidence[name] == whole[name]


def test_the_card_says_what_was_compared(sampled):
    inputs = {"settings": sampled.settings, "spec": sampled.spec, "features": sampled.work / "features"}
    parts = {"model": sampled.work / "model", "calibration": sampled.work / "calibration"}
    parts["evaluation"] = sampled.work / "evaluation"
    snapshot = {"snapshot": sampled.work / "validated.json"}
    with keys_of_the_suite():
        evaluate(**inputs, **snapshot, **parts)
        explain(**inputs, **parts, explanation=sampled.work / "explanation")
        register(
            **inputs,
            **snapshot,
            **parts,
            candidates=sampled.work / "candidates",
            explanation=sampled.work / "explanation",
            bundle=sampled.work / "bundle",
            gate="fail",
            code_digest=CODE,
        )
    card = (sampled.work / "bundle" / "card.md").read_text()
    counts = sampled.read("model/train.json")
    assert f"compared the candidates of {counts['records_compared']:,} of them (`split.most_records`)" in card
