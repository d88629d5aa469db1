"""Bounding the work of a sparse product: each record is looked up by its rarest n-grams first.

Without a bound the work grows with the square of the records, nearly all of it for n-grams that a
large share of them has and that tell the least.
"""

from typing import Any

import numpy as np
from sklearn.preprocessing import normalize

EXACT_WORK = 10_000_000_000
"""Products that are summed without any bound: about a minute on one core."""


def lookups_allowed(queries: Any, record_counts: np.ndarray[Any, Any], most: int) -> int | None:
    """The records that one query may be led to; None where all of them stay within :data:`EXACT_WORK`.

    Args:
        queries: sparse rows of unit length, (records, n-grams).
        record_counts: the records that each n-gram leads to, (n-grams,).
        most: what the spec allows; queries are led to more while the work stays within what is done exactly.
    """
    askers = np.bincount(queries.indices, minlength=len(record_counts))
    if int(askers @ record_counts.astype(np.int64)) <= EXACT_WORK:
        return None
    return max(most, EXACT_WORK // int(queries.shape[0]))


def rarest_first(queries: Any, record_counts: np.ndarray[Any, Any], most: int) -> Any:
    """The queries with their rarest n-grams alone, as many as lead to ``most`` records; the rarest is always kept.

    Returns:
        Rows of unit length again, so that a similarity means the same.
    """
    work = record_counts[queries.indices].astype(np.int64)
    row = np.repeat(np.arange(queries.shape[0]), np.diff(queries.indptr))
    order = np.lexsort((queries.indices, work, row))
    so_far = np.r_[0, np.cumsum(work[order])]
    kept = so_far[1:] - so_far[queries.indptr[row]] <= most
    kept[queries.indptr[:-1][np.diff(queries.indptr) > 0]] = True
    bounded = queries.copy()
    bounded.data[order[~kept]] = 0
    bounded.eliminate_zeros()
    return normalize(bounded, copy=False)
