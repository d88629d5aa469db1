"""Pairs divided into tasks."""

import numpy as np
import pytest

from matchwright.adapters.spark import cells
from matchwright.adapters.spark.cells import Cells


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(cells, "RANGE", 10)
    monkeypatch.setattr(cells, "PER_TASK", 8)


@pytest.fixture
def pairs():
    generator = np.random.default_rng(1)
    return generator.integers(0, 35, 200).astype(np.int32), generator.integers(0, 35, 200).astype(np.int32)


def test_a_task_needs_the_records_of_two_ranges_alone(pairs):
    left, right = pairs
    made = Cells.of(left, right, per_unit=3)
    for unit, task in enumerate(made.tasks):
        rows = made.rows(unit)
        assert 0 < len(rows) <= 3
        assert set(left[rows] // 10) == {made.ranges[task][0]}
        assert set(right[rows] // 10) == {made.ranges[task][1]}
    assert np.bincount(made.tasks, weights=np.diff(made.starts)).max() <= 8


def test_every_pair_is_in_one_unit_and_results_come_back_in_order(pairs):
    made = Cells.of(*pairs, per_unit=3)
    rows = [made.rows(unit) for unit in range(len(made))]
    assert sorted(np.concatenate(rows)) == list(range(200))
    assert made.whole({unit: own * 2 for unit, own in enumerate(rows)}).tolist() == list(range(0, 400, 2))


def test_some_pairs_are_found_in_their_units(pairs):
    made = Cells.of(*pairs, per_unit=3)
    wanted = np.array([3, 4, 90, 199])
    chosen = made.chosen(wanted)
    assert sorted(place for places, _ in chosen.values() for place in places) == [0, 1, 2, 3]
    for unit, (places, at) in chosen.items():
        assert made.rows(unit)[at].tolist() == wanted[places].tolist()


def test_no_pairs_are_no_units():
    none = np.empty(0, dtype=np.int32)
    assert len(Cells.of(none, none)) == 0
    some = Cells.of(np.zeros(1, dtype=np.int32), np.ones(1, dtype=np.int32))
    assert some.chosen(np.empty(0, dtype=np.intp)) == {}
