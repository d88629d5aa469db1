"""The benchmark of little evidence: the cells that it draws from a register, and how it judges them."""

import numpy as np
import pytest
from fixtures.two_name_register import two_name_register

from benchmarks.problems.labelled import Problem
from benchmarks.sparse.cells import Cell, near, stratum_name
from benchmarks.sparse.stated import (
    CALIBRATED,
    FALSE_MATCHES,
    TOO_FEW,
    TOO_HIGH,
    TOO_LOW,
    judged,
    patterns_near,
)
from benchmarks.sparse_evidence import KINDS, cells_of
from matchwright.core.decide.bands import Bands

BANDS = Bands(review_from=0.1, match_from=0.98)


@pytest.fixture(scope="module")
def world():
    return two_name_register(persons=3_000)


@pytest.fixture(scope="module")
def cells(world):
    """Every second entity is tested."""
    pairs = world.matches.assign(label=1, part="train")
    problem = Problem("two names", world.spec, world.frame, world.corpus, pairs)
    return cells_of(problem, world.matches, (world.frame["entity"] % 2 == 0).to_numpy(), seed=1)


def cell(pairs, matches, units=60):
    """A cell with so many pairs and matches in each of its units."""
    each = np.full(units, float(pairs)), np.full(units, float(matches))
    row = np.zeros(1, dtype=int)
    return Cell((0,), (), 0, *each, int(units * pairs), row, row, np.array([1.0]), np.array([0.0]))


def register_pairs(world, fields, disagree=()):
    left = world.frame[world.frame["record_key"].isin(world.left) & (world.frame["entity"] % 2 == 1)]
    right = world.frame[world.frame["record_key"].isin(world.right)]
    pairs = left.merge(right, on=list(fields), suffixes=("_left", "_right"))
    for field in disagree:
        pairs = pairs[pairs[f"{field}_left"] != pairs[f"{field}_right"]]
    return len(pairs), int((pairs["entity_left"] == pairs["entity_right"]).sum())


def of_pattern(cells, agree, disagree=()):
    chosen = [cell for cell in cells if (cell.agree, cell.disagree) == (agree, disagree)]
    return sum(cell.pairs.sum() for cell in chosen), sum(cell.matches.sum() for cell in chosen)


@pytest.mark.parametrize("agree", [(0,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_all_pairs_of_the_register_that_agree_are_counted(world, cells, agree):
    fields = [list(world.spec.compared)[index] for index in agree]
    assert of_pattern(cells[KINDS[0]], agree) == register_pairs(world, fields)


@pytest.mark.parametrize("agree", [(0,), (0, 1)])
def test_pairs_that_disagree_are_drawn_with_the_weights_of_the_register(world, cells, agree):
    """Two states are never alike enough to agree partly."""
    fields = [list(world.spec.compared)[index] for index in agree]
    pairs, matches = of_pattern(cells[KINDS[1]], agree, (2,))
    expected = register_pairs(world, fields, ["state"])
    assert pairs == pytest.approx(expected[0], rel=0.1)
    assert matches == expected[1]


def test_the_scored_pairs_stand_for_all_pairs_of_their_cell(cells):
    for each in (*cells[KINDS[0]], *cells[KINDS[1]]):
        stands_for = each.true_weights.sum() + each.other_weights.sum()
        assert stands_for == pytest.approx(each.pairs.sum())


def test_a_stated_score_must_be_near_in_points_and_as_a_factor():
    assert near(0.5, 0.51)
    assert not near(0.5, 0.53)
    assert not near(0.001, 0.01)


@pytest.mark.parametrize(
    ("found", "stated", "verdict"),
    [
        (cell(10, 5), 0.51, CALIBRATED),
        (cell(10, 5), 0.3, TOO_LOW),
        (cell(10, 5), 0.7, TOO_HIGH),
        (cell(10, 5), 0.99, FALSE_MATCHES),
        (cell(10, 5, units=4), 0.99, TOO_FEW),
        (cell(10, 0), 0.004, CALIBRATED),
        (cell(10, 0), 0.02, TOO_HIGH),
        (cell(1, 1), 0.96, CALIBRATED),
        (cell(1, 1), 0.9, TOO_LOW),
    ],
)
def test_a_fault_is_named_by_how_dangerous_it_is(found, stated, verdict):
    assert judged([found], np.array([stated]), BANDS, seed=1) == [verdict]


def test_the_interval_is_that_of_units_and_not_of_pairs():
    apart = np.r_[np.full(30, 10.0), np.zeros(30)]
    even, uneven = (
        Cell((0,), (), 0, np.full(60, 10.0), matches, 600, *[np.zeros(1, int)] * 2, *[np.zeros(1)] * 2)
        for matches in (np.full(60, 5.0), apart)
    )
    assert even.share == uneven.share == 0.5
    assert even.interval(np.random.default_rng(1)) == (0.5, 0.5)
    low, high = uneven.interval(np.random.default_rng(1))
    assert low < 0.4 < 0.6 < high


def test_patterns_are_judged_over_all_their_strata():
    assert patterns_near([cell(10, 5), cell(10, 1)], np.array([0.6, 0.0])) == (1, 1)


def test_strata_are_named_by_the_records_that_have_the_value():
    assert [stratum_name(number) for number in range(4)] == ["1 to 5", "6 to 20", "21 to 100", "101 or more"]
