"""The clusters of a run, judged by what is known of its records."""

from dataclasses import dataclass

import pandas as pd

from matchwright.evaluation.cluster_metrics import ClusterFigures, b_cubed, pairwise


@dataclass(frozen=True)
class Judged:
    """Clusters of a register: the pairs of records in one cluster, figures by pairs, and figures by records."""

    pairs: int
    by_pairs: ClusterFigures
    by_records: ClusterFigures


def judged(entity: "pd.Series[int]", clusters: "pd.Series[str]") -> Judged:
    """The figures of the records that are judged.

    Args:
        entity: of each judged record, by record key.
        clusters: of each record, by record key. A judged record that is missing is in a cluster of its own.
    """
    of = clusters.reindex(entity.index)
    of = of.where(of.notna(), entity.index.to_series()).to_numpy(dtype=str)
    sizes = pd.Series(of).value_counts()
    entities = entity.to_numpy()
    return Judged(int((sizes * (sizes - 1) // 2).sum()), pairwise(entities, of), b_cubed(entities, of))


def clusters_cut(whole: "pd.Series[str]", guarded: "pd.Series[str]") -> int:
    """How many clusters of ``whole`` are several in ``guarded``. Both are by record key."""
    parts = guarded.reindex(whole.index).groupby(whole.to_numpy()).nunique()
    return int((parts > 1).sum())
