"""Trees that learn from the unsupervised start and from a few labels."""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from matchwright.errors import TrainingError
from matchwright.training.few_labels.scorer import train_on_few_labels
from matchwright.training.models.unsupervised import fit_fellegi_sunter


@pytest.fixture(scope="module")
def world(small_world, decision_model):
    compared = decision_model.compare(small_world.left, small_world.right)
    return compared, small_world.labels, small_world.left["record_key"].to_numpy(), fit_fellegi_sunter(compared, 800)


def test_sixty_labels_are_enough_for_persons(world, small_world):
    compared, labels, keys, unsupervised = world
    rows = np.r_[0:20, 800:840]
    spec = small_world.spec.model.model_copy(update={"trees": 60})
    few = train_on_few_labels(compared.iloc[rows], labels[rows], keys[rows], compared, unsupervised, spec)
    rest = np.setdiff1d(np.arange(len(labels)), rows)
    score = 1 / (1 + np.exp(-few.scorer.log_odds(compared.iloc[rest])))
    assert ((score > 0.5) == (labels[rest] == 1)).mean() > 0.97
    assert log_loss(labels[rest], score) < 0.12
    contributions, base = few.scorer.contributions(compared.iloc[rest])
    assert np.abs(contributions.sum(axis=1) + base - few.scorer.log_odds(compared.iloc[rest])).max() < 1e-3


def test_the_same_labels_and_seed_give_the_same_scorer(world, small_world):
    compared, labels, keys, unsupervised = world
    rows = np.r_[0:15, 800:830]
    spec = small_world.spec.model.model_copy(update={"trees": 30})
    one, two = (
        train_on_few_labels(compared.iloc[rows], labels[rows], keys[rows], compared, unsupervised, spec) for _ in "ab"
    )
    assert bytes(one.scorer.booster.save_raw("ubj")) == bytes(two.scorer.booster.save_raw("ubj"))
    assert len(one.held_out_log_odds) == len(rows)


def test_four_matches_are_too_few(world, small_world):
    compared, labels, keys, unsupervised = world
    rows = np.r_[0:4, 800:840]
    with pytest.raises(TrainingError, match="4 matching and 40 other"):
        train_on_few_labels(
            compared.iloc[rows], labels[rows], keys[rows], compared, unsupervised, small_world.spec.model
        )
