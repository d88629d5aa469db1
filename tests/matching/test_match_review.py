"""Which pairs people decide first."""

import pandas as pd

from matchwright.core.spec.deciding import Costs
from matchwright.matching.review import for_review

COSTS = Costs(false_match=50, missed_match=10, review=1)


def clusters(**of_record):
    """The clusters by record: ``a=("x", 0.9)`` is in cluster x, whose weakest link is 0.9."""
    sizes = pd.Series([name for name, _ in of_record.values()]).value_counts()
    rows = [(key, name, int(sizes[name]), weakest) for key, (name, weakest) in of_record.items()]
    return pd.DataFrame(rows, columns=["record_key", "cluster_id", "cluster_size", "weakest_link"])


def reviewed(pairs, made):
    names = ["left_key", "right_key", "score", "band", "not_joined_because"]
    found = for_review(pd.DataFrame(pairs, columns=names), made, COSTS)
    return list(zip(found["left_key"] + found["right_key"], found["expected_cost"], strict=True))


def test_a_pair_that_keeps_larger_clusters_apart_comes_first():
    made = clusters(a=("x", 0.99), b=("x", 0.99), c=("y", 0.99), d=("y", 0.99), e=("z", None), f=("w", None))
    pairs = [("e", "f", 0.6, "review", ""), ("a", "c", 0.5, "review", "")]
    assert reviewed(pairs, made) == [("ac", 20.0), ("ef", 6.0)]


def test_a_pair_that_others_hold_together_is_worth_little():
    """An answer changes nothing but this pair, and the cluster says that it is right."""
    made = clusters(a=("x", 0.98), b=("x", 0.98), c=("x", 0.98), d=("y", None))
    pairs = [("a", "b", 0.3, "review", ""), ("a", "d", 0.4, "review", "")]
    assert reviewed(pairs, made) == [("ad", 12.0), ("ab", 1.0)]


def test_matches_that_did_not_join_are_asked_for_and_certain_pairs_are_not():
    made = clusters(a=("x", 0.99), b=("x", 0.99), c=("y", None))
    pairs = [("a", "b", 0.99, "match", ""), ("b", "c", 0.99, "match", "chain"), ("a", "c", 0.2, "review", "")]
    assert [pair for pair, _ in reviewed(pairs, made)] == ["bc", "ac"]


def test_equal_costs_are_in_the_order_of_the_keys():
    made = clusters(a=("a", None), b=("b", None), c=("c", None))
    pairs = [("b", "c", 0.5, "review", ""), ("a", "b", 0.5, "review", ""), ("a", "c", 0.5, "review", "")]
    assert [pair for pair, _ in reviewed(pairs, made)] == ["ab", "ac", "bc"]
