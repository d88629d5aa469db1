"""Correlation clustering: joins records so that the evidence within clusters is for a match, and between them against.

The method is greedy additive edge contraction, of Keuper et al. (2015), Efficient Decomposition of Image and Mesh
Graphs by Lifted Multicuts. The objective is that of Bansal, Blum and Chawla (2004), Correlation Clustering. Two
clusters are joined while the log-odds of all pairs between them add up to more than 0, the largest sum first. So one
link does not hold two groups together if many other pairs of them speak against it.
"""

import heapq
from collections.abc import Iterable

UNSEEN = -1.0
"""The log-odds of a pair that no rule proposed. Its records have little in common, or one would have done so."""

Edge = tuple[int, int, float]


def correlation_clusters(records: Iterable[int], edges: Iterable[Edge], unseen: float = UNSEEN) -> dict[int, int]:
    """The cluster of each record, named by its smallest record. Ties are decided by the smaller records.

    Args:
        records: the records of one connected component.
        edges: two records and their log-odds; a pair of records occurs once.
        unseen: the log-odds of pairs without an edge.
    """
    members = {record: [record] for record in records}
    known: dict[int, dict[int, tuple[float, int]]] = {record: {} for record in members}
    heap: list[tuple[float, int, int, int, int]] = []
    age = dict.fromkeys(members, 0)

    def push(one: int, other: int) -> None:
        one, other = min(one, other), max(one, other)
        total, pairs = known[one][other]
        gain = total + (len(members[one]) * len(members[other]) - pairs) * unseen
        if gain > 0:
            heapq.heappush(heap, (-gain, one, other, age[one], age[other]))

    for one, other, log_odds in edges:
        known[one][other] = known[other][one] = (log_odds, 1)
        push(one, other)
    while heap:
        _, one, other, age_of_one, age_of_other = heapq.heappop(heap)
        if age.get(one) != age_of_one or age.get(other) != age_of_other:
            continue  # one of the two has changed since
        members[one] += members.pop(other)
        age[one] += 1
        del age[other], known[one][other]
        for third, (total, pairs) in known.pop(other).items():
            if third == one:
                continue
            before, of_before = known[one].get(third, (0.0, 0))
            known[one][third] = known[third][one] = (before + total, of_before + pairs)
            del known[third][other]
        for third in known[one]:
            push(one, third)
    return {record: cluster for cluster, inside in members.items() for record in inside}
