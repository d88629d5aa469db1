"""Figures of clusters by pairs and by records."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.evaluation.cluster_metrics import b_cubed, pairwise

labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=25)


@given(labels)
def test_pairs_and_records_are_counted_as_defined(made):
    entities, clusters = (np.array(side) for side in zip(*made, strict=True))
    one = {pair for pair in combinations(range(len(made)), 2) if entities[pair[0]] == entities[pair[1]]}
    together = {pair for pair in combinations(range(len(made)), 2) if clusters[pair[0]] == clusters[pair[1]]}
    found = pairwise(entities, clusters)
    assert found.precision == (len(one & together) / len(together) if together else 1.0)
    assert found.recall == (len(one & together) / len(one) if one else 1.0)
    shares = [
        (both.sum() / (clusters == cluster).sum(), both.sum() / (entities == entity).sum())
        for entity, cluster in made
        for both in [(entities == entity) & (clusters == cluster)]
    ]
    by_record = b_cubed(entities, clusters)
    assert by_record[:2] == pytest.approx(np.mean(shares, axis=0))


def test_the_truth_is_perfect_and_names_of_clusters_do_not_matter():
    entities = np.array(["a", "a", "b", "c"])
    assert pairwise(entities, np.array([7, 7, 3, 1])) == b_cubed(entities, np.array([7, 7, 3, 1])) == (1, 1, 1)


def test_one_large_wrong_cluster_weighs_less_by_records():
    entities, clusters = np.arange(100) // 2, np.r_[np.zeros(20, dtype=int), np.arange(80) // 2 + 1]
    assert b_cubed(entities, clusters).precision > pairwise(entities, clusters).precision + 0.5
