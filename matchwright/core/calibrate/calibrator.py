"""The calibrator: a monotone map that serving applies with numpy alone."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from matchwright.core.spec.model import CalibrationMethod
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen

Array = np.ndarray[Any, np.dtype[np.float64]]
SMALLEST = 1e-6
"""Probabilities are kept this far from 0 and 1: nothing is certain on finite evidence."""
STEP_DECIMALS = 2
"""Venn-Abers reads log-odds to this many decimals, which bounds its steps however many pairs taught it."""


class Calibrator(Frozen):
    """A monotone map from log-odds to probability, with the parameters of its method.

    ``intercept`` and ``slopes`` are Platt's and beta's, ``knots`` isotonic regression's. Venn-Abers
    has ``places``, rising log-odds, and the two probabilities between them: ``lower`` (p0, the fit with
    the new pair taken for no match) and ``upper`` (p1, for a match), each one longer than ``places``.
    """

    method: CalibrationMethod
    intercept: float = 0.0
    slopes: tuple[float, ...] = ()
    knots: tuple[tuple[float, float], ...] = ()
    places: tuple[float, ...] = ()
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()

    def apply(self, margin: Array) -> Array:
        """Calibrated probabilities, shape of ``margin``."""
        raw = sigmoid(margin)
        if self.method == "platt":
            raw = sigmoid(self.intercept + self.slopes[0] * margin)
        elif self.method == "beta":
            raw = sigmoid(self.intercept + self.slopes[0] * logarithm(raw) - self.slopes[1] * logarithm(1 - raw))
        elif self.method == "isotonic":
            places, values = np.array(self.knots).T
            raw = np.interp(margin, places, values)
        elif self.method == "venn_abers":
            lower, upper = self.interval(margin)
            raw = upper / (1 - lower + upper)
        return np.clip(raw, SMALLEST, 1 - SMALLEST)

    def interval(self, margin: Array) -> tuple[Array, Array]:
        """Venn-Abers' two probabilities (p0, p1): the wider apart, the less is known at this score.

        Under exchangeability one of the two is perfectly calibrated. Of every other method both are
        the one score. Vovk, Petej, Fedorova (2015), Large-scale probabilistic predictors with and
        without guarantees of validity.
        """
        if self.method != "venn_abers":
            score = self.apply(margin)
            return score, score
        places, margin = np.array(self.places), np.round(margin, STEP_DECIMALS)
        lower = np.array(self.lower)[np.searchsorted(places, margin, side="right")]
        upper = np.array(self.upper)[np.searchsorted(places, margin, side="left")]
        return lower, upper

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


def sigmoid(values: Array) -> Array:
    """Probabilities of log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -60, 60))))


def logarithm(values: Array) -> Array:
    """Natural logarithm, of 0 a large negative number."""
    return np.asarray(np.log(np.clip(values, 1e-12, 1.0)))
