"""Clusters: assignment where a record has one match, and components without chains elsewhere."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.spec import MatchSpec
from matchwright.matching.assignment import best_of_each, one_to_one
from matchwright.matching.clusters import clusters_of
from matchwright.matching.components import components, weakest_links
from matchwright.matching.correlation_clustering import correlation_clusters


def spec_of(multiplicity: str) -> MatchSpec:
    return MatchSpec.model_validate(
        {
            "format": 2,
            "name": "people",
            "version": 1,
            "description": "people",
            "record_id": "id",
            "multiplicity": multiplicity,
            "fields": {"surname": {"kind": "name", "pii": "quasi", "label": "surname"}},
            "candidates": {"rules": [["surname"]]},
            "costs": {"false_match": 10, "missed_match": 5, "review": 1},
        }
    )


def clustered(records, pairs, multiplicity="many_to_many", match_from=0.9, **options):
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int32) for side in (0, 1))
    scores = np.array([pair[2] for pair in pairs])
    return clusters_of(records, left, right, scores, scores >= match_from, spec_of(multiplicity), **options)


def test_matches_connect_records_and_the_smallest_names_the_cluster():
    found = clustered(6, [(1, 3, 0.99), (3, 5, 0.95), (1, 5, 0.98), (0, 2, 0.2)])
    assert found.labels.tolist() == [0, 1, 2, 1, 4, 1]
    assert found.joined.tolist() == [True, True, True, False]
    assert found.sizes.tolist() == [1, 3, 1, 3, 1, 3]
    np.testing.assert_array_equal(found.weakest, [np.nan, 0.98, np.nan, 0.98, np.nan, 0.98])


def test_one_link_does_not_join_two_groups_that_other_pairs_keep_apart():
    groups = [(0, 1, 0.99), (0, 2, 0.99), (1, 2, 0.99), (3, 4, 0.99), (3, 5, 0.99), (4, 5, 0.99)]
    against = [(one, other, 0.01) for one in (0, 1) for other in (3, 4)]
    chain = (2, 3, 0.95)
    found = clustered(6, [*groups, chain, *against])
    assert found.labels.tolist() == [0, 0, 0, 3, 3, 3]
    assert found.cut.tolist() == [False] * 6 + [True] + [False] * 4
    assert clustered(6, [*groups, chain, *against], guard=False).labels.tolist() == [0] * 6


def test_pairs_that_no_rule_proposed_speak_against_a_chain_too():
    """A chain of strangers: each is nearly the next one, and the ends have nothing in common."""
    found = clustered(8, [(record, record + 1, 0.95) for record in range(7)])
    assert found.sizes.max() < 8
    assert found.cut.any()


def test_a_match_that_a_third_record_contradicts_weakly_stays():
    found = clustered(3, [(0, 1, 0.99), (1, 2, 0.99), (0, 2, 0.4)])
    assert found.labels.tolist() == [0, 0, 0]
    assert found.joined.tolist() == [True, True, False]


def test_where_a_record_has_one_match_the_better_one_stands():
    found = clustered(4, [(0, 2, 0.95), (0, 3, 0.99), (1, 3, 0.92)], "one_to_one")
    assert found.joined.tolist() == [True, False, True] or found.joined.tolist() == [False, True, False]
    assert (found.joined | found.assigned_elsewhere).all()
    assert found.sizes.max() == 2


def test_one_to_many_gives_each_right_record_its_best_left_one():
    found = clustered(5, [(0, 2, 0.95), (1, 2, 0.99), (1, 3, 0.97), (1, 4, 0.2)], "one_to_many")
    assert found.joined.tolist() == [False, True, True, False]
    assert found.assigned_elsewhere.tolist() == [True, False, False, False]


def test_without_matches_every_record_is_a_cluster():
    found = clustered(3, [(0, 1, 0.1)])
    assert found.labels.tolist() == [0, 1, 2]
    assert np.isnan(found.weakest).all()
    none = np.zeros(0, dtype=np.int32)
    assert clusters_of(2, none, none, np.zeros(0), np.zeros(0, dtype=bool), spec_of("one_to_one")).labels.tolist() == [
        0,
        1,
    ]


scored_pairs = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]),
    st.sampled_from([0.05, 0.3, 0.6, 0.92, 0.95, 0.99, 0.999]),
    min_size=1,
    max_size=25,
)


@given(scored_pairs, st.sampled_from(["one_to_one", "one_to_many", "many_to_many"]), st.randoms())
def test_clusters_do_not_depend_on_the_order_of_the_pairs(made, multiplicity, shuffle):
    pairs = [(*ends, score) for ends, score in made.items()]
    other = pairs.copy()
    shuffle.shuffle(other)
    one, two = clustered(10, pairs, multiplicity), clustered(10, other, multiplicity)
    assert one.labels.tolist() == two.labels.tolist()
    joined = {pair[:2] for pair, inside in zip(pairs, one.joined, strict=True) if inside}
    assert joined == {pair[:2] for pair, inside in zip(other, two.joined, strict=True) if inside}


@given(scored_pairs, st.sampled_from(["one_to_one", "one_to_many", "many_to_many"]))
def test_the_joined_pairs_hold_each_cluster_together(made, multiplicity):
    pairs = [(*ends, score) for ends, score in made.items()]
    found = clustered(10, pairs, multiplicity)
    joined = [pair for pair, inside in zip(pairs, found.joined, strict=True) if inside]
    left, right = (np.array([pair[side] for pair in joined], dtype=np.int32) for side in (0, 1))
    assert components(10, left, right).tolist() == found.labels.tolist()
    assert all(pair[2] >= 0.9 for pair in joined)
    assert (found.joined | found.assigned_elsewhere | found.cut).sum() == sum(pair[2] >= 0.9 for pair in pairs)


@given(st.dictionaries(st.tuples(st.integers(0, 5), st.integers(6, 11)), st.integers(1, 50), min_size=1, max_size=15))
def test_the_assignment_has_the_largest_sum(made):
    left, right = (np.array(side, dtype=np.int32) for side in zip(*made, strict=True))
    weights = np.array(list(made.values()), dtype=np.int64)
    chosen = one_to_one(12, left, right, weights)
    graph = nx.Graph()
    graph.add_weighted_edges_from((int(a), int(b), int(w)) for a, b, w in zip(left, right, weights, strict=True))
    best = sum(graph.edges[pair]["weight"] for pair in nx.max_weight_matching(graph))
    assert weights[chosen].sum() == best
    assert np.bincount(np.r_[left[chosen], right[chosen]]).max() == 1


def test_among_equals_the_smaller_record_is_the_best():
    ends, others = np.array([5, 5, 6], dtype=np.int32), np.array([2, 1, 2], dtype=np.int32)
    assert best_of_each(ends, others, np.array([7, 7, 1])).tolist() == [False, True, True]


def test_the_weakest_link_is_that_of_the_strongest_tree():
    left, right = np.array([0, 1, 0, 3], dtype=np.int32), np.array([1, 2, 2, 4], dtype=np.int32)
    labels = np.array([0, 0, 0, 3, 3, 5])
    found = weakest_links(labels, left, right, np.array([0.9, 0.7, 0.8, 0.95]))
    np.testing.assert_array_equal(found, [0.8, 0.8, 0.8, 0.95, 0.95, np.nan])


@pytest.mark.parametrize(
    ("edges", "clusters"),
    [
        ([(0, 1, 5.0), (1, 2, 5.0)], {0: 0, 1: 0, 2: 0}),
        ([(0, 1, 5.0), (1, 2, 5.0), (0, 2, -6.0)], {0: 0, 1: 0, 2: 2}),
        ([(0, 1, 5.0), (1, 2, 5.5), (0, 2, -6.0)], {0: 0, 1: 1, 2: 1}),
        ([(0, 1, 0.5), (1, 2, 0.5)], {0: 0, 1: 0, 2: 2}),
    ],
)
def test_records_are_joined_while_the_evidence_between_them_is_for_it(edges, clusters):
    assert correlation_clusters([0, 1, 2], edges) == clusters
