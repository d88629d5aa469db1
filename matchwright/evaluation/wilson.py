"""Wilson's score interval for a share. It holds for few observations and for shares near 0 or 1."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm


def wilson_interval(
    successes: ArrayLike, observations: ArrayLike, confidence: float = 0.95
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Two-sided bounds of a share, elementwise; (0, 1) without observations."""
    z = float(norm.ppf((1 + confidence) / 2))
    k, n = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(observations, dtype=np.float64))
    share = np.divide(k, n, out=np.full(n.shape, 0.5), where=n > 0)
    centre = (n * share + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(n * share * (1 - share) + z**2 / 4)
    low, high = np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)
