"""Fitting what neighbours add, on a made register: entities of five records with uncertain scores."""

import numpy as np
import pandas as pd
import pytest
from fixtures.models import REPOSITORY
from scipy.special import expit

from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.models.neighbours import pair_evidence_names
from matchwright.core.spec import load_spec
from matchwright.training.neighbours.fit import fit_neighbours

ENTITIES, RECORDS = 60, 5


def register(seed: int, distance: float = 2.0) -> tuple[pd.DataFrame, np.ndarray]:
    """All pairs within entities, and as many of strangers, with calibrated scores."""
    generator = np.random.default_rng(seed)
    entity = np.repeat(np.arange(ENTITIES), RECORDS)
    one, other = np.triu_indices(len(entity), 1)
    same = entity[one] == entity[other]
    strangers = generator.permutation(np.flatnonzero(~same))[: int(same.sum())]
    rows = np.sort(np.append(np.flatnonzero(same), strangers))
    left, right, label = one[rows], other[rows], same[rows].astype(int)
    # normal evidence of both classes with one variance: its log-odds are linear, so the score is calibrated
    evidence = generator.normal(np.where(label == 1, distance, -distance) / 2, 1)
    scores = np.clip(np.round(expit(evidence * distance), 6), 1e-6, 1 - 1e-6)
    return pd.DataFrame({"left_key": left, "right_key": right, "label": label}), scores


SPEC = load_spec(REPOSITORY / "specs" / "persons.yaml")
NAMES = list(pair_evidence_names(SPEC))


def fitted(pairs, scores, inside=None, training=None):
    """Where nothing is known of the pairs but their scores."""
    inside = np.ones(len(pairs), dtype=bool) if inside is None else inside
    training = np.zeros(len(pairs), dtype=bool) if training is None else training
    return fit_neighbours(pairs.assign(**dict.fromkeys(NAMES, np.nan)), scores, scores, inside, training, SPEC)


def finals(found, pairs, scores):
    nothing = np.full((len(pairs), len(NAMES)), np.nan, dtype=np.float32)
    keys = (pairs[key].to_numpy() for key in ("left_key", "right_key"))
    return with_neighbours(scores, found.neighbours.contributions(*keys, scores, scores, nothing))


def loss(scores, label):
    return float(-np.log(np.where(label == 1, scores, 1 - scores)).mean())


def test_neighbours_lower_the_log_loss_of_another_register_and_stay_calibrated():
    found = fitted(*register(1, distance=1.2))
    pairs, scores = register(2, distance=1.2)
    final = finals(found, pairs, scores)
    label = pairs["label"].to_numpy()
    assert loss(final, label) < 0.1 * loss(scores, label)
    assert ((final >= 0.5) == label).mean() > ((scores >= 0.5) == label).mean() + 0.2
    assert final.mean() == pytest.approx(label.mean(), abs=0.02)
    # as many errors as the scores say
    assert ((final >= 0.5) != label).mean() == pytest.approx(np.minimum(final, 1 - final).mean(), abs=0.01)


def test_the_figures_are_of_entities_outside_the_fit():
    pairs, scores = register(1)
    found = fitted(pairs, scores)
    assert found.figures["log_loss_after"] < found.figures["log_loss_before"]
    assert loss(finals(found, pairs, scores), pairs["label"].to_numpy()) < found.log_loss_after
    assert found.figures["pairs"] >= found.figures["true_pairs"] > 500


def test_the_same_inputs_give_the_same_weights_in_any_order_of_sides():
    pairs, scores = register(1)
    turned = pairs.rename(columns={"left_key": "right_key", "right_key": "left_key"})
    assert fitted(pairs, scores) == fitted(pairs, scores)
    assert fitted(turned, scores).neighbours == fitted(pairs, scores).neighbours


def test_pairs_outside_are_neighbours_and_their_labels_are_not_read():
    pairs, scores = register(1)
    inside = np.arange(len(pairs)) % 2 == 0
    hidden = pairs.assign(label=pairs["label"].where(inside, -1))
    assert fitted(pairs, scores, inside) == fitted(hidden, scores, inside)


def test_few_labels_give_nothing():
    pairs, scores = register(1)
    few = np.cumsum(pairs["label"] == 1) <= 40
    assert fitted(pairs, scores, few.to_numpy()) is None


def test_neighbours_that_say_nothing_give_nothing():
    """Where matches are drawn pair by pair, the other matches of a record say nothing about a pair."""
    generator = np.random.default_rng(0)
    pairs, _ = register(1)
    scores = np.clip(np.round(generator.random(len(pairs)), 6), 1e-6, 1 - 1e-6)
    label = (generator.random(len(pairs)) < scores).astype(int)
    found = fitted(pairs.assign(label=label), scores)
    assert found is None or found.log_loss_before - found.log_loss_after < 0.002


def test_pairs_of_the_training_are_fitted_on_if_that_lowers_the_log_loss_of_the_others():
    pairs, scores = register(1)
    inside = (pairs["left_key"] < ENTITIES * RECORDS // 3).to_numpy()
    honest = fitted(pairs, scores, inside, ~inside)
    assert honest.from_training
    assert honest.log_loss_after < fitted(pairs, scores, inside).log_loss_after
    assert honest.neighbours.pairs > 2 * fitted(pairs, scores, inside).neighbours.pairs
    # a label of training that says nothing
    wrong = pairs.assign(label=pairs["label"].where(inside, 1 - pairs["label"]))
    assert not fitted(wrong, scores, inside, ~inside).from_training


def test_at_most_so_many_pairs_are_fitted_on(monkeypatch):
    monkeypatch.setattr("matchwright.training.neighbours.fit.MOST", 300)
    assert fitted(*register(1)).figures["pairs"] == 300
