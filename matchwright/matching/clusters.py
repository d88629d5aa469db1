"""Clusters: which records are one entity, from the scores of pairs.

Where a record has at most one true match, matches are assigned to records. Elsewhere matches connect records, and a
guard cuts chains: a component is kept whole only if the evidence of all its pairs holds it together.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.decide.calibrator import log_odds
from matchwright.core.spec import MatchSpec
from matchwright.matching.assignment import best_of_each, one_to_one
from matchwright.matching.components import (
    Labels,
    Numbers,
    Positions,
    components,
    weakest_links,
)
from matchwright.matching.correlation_clustering import correlation_clusters

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Clusters:
    """The clusters of a register.

    - ``labels``: of each record, the smallest record of its cluster, shape (records,).
    - ``joined``: the pairs that hold clusters together, shape (pairs,).
    - ``assigned_elsewhere``: matches that are not joined, because a record of theirs has a better one.
    - ``cut``: matches that are not joined, because the other pairs of their records speak against it.
    - ``weakest``: of each record, the weakest link of its cluster; NaN for a record alone.
    """

    labels: Labels
    joined: Mask
    assigned_elsewhere: Mask
    cut: Mask
    weakest: Numbers

    @property
    def sizes(self) -> Labels:
        """The number of records of the cluster of each record, shape (records,)."""
        return np.bincount(self.labels, minlength=len(self.labels))[self.labels]


def clusters_of(
    records: int,
    left: Positions,
    right: Positions,
    scores: Numbers,
    is_match: Mask,
    spec: MatchSpec,
    *,
    guard: bool = True,
    review_from: float = 0.5,
) -> Clusters:
    """The clusters of records that matches make.

    Args:
        records: how many records there are. Records are numbers from 0.
        left: the left record of each scored pair, shape (pairs,).
        right: the right record of each scored pair.
        scores: of the pairs, more than 0 and less than 1.
        is_match: the pairs that may join records.
        spec: its ``multiplicity`` says on which sides a record has at most one match.
        guard: whether chains are cut.
        review_from: pairs with a lower score speak against a chain. Those above it, which nobody has decided, do not.
    """
    matches = np.flatnonzero(is_match)
    if spec.multiplicity == "many_to_many":
        labels = components(records, left[matches], right[matches])
        if guard:
            labels = _without_chains(labels, left, right, scores, review_from)
        joined = np.zeros(len(scores), dtype=bool)
        joined[matches] = labels[left[matches]] == labels[right[matches]]
        # a pair that is no match supports a cluster, and does not join its records
        labels = components(records, left[joined], right[joined])
        none = np.zeros(len(scores), dtype=bool)
        found = labels, joined, none, is_match & ~joined
    else:
        weights = _weights(scores[matches])
        one, other = left[matches], right[matches]
        chosen = (
            one_to_one(records, one, other, weights)
            if spec.multiplicity == "one_to_one"
            else best_of_each(other, one, weights)
        )
        joined = np.zeros(len(scores), dtype=bool)
        joined[matches[chosen]] = True
        labels = components(records, left[joined], right[joined])
        found = labels, joined, is_match & ~joined, np.zeros(len(scores), dtype=bool)
    return Clusters(*found, weakest_links(found[0], left[joined], right[joined], scores[joined]))


def _weights(scores: Numbers) -> Labels:
    """Log-odds as positive whole numbers: so equal sums are equal."""
    return np.asarray(np.maximum(np.round(log_odds(scores) * 1e6), 1), dtype=np.int64)


def _without_chains(labels: Labels, left: Positions, right: Positions, scores: Numbers, review_from: float) -> Labels:
    """The components, each divided where the evidence of its pairs is against it."""
    inside = np.flatnonzero(labels[left] == labels[right])
    component, evidence = labels[left[inside]], log_odds(scores[inside])
    # two faulty copies of one entity may be little alike, while other records connect them
    evidence[(evidence < 0) & (scores[inside] >= review_from)] = 0.0
    sizes = np.bincount(labels, minlength=len(labels))
    supported = np.bincount(component, evidence > 0, minlength=len(labels))
    doubtful = (sizes > 2) & (supported < sizes * (sizes - 1) // 2)
    chosen = np.flatnonzero(doubtful[component])
    # sums of numbers depend on their order, so it must not be that of the pairs
    order = chosen[np.lexsort((right[inside[chosen]], left[inside[chosen]], component[chosen]))]
    found = labels.copy()
    for part in np.split(order, np.flatnonzero(np.diff(component[order])) + 1):
        if not len(part):
            continue
        one, other = left[inside[part]].tolist(), right[inside[part]].tolist()
        edges = list(zip(one, other, evidence[part].tolist(), strict=True))
        for record, cluster in correlation_clusters(sorted({*one, *other}), edges).items():
            found[record] = cluster
    return found
