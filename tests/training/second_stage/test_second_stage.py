"""The second stage is fitted on scores that the first stage could have given to pairs that it never saw."""

import numpy as np
import pytest

from matchwright.core.compare.competing_scores import SCORED_NAMES, competing_scores
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.records import PAIR_KEYS
from matchwright.training.datasets.parts import parts_of
from matchwright.training.datasets.prepare import prepare
from matchwright.training.learning import learn_stages
from matchwright.training.second_stage.candidates import FOLDS, fold_of


@pytest.fixture(scope="module")
def learned(offers):
    spec, frame, corpus, pairs = offers
    spec = spec.model_copy(update={"model": spec.model.model_copy(update={"trees": 30, "challengers": ()})})
    prepared = prepare(frame, pairs, pairs, parts_of(frame, pairs, spec), spec, corpus)
    return prepared, learn_stages(prepared, pairs, frame, spec, corpus), spec


def test_all_pairs_of_a_left_record_are_in_one_fold_and_folds_are_alike_in_size():
    keys = [f"left:{number}" for number in range(2_000)]
    fold = fold_of(keys, 1)
    assert set(fold) == set(range(FOLDS))
    assert np.bincount(fold).min() > 300
    assert (fold == fold_of(keys, 1)).all()
    assert (fold != fold_of(keys, 2)).any()


def test_labelled_candidates_get_the_scores_that_the_bundle_would_give(learned, offers):
    prepared, found, spec = learned
    scorer = found.scorer.scorer
    assert isinstance(scorer, TwoStageScorer)
    pairs = prepared.labelled_candidates
    assert list(found.comparisons.columns[: len(prepared.comparisons.columns)]) != list(prepared.comparisons.columns)
    assert found.comparisons[list(SCORED_NAMES)].filter(like="rank").notna().any(axis=1).mean() > 0.5
    everything = offers[3][PAIR_KEYS].drop_duplicates()
    if len(everything) == len(pairs):  # every candidate is labelled, so their scores follow from the comparisons
        served = scorer.first.log_odds(prepared.comparisons)
        expected = competing_scores(served, pairs["left_key"], pairs["right_key"], spec.sources.alike)
        tested = (pairs["part"] == "test").to_numpy()
        np.testing.assert_allclose(
            found.comparisons.loc[tested, "context__score_rank_left"], expected.loc[tested, "context__score_rank_left"]
        )


def test_the_scores_of_training_pairs_are_not_those_of_the_scorer_that_saw_them(learned):
    prepared, found, spec = learned
    pairs = prepared.labelled_candidates
    trained = (pairs["part"] == "train").to_numpy()
    served = found.scorer.scorer.first.log_odds(prepared.comparisons)
    seen = competing_scores(served, pairs["left_key"], pairs["right_key"], spec.sources.alike)
    share = found.comparisons["context__score_share_left"].to_numpy()
    assert np.nanmax(np.abs(share[trained] - seen["context__score_share_left"].to_numpy()[trained])) > 0.01


def test_too_few_labelled_pairs_give_one_stage(offers):
    spec, frame, corpus, pairs = offers
    model = spec.model.model_copy(update={"trees": 5, "challengers": (), "min_child_weight": 0.1})
    spec = spec.model_copy(update={"model": model})
    few = pairs.groupby("label").head(90)
    prepared = prepare(frame, few, few, parts_of(frame, few, spec), spec, corpus)
    assert int(prepared.training.originals().labels.sum()) < 50
    found = learn_stages(prepared, few, frame, spec, corpus)
    assert not isinstance(found.scorer.scorer, TwoStageScorer)
    assert found.comparisons is prepared.comparisons


def test_the_spec_can_leave_the_second_stage_out(offers):
    spec, frame, corpus, pairs = offers
    model = spec.model.model_copy(update={"trees": 5, "challengers": (), "second_stage": False})
    spec = spec.model_copy(update={"model": model})
    prepared = prepare(frame, pairs, pairs, parts_of(frame, pairs, spec), spec, corpus)
    assert not isinstance(learn_stages(prepared, pairs, frame, spec, corpus).scorer.scorer, TwoStageScorer)
