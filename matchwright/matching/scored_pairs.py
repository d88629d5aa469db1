"""The scores of all pairs of a register."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Positions = np.ndarray[Any, np.dtype[np.int32]]
Rows = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class ScoredPairs:
    """All pairs of a register with their scores, each array of shape (pairs,).

    The pairs after the first ``candidates`` ones are further pairs, which neighbours propose. ``moved`` are the numbers
    of the pairs whose log-odds neighbours change, rising, and ``by`` is what they add to each.
    """

    left: Positions
    right: Positions
    scores: Numbers
    candidates: int
    moved: Rows
    by: Numbers

    def __len__(self) -> int:
        return len(self.left)

    def added(self, rows: "slice | Rows") -> Numbers:
        """What neighbours add to the log-odds of some pairs, shape (rows,)."""
        wanted = np.arange(*rows.indices(len(self))) if isinstance(rows, slice) else rows
        at = np.searchsorted(self.moved, wanted)
        known = np.append(self.moved, -1)[at] == wanted
        return np.where(known, np.append(self.by, 0.0)[at], 0.0)
