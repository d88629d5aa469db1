"""Bounding the work of a sparse product: each record is looked up by its rarest n-grams first.

Without a bound the work grows with the square of the records, nearly all of it for n-grams that a
large share of them has and that tell the least.
"""

from typing import Any

import numpy as np
from sklearn.preprocessing import normalize

EXACT_WORK = 10_000_000_000
"""Products that are summed without any bound: about a minute on one core."""


def looked_up(queries: Any, record_counts: np.ndarray[Any, Any], most: int) -> Any:
    """The queries as they are looked up: as they are, or with their rarest n-grams alone where the work is too much.

    Args:
        queries: sparse rows of unit length, (records, n-grams).
        record_counts: the records that each n-gram leads to, (n-grams,).
        most: where :data:`EXACT_WORK` would be exceeded, the records that one query may be led to,
            or more while the work stays within it. The rarest n-gram of a query is always kept.

    Returns:
        Rows of unit length again, so that a similarity means the same.
    """
    work = record_counts[queries.indices].astype(np.int64)
    if int(work.sum()) <= EXACT_WORK:
        return queries
    most = max(most, EXACT_WORK // queries.shape[0])
    row = np.repeat(np.arange(queries.shape[0]), np.diff(queries.indptr))
    order = np.lexsort((queries.indices, work, row))
    so_far = np.r_[0, np.cumsum(work[order])]
    kept = so_far[1:] - so_far[queries.indptr[row]] <= most
    kept[queries.indptr[:-1][np.diff(queries.indptr) > 0]] = True
    bounded = queries.copy()
    bounded.data[order[~kept]] = 0
    bounded.eliminate_zeros()
    return normalize(bounded, copy=False)
