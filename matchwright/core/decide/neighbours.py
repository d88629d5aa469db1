"""Scores with what the neighbours of a pair add, in batch use alone."""

from typing import Any

import numpy as np

from matchwright.core.decide.bands import SCORE_DECIMALS
from matchwright.core.decide.calibrator import SMALLEST, log_odds, sigmoid

Array = np.ndarray[Any, np.dtype[np.float64]]


def with_neighbours(scores: Array, added: Array) -> Array:
    """The scores after the neighbours have changed the log-odds. A pair to which they add 0 keeps its score.

    Args:
        scores: of the pairs, as the model gives them, shape (pairs,).
        added: of :meth:`~matchwright.core.models.neighbours.Neighbours.contributions`, shape (pairs,).
    """
    changed = np.clip(sigmoid(log_odds(scores) + added), SMALLEST, 1 - SMALLEST)
    return np.asarray(np.where(added == 0, scores, np.round(changed, SCORE_DECIMALS)))
