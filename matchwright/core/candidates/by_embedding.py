"""Candidates by a fitted embedding: each left record's nearest right records."""

from collections.abc import Callable
from typing import Any

import joblib  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

from matchwright.core.candidates.table import Positions, Proposal, Ranks, RecordTable
from matchwright.core.candidates.tfidf_index.ranking import rank_in_row

NAME = "embedding"
ROWS = 10_000
"""Records looked up at a time. This bounds the memory of a search."""

Embed = Callable[[pd.DataFrame], csr_matrix]
"""From record features to one vector per record, shape (records, columns). Inner products compare them."""


def propose_by_embedding(table: RecordTable, embed: Embed, top_k: int) -> Proposal:
    """The ``top_k`` nearest right records of each left record, with their ranks.

    In deduplication they are the nearest other records. Only an inner product above 0 counts, so a record without
    text has no neighbours. The search is exact: every left record is compared with every right record, so the time
    grows with the product of their numbers.
    """
    vectors = embed(table.features)
    index: Any = vectors[table.right].T.tocsr()
    parts = [(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int16))]
    for start in range(0, len(table.left), ROWS):
        rows = table.left[start : start + ROWS]
        nearest = sp_matmul_topn(
            vectors[rows],
            index,
            top_n=top_k + table.one_table,  # in deduplication a record is nearest to itself
            threshold=0.0,
            sort=True,
            n_threads=joblib.cpu_count(),
        )
        parts.append(_ranked(nearest, rows, table.right, top_k))
    left, right, rank = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    if table.one_table:
        left, right = np.minimum(left, right), np.maximum(left, right)
    return Proposal(NAME, left, right, rank)


def _ranked(
    nearest: Any, query_rows: Positions, target_rows: Positions, top_k: int
) -> tuple[Positions, Positions, Ranks]:
    """The pairs of a sparse matrix of neighbours, nearest first in each row. No record is paired with itself."""
    rows = np.repeat(np.arange(nearest.shape[0]), np.diff(nearest.indptr))
    one, other = query_rows[rows], target_rows[nearest.indices]
    others = one != other
    one, other, rank = one[others], other[others], rank_in_row(rows[others])
    near = rank <= top_k
    return one[near], other[near], rank[near].astype(np.int16)
