"""The candidate budget: which candidates of a record are kept."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates.table import RANKED

Ranks = np.ndarray[Any, np.dtype[np.int64]]


def ranks_in_record(candidates: pd.DataFrame) -> Ranks:
    """The rank of each candidate among those of its left record, from 1.

    In deduplication it is the better of the ranks in both records. No labels are needed. The best rank that TF-IDF or
    the embedding gave to the pair comes first; pairs that neither proposed come last. Ties are decided by the number
    of methods that proposed the pair, then by key. So the best candidates of both methods are kept. No other order
    that was tried (one method first, reciprocal rank fusion, number of methods first) lost fewer true pairs on every
    dataset.
    """
    if candidates.empty:
        return np.empty(0, dtype=np.int64)
    ranks = [candidates[f"{name}_rank"].to_numpy(dtype=np.float64, na_value=np.inf) for name in RANKED]
    rank = np.minimum.reduce(ranks)
    methods = np.asarray(candidates["proposed_by"].str.count(r"\|"), dtype=np.int64)
    if not str(candidates["right_key"].iloc[0]).startswith("left:"):
        return _ranks(pd.factorize(candidates["left_key"])[0], rank, methods)
    records = pd.factorize(np.concatenate([candidates["left_key"], candidates["right_key"]]))[0]
    both = _ranks(records, np.tile(rank, 2), np.tile(methods, 2))
    return np.asarray(both.reshape(2, -1).min(axis=0))


def within_budget(candidates: pd.DataFrame, most: int) -> pd.DataFrame:
    """The candidates with a rank of at most ``most``, see :func:`ranks_in_record`.

    A left record keeps at most ``most``. In deduplication a record may keep more, because a pair is kept if it is among
    the first of either of its records.
    """
    if len(candidates) <= most:
        return candidates
    kept = ranks_in_record(candidates) <= most
    return candidates if kept.all() else candidates[kept].reset_index(drop=True)


def _ranks(record: Ranks, rank: np.ndarray[Any, Any], methods: Ranks) -> Ranks:
    order = np.lexsort((-methods, rank, record))
    ordered = record[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    found = np.empty(len(record), dtype=np.int64)
    found[order] = np.arange(len(record)) - np.repeat(starts, np.diff(np.r_[starts, len(record)])) + 1
    return found
