"""The throughput benchmark compares compare() with a loop. The loop makes the same comparisons or stops."""

import pytest

from benchmarks.peers.pair_by_pair import PairByPair
from benchmarks.throughput import agree
from matchwright.core.compare import compare, comparison_names


def test_the_loop_makes_the_same_comparisons_pair_by_pair(small_world):
    world = small_world
    names = comparison_names(world.spec)
    loop = PairByPair(world.spec, world.corpus, names, world.left, world.right)
    agree(compare(world.left, world.right, world.spec, world.corpus), loop())


def test_a_comparison_that_differs_stops_the_benchmark(small_world):
    world = small_world
    vectorised = compare(world.left, world.right, world.spec, world.corpus)
    with pytest.raises(SystemExit, match="surname__jaro_winkler differs in 1 of"):
        agree(
            vectorised,
            vectorised.assign(
                surname__jaro_winkler=vectorised["surname__jaro_winkler"].where(vectorised.index > 0, 0.123)
            ),
        )


def test_a_comparator_that_the_loop_does_not_know_is_refused(small_world):
    world = small_world
    names = ["surname__telepathy", "surname__missing"]
    with pytest.raises(SystemExit, match="does not know surname__telepathy"):
        PairByPair(world.spec, world.corpus, names, world.left, world.right)
