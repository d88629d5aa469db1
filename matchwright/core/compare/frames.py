"""Data frames of comparisons: made from an array, and read as one. For few pairs, pandas costs more than the work."""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

FEW_PAIRS = 64
"""With fewer pairs, choosing columns of a data frame costs more than choosing columns of its values."""


def framed(values: np.ndarray[Any, Any], names: tuple[str, ...]) -> pd.DataFrame:
    """A data frame of comparisons, shape (pairs, comparisons). For one pair, making the index of names costs most."""
    return pd.DataFrame(values, columns=_index_of(names).view(), copy=False)


def values_of(comparisons: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The columns ``names``, which must be there, as an array of shape (pairs, names). It may be a view."""
    at = _places(tuple(comparisons.columns), names)
    if at is None:
        return np.asarray(comparisons.to_numpy(dtype=np.float32))
    if len(comparisons) < FEW_PAIRS:
        return np.asarray(comparisons.to_numpy()[:, at], dtype=np.float32)
    return np.asarray(comparisons.iloc[:, at].to_numpy(dtype=np.float32))  # other columns may hold text


@lru_cache
def _places(present: tuple[str, ...], wanted: tuple[str, ...]) -> "np.ndarray[tuple[int], np.dtype[np.intp]] | None":
    """The indices of the wanted columns; None if they are all columns in their order."""
    if present == wanted:
        return None
    index = {name: number for number, name in enumerate(present)}
    return np.array([index[name] for name in wanted], dtype=np.intp)


@lru_cache
def _index_of(names: tuple[str, ...]) -> "pd.Index[str]":
    return pd.Index(names)
