"""The calibrator: a monotone map from log-odds to probability, in NumPy alone."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from matchwright.core.spec.deciding import CalibrationMethod
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen

Array = np.ndarray[Any, np.dtype[np.float64]]
SMALLEST = 1e-6
"""Probabilities stay this far from 0 and 1, because no finite number of labels proves certainty."""


class Calibrator(Frozen):
    """A monotone map from log-odds to probability, with the parameters of its method.

    ``intercept`` and ``slope`` are the parameters of Platt scaling. ``knots`` are those of isotonic regression:
    log-odds with their probability, both rising. The method ``none`` keeps the scorer's own probability.
    """

    method: CalibrationMethod
    intercept: float = 0.0
    slope: float = 1.0
    knots: tuple[tuple[float, float], ...] = ()

    def apply(self, log_odds: Array) -> Array:
        """Calibrated probabilities, shape of ``log_odds``."""
        if self.method == "isotonic":
            at, probabilities = np.array(self.knots).T
            raw = np.interp(log_odds, at, probabilities)
        else:
            raw = sigmoid(self.intercept + self.slope * log_odds)
        return np.asarray(np.clip(raw, SMALLEST, 1 - SMALLEST))

    def save(self, path: Path) -> None:
        """Write ``calibrator.json``."""
        path.write_text(json.dumps(self.model_dump(mode="json", exclude_defaults=True), indent=1) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path) -> "Calibrator":
        """Read what :meth:`save` wrote (BundleError where it is not a calibrator)."""
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise BundleError("The calibrator cannot be read.", DAMAGED) from error


def log_odds(probabilities: Array) -> Array:
    """Log-odds of probabilities between 0 and 1."""
    return np.asarray(np.log(probabilities) - np.log1p(-probabilities))


def sigmoid(values: Array) -> Array:
    """Probabilities of log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -60, 60))))
