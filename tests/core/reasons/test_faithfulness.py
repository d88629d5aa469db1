"""Whether reasons are stable from training to training, and whether scores hang on them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matchwright.core.augmentation import blanked_pairs
from matchwright.core.compare import compare
from matchwright.core.decide import DecisionModel
from matchwright.core.lesson import Lesson
from matchwright.core.reasons import (
    EvidenceFigures,
    ablation,
    changed_reason_share,
    reason_change,
    usual_contributions,
)
from matchwright.core.refits import refits
from matchwright.core.scorer import XGBoostScorer, train_scorer
from matchwright.errors import BundleError


@pytest.fixture(scope="module")
def retrained(decision_model: DecisionModel, small_world) -> DecisionModel:
    """The same kind of model, taught by other pairs and other augmentation."""
    comparisons, labels = decision_model.compare(small_world.left, small_world.right), small_world.labels
    teaching = np.arange(len(comparisons)) % 4 < 2
    left, right = (side[teaching].reset_index(drop=True) for side in (small_world.left, small_world.right))
    poor_left, poor_right, rows = blanked_pairs(left, right, small_world.spec, seed=5)
    taught = pd.concat([comparisons[teaching], decision_model.compare(poor_left, poor_right)], ignore_index=True)
    scorer = train_scorer(
        taught,
        np.concatenate([labels[teaching], labels[teaching][rows]]),
        comparisons[~teaching],
        labels[~teaching],
        decision_model.spec.model.model_copy(update={"seed": 5}),
    ).scorer
    usual = usual_contributions([scorer], taught, decision_model.spec)
    figures = EvidenceFigures.fit(comparisons[teaching], labels[teaching], decision_model.spec, usual)
    return replace(decision_model, scorer=scorer, figures=figures.inherit(decision_model.figures))


def test_a_model_gives_the_same_reasons_as_itself(decision_model, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    change = reason_change(decision_model, decision_model, comparisons)
    assert (change.pairs, change.codes, change.first) == (len(comparisons), 0.0, 0.0)


def test_inherited_usual_contributions_keep_reasons_steadier(decision_model, retrained, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    plain = [replace(model, figures=EvidenceFigures()) for model in (decision_model, retrained)]
    change = reason_change(decision_model, retrained, comparisons)
    assert change.codes < 0.5 * changed_reason_share(*plain, comparisons)
    assert (change.codes < 0.1, change.first < 0.05) == (True, True)


def test_usual_contributions_are_inherited_where_they_still_are_what_they_were():
    before = EvidenceFigures(usual={"A_AGREES": 1.0, "B_AGREES": 1.0, "C_AGREES": 2.0})
    after = EvidenceFigures(usual={"A_AGREES": 1.5, "B_AGREES": 9.0, "D_AGREES": 3.0}).inherit(before)
    assert after.usual == {"A_AGREES": 1.0, "B_AGREES": 9.0, "C_AGREES": 2.0, "D_AGREES": 3.0}


def test_refits_are_scorers_of_other_samples_and_the_same_each_time(small_world):
    comparisons = compare(small_world.left, small_world.right, small_world.spec, small_world.corpus)
    keys = small_world.left["record_key"].to_numpy(dtype=object)
    taught = Lesson(comparisons, small_world.labels, keys, np.zeros(len(keys), dtype=bool))
    spec = small_world.spec.model.model_copy(update={"trees": 20})
    one, other = refits(taught, spec, count=2)
    margins = [scorer.margin(comparisons) for scorer in (one, other)]
    assert not np.array_equal(*margins)
    assert np.array_equal(margins[0], next(refits(taught, spec)).margin(comparisons))
    usual = usual_contributions([one, other], comparisons, small_world.spec)
    each = [usual_contributions([scorer], comparisons, small_world.spec) for scorer in (one, other)]
    assert usual["SURNAME_AGREES"] == pytest.approx(
        (each[0]["SURNAME_AGREES"] + each[1]["SURNAME_AGREES"]) / 2, abs=1e-4
    )
    few = taught.take(np.arange(len(keys)) < 15)  # matches alone: no sample has ten pairs of the other class
    assert list(refits(few, spec)) == []
    assert list(refits(taught, spec.model_copy(update={"scorer": "torch"}))) == []


def test_models_of_other_comparisons_cannot_be_compared(decision_model, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    other = replace(
        decision_model, scorer=XGBoostScorer(decision_model.scorer.booster, decision_model.scorer.names[1:])
    )
    assert reason_change(decision_model, other, comparisons).codes is None
    assert np.isnan(changed_reason_share(decision_model, other, comparisons))


def test_deleting_what_is_named_first_costs_more_than_deleting_something_else(decision_model, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    found = ablation(decision_model, comparisons, seed=1)
    assert found is not None
    assert found.pairs > 1000
    assert found.first.value >= found.random.value
    assert found.first.lower <= found.first.value <= found.first.upper
    assert found.difference.value == pytest.approx(found.first.value - found.random.value, abs=1e-3)
    assert ablation(decision_model, comparisons, seed=1) == found


def test_without_pairs_there_is_nothing_to_delete(decision_model, small_world):
    assert ablation(decision_model, decision_model.compare(small_world.left, small_world.right).head(0)) is None


def test_typical_evidence_agrees_where_it_should(decision_model):
    figures, names = decision_model.figures, decision_model.scorer.names
    agreeing = dict(zip(names, figures.filled(names, agreement=True), strict=True))
    disagreeing = dict(zip(names, figures.filled(names, agreement=False), strict=True))
    assert agreeing["surname__jaro_winkler"] > 0.9 > disagreeing["surname__jaro_winkler"]
    assert figures.usual["DATE_OF_BIRTH_AGREES"] > 1
    assert figures.usual["DATE_OF_BIRTH_AGREES"] > figures.usual["STATE_AGREES"] > 0


def test_unknown_figures_stand_for_the_best_and_the_worst_value():
    names = ["title__token_overlap", "title__unmatched_left", "title__missing"]
    assert EvidenceFigures().filled(names, agreement=True).tolist() == [1.0, 0.0, 0.0]
    assert EvidenceFigures().filled(names, agreement=False).tolist() == [0.0, 1.0, 0.0]


def test_figures_are_read_as_they_were_written(decision_model, tmp_path: Path):
    decision_model.figures.save(tmp_path / "evidence.json")
    assert EvidenceFigures.load(tmp_path / "evidence.json") == decision_model.figures
    (tmp_path / "evidence.json").write_text('{"agreeing": {}, "disagreeing": {}, "weights": {"STATE_AGREES": 1.0}}')
    before = EvidenceFigures.load(tmp_path / "evidence.json")  # of a bundle that had no usual contributions yet
    assert (before.weights, before.usual) == ({"STATE_AGREES": 1.0}, {})
    (tmp_path / "evidence.json").write_text("[]")
    with pytest.raises(BundleError):
        EvidenceFigures.load(tmp_path / "evidence.json")
