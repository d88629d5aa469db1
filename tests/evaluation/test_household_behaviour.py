"""The behavioural test of household members tells a model that has learned of them from one that has not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from matchwright.core.compare import compare
from matchwright.core.compare.names import disagreement_limits
from matchwright.evaluation.behaviours import behave
from matchwright.training.datasets.augmentation import counter_examples
from matchwright.training.models.scorer import train_scorer

NAME = "members of one household are not matched"


@pytest.fixture(scope="module")
def model(small_world):
    """Trained on true pairs, other pairs and counter-examples, without a calibrator of its own."""
    spec, true = small_world.spec, np.flatnonzero(small_world.labels == 1)[:400]
    unlike, rows = counter_examples(small_world.right.iloc[true].reset_index(drop=True), spec, seed=1)
    household = compare(small_world.left.iloc[true[rows]].reset_index(drop=True), unlike, spec, small_world.corpus)
    pairs = compare(small_world.left, small_world.right, spec, small_world.corpus)
    comparisons = pd.concat([pairs, household], ignore_index=True)
    labels = np.concatenate([small_world.labels, np.zeros(len(rows))])
    limits = disagreement_limits(spec)
    return train_scorer(comparisons, labels, comparisons, labels, spec.model, limits=limits).scorer


def share(small_world, decider):
    records = small_world.records.set_index("record_key", drop=False)
    true = small_world.labels == 1
    left, right = (
        records.loc[side.loc[true, "record_key"]].reset_index(drop=True)
        for side in (small_world.left, small_world.right)
    )
    found = {behaviour.name: behaviour for behaviour in behave(decider, left, right, seed=3)}
    return found[NAME].share if NAME in found else None


def test_a_model_that_knows_of_household_members_matches_hardly_any(small_world, decision_model, model):
    unaware = share(small_world, decision_model)
    aware = share(small_world, replace(decision_model, scorer=model))
    assert unaware < 0.8
    assert aware > unaware + 0.15


def test_without_individual_fields_there_is_no_such_test(small_world, decision_model):
    spec = decision_model.spec.model_copy(update={"individual": ()})
    assert share(small_world, replace(decision_model, spec=spec)) is None
