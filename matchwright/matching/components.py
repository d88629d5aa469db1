"""Connected components of pairs, and the weakest link of each cluster."""

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

Positions = np.ndarray[Any, np.dtype[np.int32]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]
Labels = np.ndarray[Any, np.dtype[np.int64]]


def components(records: int, left: Positions, right: Positions) -> Labels:
    """For each record the smallest record that pairs connect it with, shape (records,)."""
    graph = csr_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(records, records))
    labels = connected_components(graph, directed=False)[1]
    return smallest_member(labels)


def smallest_member(labels: "np.ndarray[Any, Any]") -> Labels:
    """Each label replaced by the smallest record that has it. So labels do not depend on how they were found."""
    _, first, which = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(first[which], dtype=np.int64)


def weakest_links(labels: Labels, left: Positions, right: Positions, scores: Numbers) -> Numbers:
    """For each record the score of the weakest link that its cluster needs; NaN for a record alone.

    It is the smallest score in a maximum spanning tree of the cluster: without that link the cluster falls apart, or a
    still weaker link holds it.

    Args:
        labels: the cluster of each record, shape (records,).
        left: the left record of each joined pair, shape (pairs,).
        right: the right record of each joined pair.
        scores: of the joined pairs, from 0 to 1.
    """
    size = len(labels)
    # a sparse matrix knows no weight of 0, and the tree with the smallest sum of 2 - score has the strongest links
    graph = csr_array((2.0 - scores, (np.minimum(left, right), np.maximum(left, right))), shape=(size, size))
    tree = minimum_spanning_tree(graph).tocoo()
    weakest = np.full(size, np.nan)
    np.fmin.at(weakest, labels[tree.row], 2.0 - tree.data)
    return np.asarray(np.round(weakest[labels], 6))
