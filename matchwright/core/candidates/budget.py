"""The candidate budget: which candidates of a record are kept."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates.table import NO_RANK, RANKED, CandidatePairs

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
    one_table = str(candidates["right_key"].iloc[0]).startswith("left:")
    records = pd.factorize(np.concatenate([candidates["left_key"], candidates["right_key"]]))[0]
    left, right = records.reshape(2, -1)
    return _best_ranks(left, right, rank, methods, one_table)


def within_budget(candidates: pd.DataFrame, most: int) -> pd.DataFrame:
    """The candidates with a rank of at most ``most``, see :func:`ranks_in_record`.

    A left record keeps at most ``most``. In deduplication a record may keep more, because a pair is kept if it is among
    the first of either of its records.
    """
    if len(candidates) <= most:
        return candidates
    kept = ranks_in_record(candidates) <= most
    return candidates if kept.all() else candidates[kept].reset_index(drop=True)


def pairs_within_budget(pairs: CandidatePairs, most: int, one_table: bool) -> CandidatePairs:
    """As :func:`within_budget`, for pairs by position."""
    records = np.concatenate([pairs.left, pairs.right]) if one_table else pairs.left
    if np.bincount(records).max(initial=0) <= most:
        return pairs
    kept = pair_ranks(pairs, one_table) <= most
    return pairs if kept.all() else pairs.take(kept)


def pair_ranks(pairs: CandidatePairs, one_table: bool) -> Ranks:
    """As :func:`ranks_in_record`, for pairs by position."""
    ranks = [np.where(values == NO_RANK, np.inf, values) for values in pairs.ranks.values()]
    methods = np.bitwise_count(pairs.methods).astype(np.int64)
    return _best_ranks(pairs.left, pairs.right, np.minimum.reduce(ranks), methods, one_table)


def _best_ranks(
    left: np.ndarray[Any, Any], right: np.ndarray[Any, Any], rank: np.ndarray[Any, Any], methods: Ranks, one_table: bool
) -> Ranks:
    if not one_table:
        return _ranks(left, rank, methods)
    both = _ranks(np.concatenate([left, right]), np.tile(rank, 2), np.tile(methods, 2))
    return np.asarray(both.reshape(2, -1).min(axis=0))


def _ranks(record: np.ndarray[Any, Any], rank: np.ndarray[Any, Any], methods: Ranks) -> Ranks:
    order = np.lexsort((-methods, rank, record))
    ordered = record[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    found = np.empty(len(record), dtype=np.int64)
    found[order] = np.arange(len(record)) - np.repeat(starts, np.diff(np.r_[starts, len(record)])) + 1
    return found
