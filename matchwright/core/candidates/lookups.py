"""Bounding the work of a sparse product: the rarest n-grams of a record are looked up first.

Without a bound the work grows with the square of the number of records. Nearly all of it is for common n-grams, which
carry the least information.
"""

from typing import Any

import numpy as np
from sklearn.preprocessing import normalize

EXACT_WORK = 10_000_000_000
"""Products that are computed without a bound: about a minute on one core."""


def lookups_allowed(queries: Any, record_counts: np.ndarray[Any, Any], most: int) -> int | None:
    """How many records one query may look up. None where the work of all queries is within :data:`EXACT_WORK`.

    Args:
        queries: sparse rows of unit length, shape (records, n-grams).
        record_counts: how many records have each n-gram, shape (n-grams,).
        most: the limit of the spec. It is raised where the work is still within :data:`EXACT_WORK`.
    """
    queries_per_ngram = np.bincount(queries.indices, minlength=len(record_counts))
    if int(queries_per_ngram @ record_counts.astype(np.int64)) <= EXACT_WORK:
        return None
    return max(most, EXACT_WORK // int(queries.shape[0]))


def rarest_first(queries: Any, record_counts: np.ndarray[Any, Any], most: int) -> Any:
    """The queries with only their rarest n-grams, as many as lead to ``most`` records.

    The rarest n-gram is always kept. The rows have unit length again, so similarities stay comparable.
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
