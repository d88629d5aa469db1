"""The scores of all candidates of a register are those that the decision model gives."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from matchwright.core.models.neighbours import pair_evidence, pair_evidence_names
from matchwright.core.models.register_limits import limited
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import columns_of
from matchwright.core.records.rows import rows_of
from matchwright.core.spec.vocabulary import LIMIT
from matchwright.training.neighbours.scores import BY_NEIGHBOURS, RegisterScorer, score_register

SIDES = ("left", "right")


@pytest.fixture(scope="module")
def pairs(small_world):
    keys = zip(small_world.left["record_key"], small_world.right["record_key"], strict=True)
    return pd.DataFrame(list(keys), columns=PAIR_KEYS).iloc[::9].reset_index(drop=True)


def scorer_of(model, small_world):
    nothing_learned = SimpleNamespace(words=None, embeddings=None)
    return RegisterScorer(
        small_world.features, model.scorer, nothing_learned, model.register, model.spec, small_world.corpus
    )


def test_candidates_are_scored_with_their_competing_candidates_in_batches(
    limited_model, small_world, pairs, monkeypatch
):
    monkeypatch.setattr("matchwright.training.datasets.register_pairs.BATCH", 50)
    found = scorer_of(limited_model, small_world).score(pairs)
    compared = limited_model.compare(
        *(rows_of(small_world.features, found[key]) for key in PAIR_KEYS), known=SIDES, of_register=True
    )
    np.testing.assert_allclose(found["log_odds"], limited_model.scorer.log_odds(compared), atol=1e-5)
    for score in (0.01, 0.5, 0.99):
        given = np.full(len(pairs), score)
        np.testing.assert_allclose(limited(given, found), limited(given, compared), atol=1e-6)


def test_pairs_alone_have_no_competing_candidates_and_without_register_evidence_no_limit(
    decision_model, small_world, pairs
):
    found = scorer_of(decision_model, small_world).score_alone(pairs)
    compared = decision_model.compare(*(rows_of(small_world.features, found[key]) for key in PAIR_KEYS))
    np.testing.assert_allclose(found["log_odds"], decision_model.scorer.log_odds(compared), atol=1e-5)
    assert found[LIMIT].isna().all()


def test_what_neighbours_read_is_that_of_the_pairs(limited_model, small_world, pairs):
    found = scorer_of(limited_model, small_world).score(pairs)
    left, right = (columns_of(rows_of(small_world.features, found[key])) for key in PAIR_KEYS)
    expected = pair_evidence(left, right, limited_model.compare(left, right), limited_model.spec, small_world.corpus)
    np.testing.assert_array_equal(found[list(pair_evidence_names(limited_model.spec))], expected)


def test_without_pairs_there_are_no_scores(limited_model, small_world, pairs):
    scorer = scorer_of(limited_model, small_world)
    assert len(scorer.score(pairs.head(0))) == len(scorer.score_alone(pairs.head(0))) == 0
    compared = limited_model.compare(*(rows_of(small_world.features, pairs[key].head(0)) for key in PAIR_KEYS))
    assert len(limited_model.band(np.zeros(0), compared)) == 0


def test_further_candidates_have_labels_and_parts_as_the_others(decision_model, small_world):
    """Six records of one person, all of them candidates but for one pair."""
    same = small_world.features.iloc[[0] * 6].assign(record_key=[f"left:{letter}" for letter in "abcdef"])
    ends = [(one, other) for one in same["record_key"] for other in same["record_key"] if one < other]
    true = pd.DataFrame(ends, columns=PAIR_KEYS, dtype=object).assign(label=1)
    world = SimpleNamespace(features=same.reset_index(drop=True), corpus=small_world.corpus)
    parts = pd.Series("test", index=same["record_key"])
    found = score_register(scorer_of(decision_model, world), true.loc[1:, PAIR_KEYS], true, parts)
    further = found[found["proposed_by"] == BY_NEIGHBOURS]
    assert further[[*PAIR_KEYS, "label", "part"]].to_numpy().tolist() == [["left:a", "left:b", 1, "test"]]
    assert len(found) == 15
    assert (found["label"] == 1).all()
