"""Pairs without a direction."""

import numpy as np
import pandas as pd


def canonical_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """The frame with ``left_key < right_key`` in every row. In deduplication a pair has no direction."""
    swap = (pairs["left_key"] > pairs["right_key"]).to_numpy(dtype=bool)
    if not swap.any():
        return pairs
    left, right = pairs["left_key"].to_numpy(dtype=object), pairs["right_key"].to_numpy(dtype=object)
    return pairs.assign(left_key=np.where(swap, right, left), right_key=np.where(swap, left, right))
