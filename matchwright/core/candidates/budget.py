"""The candidate budget: how many candidates a record may have, and what is found with fewer."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates.table import RANKED

Positions = np.ndarray[Any, np.dtype[np.int64]]


def indices(candidates: pd.DataFrame) -> Positions:
    """Where each candidate stands among its left record's, from 1; in one table the better of both records' places.

    Ordered without labels: by the best of its ranks with the methods that rank, what none of them proposed last,
    then by how many methods proposed the pair, then by key. So a budget that cuts takes no method's nearest
    before another's; of other orders (either rank first, reciprocal rank fusion, methods first) none lost fewer
    true pairs on every set.
    """
    if candidates.empty:
        return np.empty(0, dtype=np.int64)
    ranks = [candidates[f"{name}_rank"].to_numpy(dtype=np.float64, na_value=np.inf) for name in RANKED]
    rank = np.minimum.reduce(ranks)
    methods = np.asarray(candidates["proposed_by"].str.count(r"\|"), dtype=np.int64)
    if not str(candidates["right_key"].iloc[0]).startswith("left:"):
        return _positions_in(pd.factorize(candidates["left_key"])[0], rank, methods)
    records = pd.factorize(np.concatenate([candidates["left_key"], candidates["right_key"]]))[0]
    both = _positions_in(records, np.tile(rank, 2), np.tile(methods, 2))
    return np.asarray(both.reshape(2, -1).min(axis=0))


def within_budget(candidates: pd.DataFrame, most: int) -> pd.DataFrame:
    """The candidates that stand among the first ``most`` of a record."""
    if len(candidates) <= most:
        return candidates
    kept = indices(candidates) <= most
    return candidates if kept.all() else candidates[kept].reset_index(drop=True)


def _positions_in(record: Positions, rank: np.ndarray[Any, Any], methods: Positions) -> Positions:
    order = np.lexsort((-methods, rank, record))
    ordered = record[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    index = np.empty(len(record), dtype=np.int64)
    index[order] = np.arange(len(record)) - np.repeat(starts, np.diff(np.r_[starts, len(record)])) + 1
    return index
