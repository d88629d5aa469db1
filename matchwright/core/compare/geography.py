"""Comparisons of coordinates: float32 in [0, 1], NaN where a side is missing."""

from typing import Any

import numpy as np

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison

EARTH_RADIUS = 6371.0
"""Kilometres."""


def proximity(pairing: Pairing) -> Comparison:
    """1 / (1 + kilometres) along the great circle, by the haversine formula: 0.5 at one kilometre."""
    result = np.full(len(pairing), np.nan, dtype=np.float32)
    if pairing.any:
        one, other = _radians(pairing.left[pairing.both]), _radians(pairing.right[pairing.both])
        half = np.sin((one - other) / 2) ** 2
        square = half[:, 0] + np.cos(one[:, 0]) * np.cos(other[:, 0]) * half[:, 1]
        result[pairing.both] = 1 / (1 + 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(square, 0, 1))))
    return result


def _radians(points: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Latitude and longitude of coordinates in normal form, shape (points, 2)."""
    return np.radians(np.array([point.split(",") for point in points], dtype=np.float64))
