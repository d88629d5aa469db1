"""A pair gets the same decision in evaluation and in use, if its candidate set is the same."""

import numpy as np
import pandas as pd

from matchwright.core.bundle import load_bundle
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.records import record_features
from matchwright.core.records.frames import read_frame
from matchwright.core.records.rows import rows_of
from matchwright.operations.champion import scored_by
from matchwright.operations.snapshot import Snapshot
from matchwright.operations.training_artifacts import SCORED, Trained
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.steps.evaluate import REFERENCE


def test_evaluated_and_decided_pairs_with_their_candidates_are_equal(run):
    made = run[0]
    model = load_bundle(made.bundle, secret(VERIFY_KEY)).model
    assert isinstance(model.scorer, TwoStageScorer)
    evaluated = read_frame(made.evaluation / SCORED)
    records = Snapshot.read(made.work / "validated.json").frame("records")
    competing = Trained.read(made.model, made.spec).competing
    decided = scored_by(model, records, evaluated, competing)
    np.testing.assert_array_equal(decided["score"], evaluated["score"])
    assert (decided["band"] == evaluated["band"]).all()


def test_evaluated_and_decided_pairs_alone_are_equal(run):
    made = run[0]
    model = load_bundle(made.bundle, secret(VERIFY_KEY)).model
    reference = read_frame(made.evaluation / REFERENCE)
    pairs = read_frame(made.evaluation / SCORED)
    features = record_features(Snapshot.read(made.work / "validated.json").frame("records"), model.spec, model.corpus)
    sides = (rows_of(features, pairs[key]) for key in ("left_key", "right_key"))
    compared = model.compare(*sides, of_register=True)
    np.testing.assert_array_equal(model.score(compared), reference["score"])
    pd.testing.assert_frame_equal(compared, reference[compared.columns].reset_index(drop=True))
