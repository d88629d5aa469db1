"""Candidates by a common neighbour: two records that are alike to a third one, in deduplication.

A person who moved and married may agree with an old record in too little. A record from between the two events agrees
with both. A candidate that two methods propose is alike in more than one respect, so few pairs are made, and many of
them match.
"""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, triu

from matchwright.core.candidates.table import NO_RANK, CandidatePairs, Codes, RecordTable, one_bit_each, size_of

NAME = "common_neighbour"
FEWEST_METHODS = 2
"""A candidate of so many methods is a neighbour."""
MOST_NEIGHBOURS = 30
"""A record with more neighbours proposes none: the pairs that it makes grow with the square of their number."""


def with_common_neighbours(pairs: CandidatePairs, table: RecordTable) -> CandidatePairs:
    """The pairs, and those of records with a common neighbour that no other method proposes.

    Args:
        pairs: those of all other methods.
        table: one table to deduplicate.

    Raises:
        CandidateError: with this one there are more than 63 methods.
    """
    names = one_bit_each((*pairs.names, NAME))
    size = size_of(table)
    codes = pairs.left * size + pairs.right
    made = _with_common_neighbour(codes[np.bitwise_count(pairs.methods) >= FEWEST_METHODS], int(size))
    at = np.searchsorted(codes, made)
    known = codes[np.minimum(at, len(codes) - 1)] == made if len(codes) else np.zeros(len(made), dtype=bool)
    new, at = made[~known], at[~known]
    bit = np.int64(1) << len(pairs.names)
    return replace(
        pairs,
        left=np.insert(pairs.left, at, (new // size).astype(np.int32)),
        right=np.insert(pairs.right, at, (new % size).astype(np.int32)),
        methods=np.insert(pairs.methods, at, bit),
        names=names,
        ranks={name: np.insert(ranks, at, NO_RANK) for name, ranks in pairs.ranks.items()},
    )


def _with_common_neighbour(codes: Codes, size: int) -> Codes:
    left, right = codes // size, codes % size
    ones = np.ones(2 * len(codes), dtype=np.int32)
    graph = csr_array((ones, (np.r_[left, right], np.r_[right, left])), shape=(size, size))
    few = np.flatnonzero(np.diff(graph.indptr) <= MOST_NEIGHBOURS)
    chosen = graph[few]
    # rows of the product are records, and an entry counts the common neighbours of two of them
    both = triu(chosen.T.tocsr() @ chosen, 1).tocoo()
    return np.sort(both.row.astype(np.int64) * size + both.col)
