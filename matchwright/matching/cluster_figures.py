"""The figures about clusters that a run shows: how large they are, and which ones are the most doubtful."""

from typing import Any

import pandas as pd

from matchwright.matching.paths import weakest_link

SHOWN = 20
"""How many of the largest and of the most doubtful clusters are named."""


def cluster_figures(clusters: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, Any]:
    """The number of entities and their sizes, and the largest and the most doubtful clusters with their weakest links.

    Args:
        clusters: record_key, cluster_id, cluster_size and weakest_link of every record.
        pairs: left_key, right_key, score and joined of the decided pairs.
    """
    first = clusters.drop_duplicates("cluster_id")
    sizes = first["cluster_size"].value_counts().sort_index()
    several = first[first["cluster_size"] > 1]
    largest = several.sort_values(["cluster_size", "cluster_id"], ascending=[False, True]).head(SHOWN)
    doubtful = several.sort_values(["weakest_link", "cluster_id"]).head(SHOWN)
    weakest = _weakest_pairs(clusters, pairs, {*largest["cluster_id"], *doubtful["cluster_id"]})
    return {
        "entities": len(first),
        "by_size": {str(size): int(count) for size, count in sizes.items()},
        "largest": _shown(largest, weakest),
        "most_doubtful": _shown(doubtful, weakest),
    }


def _weakest_pairs(clusters: pd.DataFrame, pairs: pd.DataFrame, shown: set[str]) -> dict[str, list[str]]:
    """The keys of the weakest link of each cluster that is shown."""
    members = clusters[clusters["cluster_id"].isin(shown)].set_index("record_key")["cluster_id"]
    joined = pairs[pairs["joined"] & pairs["left_key"].isin(members.index)]
    found = {}
    for cluster, links in joined.groupby(members.reindex(joined["left_key"]).to_numpy(), sort=False):
        weakest = weakest_link(links[["left_key", "right_key", "score"]].itertuples(index=False, name=None))
        assert weakest is not None  # there is a link in each group
        found[str(cluster)] = [weakest[0], weakest[1]]
    return found


def _shown(clusters: pd.DataFrame, weakest: dict[str, list[str]]) -> list[dict[str, Any]]:
    columns = ["cluster_id", "cluster_size", "weakest_link"]
    rows = clusters[columns].to_dict("records")
    return [{**{str(name): row[name] for name in row}, "weakest_pair": weakest[row["cluster_id"]]} for row in rows]
