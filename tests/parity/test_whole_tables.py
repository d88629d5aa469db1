"""A pair gets the same decision in whole tables as where all candidates are decided at once."""

import numpy as np
import pytest

from matchwright.core.bundle import load_bundle
from matchwright.core.candidates import RecordTable, propose_candidates, propose_pairs
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.records import PAIR_KEYS, record_features
from matchwright.core.records.rows import rows_of
from matchwright.matching.scoring import RegisterScoring
from matchwright.matching.working_folder import WorkingFolder
from matchwright.operations.snapshot import Snapshot
from matchwright.secrets import VERIFY_KEY, secret

SIDES = ("left", "right")


@pytest.mark.parametrize("size", [500, 100_000])
def test_two_tables_and_two_stages_in_partitions(run, tmp_path, size):
    made = run[0]
    model = load_bundle(made.bundle, secret(VERIFY_KEY)).model
    assert isinstance(model.scorer, TwoStageScorer)
    records = Snapshot.read(made.work / "validated.json").frame("records")
    features = record_features(records, model.spec, model.corpus)
    proposed = propose_candidates(features, model.spec)
    compared = model.compare(*(rows_of(features, proposed[key]) for key in PAIR_KEYS), known=SIDES, of_register=True)
    table = RecordTable.of(features)
    scoring = RegisterScoring(model, table, propose_pairs(table, model.spec), WorkingFolder(tmp_path), size)
    scored = scoring.score()
    assert table.keys[scored.left].tolist() == proposed["left_key"].tolist()
    np.testing.assert_array_equal(scored.scores, model.score(compared))
    np.testing.assert_array_equal(scoring.comparisons(np.arange(len(scored))), compared)
