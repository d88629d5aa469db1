"""Candidates from the encoder: each left record's nearest right records by cosine."""

import numpy as np

from matchwright.core.candidates.table import Positions, Proposal, RecordTable
from matchwright.core.encoder import Encoder

NAME = "encoder"
CELLS = 50_000_000
"""Similarities held at a time: bounds memory to 200 MB, however many records there are."""


def propose_by_encoder(table: RecordTable, encoder: Encoder, top_k: int) -> Proposal:
    """Each left record's ``top_k`` nearest right records, exact, with their ranks; in one table the nearest others.

    Records whose cosine is not above 0 are nobody's neighbours, such as those without any text.
    """
    vectors = encoder.encode(table.features)
    asked = vectors[table.right].T
    batch = max(1, CELLS // max(len(table.right), 1))
    found = [
        _nearest(table, vectors[rows] @ asked, rows, top_k)
        for rows in (table.left[start : start + batch] for start in range(0, len(table.left), batch))
        if len(table.right)
    ]
    left, right, rank = (
        np.concatenate([part[place] for part in found]) if found else np.empty(0, dtype=np.int32) for place in range(3)
    )
    if table.one_table:
        left, right = np.minimum(left, right), np.maximum(left, right)
    return Proposal(NAME, left, right, rank.astype(np.int16))


def _nearest(
    table: RecordTable, similarity: np.ndarray[tuple[int, int], np.dtype[np.float32]], rows: Positions, top_k: int
) -> tuple[Positions, Positions, Positions]:
    """Of ``similarity``, (rows, right records): asking records, their nearest ones, and the ranks from 1."""
    if table.one_table:  # nobody is their own neighbour
        similarity[np.arange(len(rows)), np.searchsorted(table.right, rows)] = 0
    wanted = min(top_k, similarity.shape[1])
    nearest = np.argpartition(-similarity, wanted - 1, axis=1)[:, :wanted]
    nearest.sort(axis=1)  # equally near records stand in the order of their keys
    near = np.take_along_axis(similarity, nearest, axis=1)
    order = np.argsort(-near, axis=1, kind="stable")
    nearest, near = np.take_along_axis(nearest, order, axis=1), np.take_along_axis(near, order, axis=1)
    kept = near > 0
    rank = np.broadcast_to(np.arange(1, wanted + 1, dtype=np.int32), near.shape)
    return np.repeat(rows, kept.sum(axis=1)), table.right[nearest[kept]], rank[kept]
