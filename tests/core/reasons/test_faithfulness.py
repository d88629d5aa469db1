"""Evidence figures: mean contributions that keep reasons stable, and typical values for hints."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import EvidenceFigures, evidence, group_contributions, mean_contributions
from matchwright.errors import BundleError
from matchwright.training.datasets.augmentation import missing_field_pairs
from matchwright.training.models.scorer import train_scorer


@pytest.fixture(scope="module")
def retrained(decision_model: DecisionModel, small_world) -> DecisionModel:
    """The same kind of model, trained on other pairs and another augmentation."""
    comparisons, labels = decision_model.compare(small_world.left, small_world.right), small_world.labels
    training_rows = np.arange(len(comparisons)) % 4 < 2
    left, right = (side[training_rows].reset_index(drop=True) for side in (small_world.left, small_world.right))
    reduced_left, reduced_right, rows = missing_field_pairs(left, right, small_world.spec, seed=5)
    training = pd.concat(
        [comparisons[training_rows], decision_model.compare(reduced_left, reduced_right)], ignore_index=True
    )
    scorer = train_scorer(
        training,
        np.concatenate([labels[training_rows], labels[training_rows][rows]]),
        comparisons[~training_rows],
        labels[~training_rows],
        decision_model.spec.model.model_copy(update={"seed": 5}),
    ).scorer
    means = mean_contributions(scorer, training, decision_model.spec)
    figures = EvidenceFigures.fit(comparisons[training_rows], labels[training_rows], decision_model.spec, means)
    return replace(decision_model, scorer=scorer, figures=figures.inherit(decision_model.figures))


def share_with_other_reasons(one: DecisionModel, other: DecisionModel, comparisons: pd.DataFrame) -> float:
    """The share of pairs for which the two models give different reason codes, in any order."""
    codes = [[{reason.code for reason in reasons} for reasons in model.reasons(comparisons)] for model in (one, other)]
    return float(np.mean([a != b for a, b in zip(*codes, strict=True)]))


def test_inherited_mean_contributions_keep_reasons_stable(decision_model, retrained, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    plain = [replace(model, figures=EvidenceFigures()) for model in (decision_model, retrained)]
    changed = share_with_other_reasons(decision_model, retrained, comparisons)
    assert changed < 0.1
    assert changed < 0.5 * share_with_other_reasons(*plain, comparisons)


def test_a_mean_contribution_is_inherited_if_it_is_about_the_same():
    before = EvidenceFigures(mean_contributions={"A_AGREES": 1.0, "B_AGREES": 1.0, "C_AGREES": 2.0})
    after = EvidenceFigures(mean_contributions={"A_AGREES": 1.5, "B_AGREES": 9.0, "D_AGREES": 3.0}).inherit(before)
    assert after.mean_contributions == {"A_AGREES": 1.0, "B_AGREES": 9.0, "C_AGREES": 2.0, "D_AGREES": 3.0}


def test_the_mean_contribution_of_a_code_is_taken_over_the_pairs_with_the_level_of_the_code(
    decision_model, small_world
):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    levels = evidence(comparisons, decision_model.spec)
    contributions, _ = decision_model.scorer.contributions(comparisons)
    surname = group_contributions(contributions, decision_model.scorer.names)["surname"]
    means = mean_contributions(decision_model.scorer, comparisons, decision_model.spec)
    for level in ("AGREES", "DISAGREES"):
        expected = surname[levels["surname"] == level].abs().mean()
        assert means[f"SURNAME_{level}"] == pytest.approx(expected, abs=1e-4)
    assert mean_contributions(decision_model.scorer, comparisons.head(0), decision_model.spec) == {}


def test_typical_agreement_is_higher_than_typical_disagreement(decision_model):
    figures, names = decision_model.figures, decision_model.scorer.names
    agreeing = dict(zip(names, figures.filled(names, agreement=True), strict=True))
    disagreeing = dict(zip(names, figures.filled(names, agreement=False), strict=True))
    assert agreeing["surname__jaro_winkler"] > 0.9 > disagreeing["surname__jaro_winkler"]
    means = figures.mean_contributions
    assert means["DATE_OF_BIRTH_AGREES"] > 1
    assert means["DATE_OF_BIRTH_DISAGREES"] > means["STATE_DISAGREES"] > 0


def test_an_unknown_figure_becomes_the_best_or_the_worst_value():
    names = ["title__token_overlap", "title__unmatched_left", "title__missing"]
    assert EvidenceFigures().filled(names, agreement=True).tolist() == [1.0, 0.0, 0.0]
    assert EvidenceFigures().filled(names, agreement=False).tolist() == [0.0, 1.0, 0.0]


def test_written_figures_are_read_back_unchanged(decision_model, tmp_path: Path):
    decision_model.figures.save(tmp_path / "evidence.json")
    assert EvidenceFigures.load(tmp_path / "evidence.json") == decision_model.figures
    (tmp_path / "evidence.json").write_text("[]")
    with pytest.raises(BundleError):
        EvidenceFigures.load(tmp_path / "evidence.json")
