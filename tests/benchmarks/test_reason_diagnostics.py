"""Stability, coverage and ablation of reasons, tested on cases with a known result."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.reasons.ablation import ablation
from benchmarks.reasons.coverage import named_share
from benchmarks.reasons.stability import reason_change
from matchwright.core.models.boosted_trees import XGBoostScorer
from matchwright.core.reasons import Reason


def test_a_model_compared_with_itself_shows_no_change_of_reasons(decision_model, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    change = reason_change(decision_model, decision_model, comparisons, comparisons)
    assert (change.pairs, change.codes, change.first) == (len(comparisons), 0.0, 0.0)


def test_models_with_different_comparisons_cannot_be_compared(decision_model, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    scorer = decision_model.scorer
    other = replace(decision_model, scorer=XGBoostScorer(scorer.booster, scorer.names[1:]))
    assert reason_change(decision_model, other, comparisons, comparisons).codes is None


def test_deleting_the_group_of_the_first_reason_changes_the_score_more_than_deleting_another_group(
    decision_model, small_world
):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    found = ablation(decision_model, comparisons, seed=1)
    assert found.pairs > 1000
    assert found.difference.lower > 0
    assert found.difference.value == pytest.approx(found.first.value - found.random.value, abs=1e-3)
    assert ablation(decision_model, comparisons.head(0)) is None


def test_the_named_share_is_the_share_of_the_largest_contributions():
    contributions = pd.DataFrame([[3.0, 0.01, -1.0]], columns=["one", "two", "three"])
    one, three = (
        Reason(f"{field.upper()}_AGREES", field, field, "AGREES", contributions[field].item())
        for field in ("one", "three")
    )
    assert named_share(contributions, [(one, three)], top=2) == 1.0
    assert named_share(contributions, [(one,)], top=2) == 0.75
    assert np.isnan(named_share(contributions * 0, [()]))
