"""Tables of trees give the margins of XGBoost, to the last bit."""

import numpy as np
import pytest
import xgboost

from matchwright.core.models import tree_tables
from matchwright.core.models.compiling import FEWEST_PAIRS, compiles
from matchwright.core.models.tree_tables import TreeTables, margins

PAIRS = FEWEST_PAIRS + 7


def values_with_gaps(pairs, seed):
    draws = np.random.default_rng(seed)
    values = np.round(draws.random((pairs, 6)), 2).astype(np.float32)  # ties with the limits of nodes
    values[draws.random(values.shape) < 0.2] = np.nan
    return values


def booster_of(depth, trees=20, objective="binary:logistic", **parameters):
    values = values_with_gaps(2_000, seed=depth)
    known = np.nan_to_num(values, nan=0.3)
    labels = (known[:, 0] + known[:, 1] * known[:, 2] > 0.8).astype(int)
    data = xgboost.DMatrix(values, label=labels, missing=np.nan)
    settings = {"objective": objective, "max_depth": depth, "nthread": 1, "subsample": 0.5, "seed": 1, **parameters}
    return xgboost.train(settings, data, trees)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_many_pairs_have_the_margins_of_xgboost_to_the_last_bit(depth):
    booster, values = booster_of(depth), values_with_gaps(PAIRS, seed=99)
    tables = TreeTables.of(booster)
    expected = booster.inplace_predict(values, predict_type="margin")
    np.testing.assert_array_equal(tables.margins(values), expected)
    np.testing.assert_array_equal(margins(booster, values), expected)
    assert len(np.unique(expected)) > depth


def test_trees_that_grow_by_their_leaves_are_read_too():
    booster = booster_of(4, grow_policy="lossguide", max_leaves=6)
    values = values_with_gaps(PAIRS, seed=3)
    np.testing.assert_array_equal(
        TreeTables.of(booster).margins(values), booster.inplace_predict(values, predict_type="margin")
    )


def test_a_margin_does_not_depend_on_the_other_pairs():
    booster, values = booster_of(3), values_with_gaps(PAIRS, seed=5)
    order = np.random.default_rng(0).permutation(PAIRS)
    np.testing.assert_array_equal(margins(booster, values)[order], margins(booster, values[order]))
    np.testing.assert_array_equal(margins(booster, values)[:11], margins(booster, values[:11]))


def test_deep_trees_have_no_tables_and_are_left_to_xgboost():
    booster, values = booster_of(9), values_with_gaps(PAIRS, seed=7)
    assert TreeTables.of(booster) is None
    np.testing.assert_array_equal(margins(booster, values), booster.inplace_predict(values, predict_type="margin"))


def test_tables_that_differ_from_xgboost_are_not_used(monkeypatch):
    """Another version of XGBoost may add its leaves in another order."""
    booster, values = booster_of(3), values_with_gaps(PAIRS, seed=8)
    wrong = TreeTables.of(booster)
    wrong.leaves[0] += 1
    monkeypatch.setattr(tree_tables, "_tables", lambda booster: wrong)
    np.testing.assert_array_equal(margins(booster, values), booster.inplace_predict(values, predict_type="margin"))


def test_without_numba_xgboost_does_the_work(monkeypatch):
    booster, values = booster_of(3), values_with_gaps(PAIRS, seed=9)
    monkeypatch.setattr(tree_tables, "compiles", lambda: False)
    np.testing.assert_array_equal(margins(booster, values), booster.inplace_predict(values, predict_type="margin"))


def test_this_environment_has_numba():
    assert compiles()
