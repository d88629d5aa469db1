"""What no decision may do: gain by losing an agreement, lose by losing a disagreement, or lose by agreeing more."""

import numpy as np
import pytest

from matchwright.core.reasons import evidence
from matchwright.core.records.columns import columns_of
from matchwright.core.spec.vocabulary import SWAPPED

ROUNDING = 1e-6
"""Scores have six decimals."""


def fields_of(records, field):
    return [name for name in records.columns if name.partition("__")[0] == field]


def blanked(records, field, rows):
    changed = records.copy()
    for name in fields_of(records, field):
        changed[name] = changed[name].mask(rows, np.nan if changed[name].dtype.kind == "f" else None)
    return changed


@pytest.fixture(scope="module")
def pairs(decision_model, small_world):
    """Pairs in which a third of the fields are missing, on either side."""
    generator = np.random.default_rng(5)
    left, right = small_world.left, small_world.right
    for field in decision_model.spec.compared:
        left = blanked(left, field, generator.random(len(left)) < 0.17)
        right = blanked(right, field, generator.random(len(right)) < 0.17)
    return left, right


def scores(model, left, right):
    return model.score(model.compare(left, right))


FIELDS = (
    *("given_name", "surname", "street_number", "street", "locality"),
    *("suburb", "postcode", "state", "date_of_birth"),
)


def test_every_compared_field_is_tried(decision_model):
    assert tuple(decision_model.spec.compared) == FIELDS


@pytest.mark.parametrize("field", FIELDS)
def test_a_blanked_field_that_was_identical_never_raises_the_score(decision_model, pairs, field):
    left, right = pairs
    same = ((left[field] == right[field]) & left[field].notna()).to_numpy()
    assert same.sum() > 20
    before = scores(decision_model, left, right)
    after = scores(decision_model, blanked(left, field, same), right)
    assert (after[same] <= before[same] + ROUNDING).all()


@pytest.mark.parametrize("field", FIELDS)
def test_a_blanked_field_that_clearly_disagreed_never_lowers_the_score(decision_model, pairs, field):
    left, right = pairs
    comparisons = decision_model.compare(left, right)
    neutral = dict(zip(decision_model.scorer.names, decision_model.scorer.neutral, strict=True))
    known = (columns_of(left)[field] != None) & (columns_of(right)[field] != None)  # noqa: E711 - array comparison
    worse = np.ones(len(left), dtype=bool)
    for name in comparisons.columns:
        if name.partition("__")[0] == field and name in neutral:
            worse &= ~(comparisons[name].to_numpy() > neutral[name])
    levels = evidence(comparisons, decision_model.spec)
    swapped = levels.get(f"{field}_{SWAPPED}", np.full(len(left), "MISSING"))
    chosen = known & worse & (levels[field] == "DISAGREES") & (swapped != "AGREES")
    assert chosen.sum() > 20
    after = scores(decision_model, blanked(left, field, chosen), right)
    assert (after[chosen] >= decision_model.score(comparisons)[chosen] - ROUNDING).all()


@pytest.mark.parametrize("field", FIELDS)
def test_a_disagreeing_field_that_becomes_identical_never_lowers_the_score(decision_model, pairs, field):
    left, right = pairs
    comparisons = decision_model.compare(left, right)
    levels = evidence(comparisons, decision_model.spec)
    swapped = levels.get(f"{field}_{SWAPPED}", np.full(len(left), "MISSING"))
    chosen = (levels[field] == "DISAGREES") & (swapped != "AGREES")
    assert chosen.sum() > 20
    identical = left.copy()
    for name in fields_of(left, field):
        identical[name] = identical[name].mask(chosen, right[name])
    after = scores(decision_model, identical, right)
    assert (after[chosen] >= decision_model.score(comparisons)[chosen] - ROUNDING).all()
