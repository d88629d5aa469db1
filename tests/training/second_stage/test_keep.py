"""The second stage is kept only where it does no harm to pairs that it was not trained on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from matchwright.core.compare.competing_scores import SCORED_NAMES, competing_scores, with_scores
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.training import learning
from matchwright.training.datasets.parts import parts_of
from matchwright.training.datasets.prepare import prepare
from matchwright.training.learning import learn_stages
from matchwright.training.second_stage.keep import StagesCompared, compare_stages

METHODS = ("none", "platt")


@dataclass(frozen=True)
class Weighted:
    """A sum of comparisons with weights; missing ones count as 0."""

    weights: dict[str, float]

    @property
    def names(self):
        return tuple(self.weights)

    def log_odds(self, comparisons):
        return sum(comparisons[name].fillna(0).to_numpy(float) * weight for name, weight in self.weights.items())


def candidates(matches, part="calibrate", queries=200, each=5):
    """Queries with candidates, of which ``matches`` match: the own evidence of these is higher, and varies."""
    generator = np.random.default_rng(0)
    labels = np.tile(np.arange(each) < matches, queries).astype(int)
    own = pd.DataFrame({"title__exact": generator.normal(np.where(labels, 1.5, -1.5), 1.5)}, dtype=np.float32)
    left = np.repeat([f"left:{number}" for number in range(queries)], each)
    scores = competing_scores(own["title__exact"].to_numpy(float), left, np.arange(len(left)), alike=False)
    pairs = pd.DataFrame({"left_key": left, "label": labels, "part": part})
    return with_scores(own, scores), pairs


ALONE = Weighted({"title__exact": 1.0})
BY_LEAD = Weighted({"title__exact": 0.5, "context__score_lead_left": 1.0})


def test_a_stage_that_knows_which_candidate_is_best_is_kept_where_one_of_them_matches():
    found = compare_stages(TwoStageScorer(ALONE, BY_LEAD), *candidates(matches=1), METHODS, seed=1)
    assert found.kept
    assert found.both < found.first
    assert found.pairs == 1_000


def test_a_stage_that_lowers_all_but_the_best_is_left_out_where_most_of_them_match():
    """As where a person has twenty records: those behind another one match as well."""
    wrong = Weighted({"title__exact": 0.0, "context__score_lead_left": 1.0})
    found = compare_stages(TwoStageScorer(ALONE, wrong), *candidates(matches=4), METHODS, seed=1)
    assert not found.kept
    assert found.both > found.first


def test_a_stage_that_changes_nothing_is_kept():
    found = compare_stages(TwoStageScorer(ALONE, ALONE), *candidates(matches=1), METHODS, seed=1)
    assert found.kept
    assert found.both <= found.first + 1e-3


@pytest.mark.parametrize("part", ["train", "test"])
def test_pairs_of_training_and_testing_do_not_decide(part):
    assert compare_stages(TwoStageScorer(ALONE, BY_LEAD), *candidates(1, part=part), METHODS, seed=1) is None


def test_training_leaves_out_a_stage_that_harms(offers, monkeypatch, caplog):
    spec, frame, corpus, pairs = offers
    spec = spec.model_copy(update={"model": spec.model.model_copy(update={"trees": 5, "challengers": ()})})
    prepared = prepare(frame, pairs, pairs, parts_of(frame, pairs, spec), spec, corpus)
    worse = StagesCompared(first=0.1, both=0.2, pairs=10, kept=False)
    monkeypatch.setattr(learning, "compare_stages", lambda *_: worse)
    found = learn_stages(prepared, pairs, frame, spec, corpus)
    assert not isinstance(found.scorer.scorer, TwoStageScorer)
    assert not set(SCORED_NAMES) & set(found.comparisons)
    assert found.stages == worse
    assert "the second stage is left out: log loss 0.20000 with it and 0.10000 without" in caplog.text
