"""Comparing the log loss of two models on the same pairs."""

import numpy as np
from numpy.typing import ArrayLike

from matchwright.evaluation.bootstrap import REPLICATES, Array, Estimate, means
from matchwright.evaluation.metrics import LEAST_SCORE


def log_losses(log_odds: ArrayLike, labels: ArrayLike) -> Array:
    """The log loss of each pair, shape (pairs,), from its log-odds. It is capped as in the other metrics."""
    values = np.asarray(log_odds, dtype=np.float64)
    wrong_way = np.where(np.asarray(labels) == 1, -values, values)
    return np.asarray(np.minimum(np.logaddexp(0.0, wrong_way), -np.log(LEAST_SCORE)))


def mean_over_queries(values: ArrayLike, left_keys: ArrayLike, seed: int, replicates: int = REPLICATES) -> Estimate:
    """The mean over pairs with its 95 % interval. The bootstrap draws left records with all their pairs.

    To compare two models, give the difference for each pair. The bootstrap is then paired.

    Args:
        values: one number per pair, (pairs,).
        left_keys: the left record of each pair, (pairs,).
        seed: of the resampling.
        replicates: bootstrap replicates.
    """
    return means({"mean": values}, left_keys, seed, replicates)["mean"]
