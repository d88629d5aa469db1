"""Paths of joined pairs: the strongest one between two records, and the weakest link of a cluster."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from matchwright.matching.paths import strongest_path, weakest_link


def test_the_strongest_path_is_the_one_whose_weakest_link_is_the_strongest():
    links = [("a", "b", 0.95), ("b", "c", 0.99), ("a", "c", 0.90), ("c", "d", 0.98)]
    assert strongest_path(links, "a", "d") == [("a", "b", 0.95), ("b", "c", 0.99), ("c", "d", 0.98)]
    assert strongest_path(links, "d", "a") == [("d", "c", 0.98), ("c", "b", 0.99), ("b", "a", 0.95)]


def test_among_equally_strong_paths_the_shortest_is_taken():
    links = [("a", "b", 0.99), ("b", "c", 0.99), ("a", "c", 0.99)]
    assert strongest_path(links, "a", "c") == [("a", "c", 0.99)]


def test_records_that_no_link_connects_have_no_path():
    assert strongest_path([("a", "b", 0.99), ("c", "d", 0.99)], "a", "d") == []


def test_the_weakest_link_is_the_one_that_the_cluster_needs():
    links = [("a", "b", 0.95), ("b", "c", 0.99), ("a", "c", 0.90)]
    assert weakest_link(links) == ("a", "b", 0.95)
    assert weakest_link([]) is None


links_of_records = st.dictionaries(
    st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")).filter(lambda pair: pair[0] < pair[1]),
    st.sampled_from([0.9, 0.93, 0.96, 0.99]),
    min_size=1,
    max_size=15,
)


@given(links_of_records, st.randoms())
def test_no_other_path_is_stronger_and_the_order_of_the_links_does_not_matter(made, shuffle):
    links = [(*pair, score) for pair, score in made.items()]
    graph = nx.Graph()
    graph.add_weighted_edges_from(links)
    one, other = links[0][0], max(graph.nodes)
    found = strongest_path(links, one, other)
    shuffled = links.copy()
    shuffle.shuffle(shuffled)
    assert strongest_path(shuffled, one, other) == found
    if one == other or not nx.has_path(graph, one, other):
        assert found == []
        return
    best = max(
        min(graph.edges[step]["weight"] for step in path) for path in nx.all_simple_edge_paths(graph, one, other)
    )
    assert min(score for *_, score in found) == best
    assert [found[0][0], *(link[1] for link in found)][0 :: len(found)] == [one, other]
    assert all(graph.edges[left, right]["weight"] == score for left, right, score in found)
