"""Scoring in partitions gives what scoring all pairs at once gives."""

import numpy as np
import pandas as pd
import pytest
from fixtures.keys import keys_of_the_suite

from matchwright.core.bundle import load_bundle
from matchwright.core.candidates import RecordTable, propose_candidates, propose_pairs
from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.models.neighbours import further_candidates, pair_evidence
from matchwright.core.records import PAIR_KEYS, record_features
from matchwright.core.records.columns import columns_of
from matchwright.core.records.rows import rows_of
from matchwright.matching import deciding
from matchwright.matching.deciding import bands_of
from matchwright.matching.engine import KeptReasons
from matchwright.matching.scoring import RegisterScoring
from matchwright.matching.working_folder import WorkingFolder
from matchwright.operations.snapshot import Snapshot
from matchwright.secrets import VERIFY_KEY, secret

SIDES = ("left", "right")


@pytest.fixture(scope="module")
def world(register_run):
    with keys_of_the_suite():
        model = load_bundle(register_run.work / "bundle", secret(VERIFY_KEY)).model
    records = Snapshot.read(register_run.work / "validated.json").frame("records")
    return model, record_features(records, model.spec, model.corpus)


@pytest.fixture(scope="module")
def expected(world):
    """The comparisons and the scores of all pairs at once, by the parts of batch use."""
    model, features = world
    proposed = propose_candidates(features, model.spec)
    compared = model.compare(*(rows_of(features, proposed[key]) for key in PAIR_KEYS), known=SIDES, of_register=True)
    scores = model.scores(compared)
    one, other = (proposed[key].to_numpy(object) for key in PAIR_KEYS)
    further = further_candidates(one, other, scores.log_odds)
    compared_alone = model.compare(*(rows_of(features, keys) for keys in further), of_register=True)
    alone = model.scores(compared_alone)
    left, right = np.append(one, further[0]), np.append(other, further[1])
    own = np.append(scores.scores, alone.scores)
    sides = (columns_of(rows_of(features, keys)) for keys in (left, right))
    evidence = pair_evidence(*sides, pd.concat([compared, compared_alone]), model.spec, model.corpus)
    added = model.neighbours.contributions(left, right, own, np.append(scores.unlimited, alone.unlimited), evidence)
    return compared, left, right, with_neighbours(own, added)


def scoring_of(world, folder, size=700, workers=1):
    model, features = world
    table = RecordTable.of(features)
    return RegisterScoring(model, table, propose_pairs(table, model.spec), WorkingFolder(folder), size, workers)


@pytest.mark.parametrize(("size", "workers"), [(700, 1), (1_000_000, 1), (1_234, 2)])
def test_in_any_partitions_and_processes(world, expected, tmp_path, size, workers):
    compared, left, right, scores = expected
    scoring = scoring_of(world, tmp_path, size, workers)
    scored = scoring.score()
    keys = scoring.table.keys
    assert keys[scored.left].tolist() == left.tolist()
    assert keys[scored.right].tolist() == right.tolist()
    np.testing.assert_array_equal(scored.scores, scores)
    rows = np.arange(scored.candidates)
    np.testing.assert_array_equal(scoring.comparisons(rows), compared)


def test_neighbours_change_scores_and_propose_pairs(world, tmp_path):
    scored = scoring_of(world, tmp_path).score()
    assert len(scored) > scored.candidates
    assert len(scored.moved)
    assert (scored.by != 0).all()
    everything = scored.added(slice(None))
    np.testing.assert_array_equal(np.flatnonzero(everything), scored.moved)
    np.testing.assert_array_equal(scored.added(scored.moved[::2]), scored.by[::2])


def test_partitions_that_are_there_are_not_computed_again(world, tmp_path):
    first = scoring_of(world, tmp_path).score()
    (tmp_path / "scores/000001.npy").unlink()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")}
    again = scoring_of(world, tmp_path).score()
    np.testing.assert_array_equal(first.scores, again.scores)
    changed = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.npy")} - {
        path.relative_to(tmp_path).as_posix() for path, time in before.items() if path.stat().st_mtime_ns == time
    }
    assert {path.rpartition("/")[2] for path in changed} == {"000001.npy"}


def test_a_partition_that_fails_in_a_worker_is_an_error_here(world, tmp_path, monkeypatch):
    scoring = scoring_of(world, tmp_path, workers=2)
    monkeypatch.setattr(WorkingFolder, "write", _refuse)
    with pytest.raises(OSError, match="no space"):
        scoring.score()


def _refuse(self, name, array):
    raise OSError("no space")


@pytest.mark.parametrize("workers", [1, 2])
def test_bands_and_reasons_are_those_of_the_decision_model(world, tmp_path, monkeypatch, workers):
    monkeypatch.setattr(deciding, "AT_ONCE", 15)
    model, _ = world
    scoring = scoring_of(world, tmp_path, workers=workers)
    scored = scoring.score()
    bands = bands_of(scoring, scored)
    assert bands.tolist() == model.band(scored.scores, scoring.comparisons(np.arange(len(scored)))).tolist()
    review = np.flatnonzero(bands == "review")[:40]
    kept = [each for some in scoring.reasons_of([review[:15], review[15:]], scored, 4) for each in some]
    decided = model.decided(scoring.comparisons(review), 4, scored.added(review))
    assert decided.bands.tolist() == bands[review].tolist()
    assert kept == KeptReasons.of(decided)
    assert all(one.codes for one in kept)
