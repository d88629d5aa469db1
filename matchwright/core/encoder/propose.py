"""Candidates from the encoder: each left record's nearest right records by cosine."""

import numpy as np
import pandas as pd

from matchwright.core.encoder.model import Encoder

BATCH = 2_000
"""Left records compared at a time: bounds memory to ``BATCH`` times the right records."""


def propose_by_encoder(features: pd.DataFrame, encoder: Encoder, top_k: int) -> pd.DataFrame:
    """left_key and right_key of each left record's ``top_k`` nearest right records, exact.

    With left records alone (deduplication) a record's neighbours are the other left records,
    and every pair has ``left_key < right_key``.
    """
    keys = features["record_key"].to_numpy(dtype=object)
    is_left = np.array([key.startswith("left:") for key in keys])
    one_table = bool(is_left.all())
    left, right = np.flatnonzero(is_left), np.flatnonzero(is_left if one_table else ~is_left)
    vectors = encoder.encode(features)
    wanted = min(top_k + one_table, len(right))
    if wanted == 0:
        return pd.DataFrame({"left_key": [], "right_key": []}, dtype=object)
    found = []
    for start in range(0, len(left), BATCH):
        rows = left[start : start + BATCH]
        similarity = vectors[rows] @ vectors[right].T
        nearest = np.argpartition(-similarity, wanted - 1, axis=1)[:, :wanted]
        kept = np.take_along_axis(similarity, nearest, axis=1) > 0
        found.append(np.column_stack([np.repeat(rows, kept.sum(axis=1)), right[nearest[kept]]]))
    places = np.vstack(found)
    one, other = keys[places[:, 0]], keys[places[:, 1]]
    if one_table:
        one, other = np.where(one < other, one, other), np.where(one < other, other, one)
    pairs = pd.DataFrame({"left_key": one, "right_key": other})
    return pairs[pairs["left_key"] != pairs["right_key"]].drop_duplicates(ignore_index=True)
