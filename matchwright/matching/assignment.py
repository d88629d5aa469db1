"""Assignment: which matches stand where a record has at most one true match.

The chosen matches have the largest sum of log-odds. Where both records may have one match alone this is a matching of
maximum weight, by Galil (1986), Efficient Algorithms for Finding Maximum Matching in Graphs, as networkx has it.
"""

from typing import Any

import networkx as nx  # type: ignore[import-untyped]
import numpy as np

from matchwright.matching.components import Positions, components

Chosen = np.ndarray[Any, np.dtype[np.bool_]]
Weights = np.ndarray[Any, np.dtype[np.int64]]


def best_of_each(ends: Positions, others: Positions, weights: Weights) -> Chosen:
    """For each record in ``ends`` its pair with the largest weight; among equals that with the smaller other record."""
    order = np.lexsort((others, -weights, ends))
    first = np.r_[True, ends[order][1:] != ends[order][:-1]] if len(order) else np.zeros(0, dtype=bool)
    chosen = np.zeros(len(ends), dtype=bool)
    chosen[order[first]] = True
    return np.asarray(chosen)


def one_to_one(records: int, left: Positions, right: Positions, weights: Weights) -> Chosen:
    """The pairs of a matching of maximum weight: each record is in at most one of them.

    Args:
        records: how many records there are.
        left: the left record of each match, shape (matches,).
        right: the right record of each match.
        weights: what each match adds, more than 0. Whole numbers, so that equal sums are equal.
    """
    counts = np.bincount(np.concatenate([left, right]), minlength=records)
    chosen = (counts[left] == 1) & (counts[right] == 1)
    contested = np.flatnonzero(~chosen)
    component = components(records, left[contested], right[contested])[left[contested]]
    # among equal sums the order of the pairs decides, so it must not be the one in which they were given
    order = np.lexsort((right[contested], left[contested], component))
    for rows in np.split(contested[order], np.flatnonzero(np.diff(component[order])) + 1):
        graph: Any = nx.Graph()
        graph.add_weighted_edges_from(
            zip(left[rows].tolist(), right[rows].tolist(), weights[rows].tolist(), strict=True)
        )
        kept = {tuple(sorted(pair)) for pair in nx.max_weight_matching(graph)}
        chosen[rows] = [tuple(sorted((int(left[row]), int(right[row])))) in kept for row in rows]
    return np.asarray(chosen)
