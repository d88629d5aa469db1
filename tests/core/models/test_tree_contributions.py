"""Contributions from tables are the exact SHAP values of trees, alone and among many pairs."""

import itertools
from math import factorial

import numpy as np
import pytest
from test_tree_tables import booster_of, values_with_gaps

from matchwright.core.models import tree_contributions
from matchwright.core.models.boosted_trees import _by_booster
from matchwright.core.models.tree_contributions import FEWEST_PAIRS, ContributionTables, contribution_tables

PAIRS = FEWEST_PAIRS + 9


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_they_are_those_of_xgboost_to_its_precision(depth):
    booster, values = booster_of(depth), values_with_gaps(PAIRS, seed=20)
    tables = contribution_tables(booster)
    expected, base = _by_booster(booster, values)
    np.testing.assert_allclose(tables.contributions(values), expected, atol=1e-5)
    assert tables.base == pytest.approx(base, abs=1e-5)
    assert np.abs(expected).max() > 0.05


def test_with_the_base_they_are_the_margin():
    booster, values = booster_of(3), values_with_gaps(PAIRS, seed=21)
    tables = contribution_tables(booster)
    margins = booster.inplace_predict(values, predict_type="margin")
    np.testing.assert_allclose(tables.contributions(values).sum(axis=1) + tables.base, margins, atol=1e-5)


def test_a_pair_has_the_same_contributions_alone_and_among_many(monkeypatch):
    booster, values = booster_of(3), values_with_gaps(PAIRS, seed=22)
    tables = contribution_tables(booster)
    many = tables.contributions(values)
    np.testing.assert_array_equal(
        np.concatenate([tables.contributions(values[row : row + 1]) for row in range(60)]), many[:60]
    )
    monkeypatch.setattr(tree_contributions, "compiles", lambda: False)
    np.testing.assert_array_equal(tables.contributions(values), many)


def test_they_are_shapley_values_by_their_definition():
    """One tree, and the mean over all orders in which its comparisons may become known."""
    booster = booster_of(3, trees=1)
    tables = ContributionTables.of(booster)
    (features,), (thresholds,), (shares,), (leaves,) = (
        getattr(tables.trees, name) for name in ("features", "thresholds", "left_share", "leaves")
    )
    values = values_with_gaps(20, seed=23)
    count = values.shape[1]

    def expected(row, known, node=0):
        if node >= 7:
            return float(leaves[node - 7])
        left, right = (expected(row, known, 2 * node + side) for side in (1, 2))
        read = features[node] % count
        if not np.isfinite(thresholds[node]):
            return left
        if read in known:
            missing_goes_left = features[node] < count
            goes_left = missing_goes_left if np.isnan(row[read]) else row[read] < thresholds[node]
            return left if goes_left else right
        share = float(shares[node])
        return share * left + (1 - share) * right

    players = sorted({int(f) % count for f, limit in zip(features, thresholds, strict=True) if np.isfinite(limit)})
    for row, found in zip(values, tables.contributions(values), strict=True):
        for player in players:
            total = 0.0
            for order in itertools.permutations(players):
                before = set(order[: order.index(player)])
                total += expected(row, before | {player}) - expected(row, before)
            assert found[player] == pytest.approx(total / factorial(len(players)), abs=1e-9)
        assert not np.delete(found, players).any()


def test_deeper_trees_have_no_tables():
    assert contribution_tables(booster_of(4)) is None


def test_no_pairs_have_no_contributions():
    assert contribution_tables(booster_of(2)).contributions(np.zeros((0, 6), dtype=np.float32)).shape == (0, 6)
