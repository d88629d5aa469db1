"""How good clusters are, by pairs of records and by records."""

from typing import Any, NamedTuple

import numpy as np

Labels = np.ndarray[Any, Any]


class ClusterFigures(NamedTuple):
    """Precision, recall and their harmonic mean, each from 0 to 1."""

    precision: float
    recall: float
    f1: float


def pairwise(entities: Labels, clusters: Labels) -> ClusterFigures:
    """Of all pairs of records: how many of those in one cluster are one entity, and the other way round.

    Args:
        entities: of each record, shape (records,).
        clusters: of each record.
    """
    both, _, _ = _counts(entities, clusters)
    together = [_pairs(sizes) for sizes in (both, _sizes(clusters), _sizes(entities))]
    return _figures(
        together[0] / together[1] if together[1] else 1.0, together[0] / together[2] if together[2] else 1.0
    )


def b_cubed(entities: Labels, clusters: Labels) -> ClusterFigures:
    """The mean over records: of the records in its cluster, how many are of its entity, and the other way round.

    Bagga and Baldwin (1998), Entity-Based Cross-Document Coreferencing Using the Vector Space Model. A large cluster
    weighs as many times as it has records, and not with the square of this number as in pairs.

    Args:
        entities: of each record, shape (records,).
        clusters: of each record.
    """
    both, of_entity, of_cluster = _counts(entities, clusters)
    precision = float((both * both / of_cluster).sum() / both.sum())
    return _figures(precision, float((both * both / of_entity).sum() / both.sum()))


def _counts(entities: Labels, clusters: Labels) -> tuple[Labels, Labels, Labels]:
    """For each entity in each cluster: the records in both, in the entity, and in the cluster."""
    entity, cluster = (np.unique(labels, return_inverse=True)[1] for labels in (entities, clusters))
    width = int(cluster.max()) + 1
    codes, both = np.unique(entity.astype(np.int64) * width + cluster, return_counts=True)
    return both, np.bincount(entity)[codes // width], np.bincount(cluster)[codes % width]


def _sizes(labels: Labels) -> Labels:
    return np.asarray(np.unique(labels, return_counts=True)[1])


def _pairs(sizes: Labels) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _figures(precision: float, recall: float) -> ClusterFigures:
    return ClusterFigures(
        precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    )
