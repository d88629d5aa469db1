"""Candidates by a common neighbour: two records that are alike to a third one, in deduplication.

A person who moved and married may agree with an old record in too little. A record from between the two events agrees
with both. A candidate that two methods propose is alike in more than one respect, so few pairs are made, and many of
them match.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array, triu

from matchwright.core.candidates.table import Codes, Proposal, RecordTable, merged, size_of

NAME = "common_neighbour"
FEWEST_METHODS = 2
"""A candidate of so many methods is a neighbour."""
MOST_NEIGHBOURS = 30
"""A record with more neighbours proposes none: the pairs that it makes grow with the square of their number."""


def propose_by_common_neighbour(table: RecordTable, proposals: Sequence[Proposal]) -> Proposal:
    """The pairs of records with a common neighbour that none of the other proposals has.

    Args:
        table: one table to deduplicate.
        proposals: those of all other methods, each with its left position before its right one.
    """
    size = size_of(table)
    codes, masks = merged(table, proposals)
    neighbours = codes[np.bitwise_count(masks) >= FEWEST_METHODS]
    made = _with_common_neighbour(neighbours, int(size))
    new = made[~np.isin(made, codes)]
    return Proposal(NAME, (new // size).astype(np.int32), (new % size).astype(np.int32))


def _with_common_neighbour(codes: Codes, size: int) -> Codes:
    left, right = codes // size, codes % size
    ones = np.ones(2 * len(codes), dtype=np.int32)
    graph = csr_array((ones, (np.r_[left, right], np.r_[right, left])), shape=(size, size))
    few = np.flatnonzero(np.diff(graph.indptr) <= MOST_NEIGHBOURS)
    chosen = graph[few]
    # rows of the product are records, and an entry counts the common neighbours of two of them
    both = triu(chosen.T.tocsr() @ chosen, 1).tocoo()
    return np.asarray(both.row.astype(np.int64) * size + both.col)
