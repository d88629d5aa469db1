"""The figures about clusters that a run shows."""

import numpy as np
import pandas as pd

from matchwright.matching.cluster_figures import cluster_figures

CLUSTERS = pd.DataFrame(
    {
        "record_key": ["left:1", "left:2", "left:3", "left:4", "left:5", "left:6"],
        "cluster_id": ["left:1", "left:1", "left:1", "left:4", "left:4", "left:6"],
        "cluster_size": [3, 3, 3, 2, 2, 1],
        "weakest_link": [0.99, 0.99, 0.99, 0.981, 0.981, np.nan],
    }
)
PAIRS = pd.DataFrame(
    [
        ("left:1", "left:2", 0.999, True),
        ("left:1", "left:3", 0.985, True),  # the cluster does not need it
        ("left:2", "left:3", 0.99, True),
        ("left:4", "left:5", 0.981, True),
        ("left:5", "left:6", 0.5, False),
    ],
    columns=["left_key", "right_key", "score", "joined"],
)


def test_the_largest_and_the_most_doubtful_clusters_are_named_with_their_weakest_links():
    found = cluster_figures(CLUSTERS, PAIRS)
    assert (found["entities"], found["by_size"]) == (3, {"1": 1, "2": 1, "3": 1})
    largest, smaller = found["largest"]
    assert largest == {
        "cluster_id": "left:1",
        "cluster_size": 3,
        "weakest_link": 0.99,
        "weakest_pair": ["left:2", "left:3"],
    }
    assert found["most_doubtful"] == [smaller, largest]
    assert smaller["weakest_pair"] == ["left:4", "left:5"]


def test_records_that_joined_no_other_ones_are_only_counted():
    alone = CLUSTERS.tail(1)
    found = cluster_figures(alone, PAIRS.head(0))
    assert found == {"entities": 1, "by_size": {"1": 1}, "largest": [], "most_doubtful": []}
