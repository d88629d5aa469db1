"""Calibration: from the scorer's log-odds to a probability that can be believed.

The method is the simplest of none, Platt, beta and isotonic whose cross-validated log loss, on pairs
the scorer never saw, is within one standard error of the best one's. Beta calibration: Kull et al. (2017).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from matchwright.core.spec.model import Frozen
from matchwright.errors import DAMAGED, BundleError, TrainingError

Array = np.ndarray[Any, np.dtype[np.float64]]
Method = Literal["none", "platt", "beta", "isotonic"]
METHODS: tuple[Method, ...] = ("none", "platt", "beta", "isotonic")
SMALLEST = 1e-6
"""Probabilities are kept this far from 0 and 1: nothing is certain on finite evidence."""

FOLDS = 5
FEWEST_FOR_CHOICE = 20
FEWEST_STEPS = 5


class Calibrator(Frozen):
    """A monotone map from log-odds to probability; ``slopes``/``knots`` are the method's parameters."""

    method: Method
    intercept: float = 0.0
    slopes: tuple[float, ...] = ()
    knots: tuple[tuple[float, float], ...] = ()

    def apply(self, margin: Array) -> Array:
        """Calibrated probabilities, shape of ``margin``."""
        raw = 1.0 / (1.0 + np.exp(-np.clip(margin, -60, 60)))
        if self.method == "platt":
            raw = _sigmoid(self.intercept + self.slopes[0] * margin)
        elif self.method == "beta":
            raw = _sigmoid(self.intercept + self.slopes[0] * _log(raw) - self.slopes[1] * _log(1 - raw))
        elif self.method == "isotonic":
            places, values = np.array(self.knots).T
            raw = np.interp(margin, places, values)
        return np.clip(raw, SMALLEST, 1 - SMALLEST)

    def save(self, path: Path) -> None:
        """Write ``calibrator.json``."""
        path.write_text(json.dumps(self.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Calibrator":
        """Read what :meth:`save` wrote (BundleError where it is not a calibrator)."""
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise BundleError("The calibrator cannot be read.", DAMAGED) from error


@dataclass(frozen=True)
class CalibrationChoice:
    """The calibrator and the cross-validated log loss of each method that was tried."""

    calibrator: Calibrator
    log_losses: dict[str, float]


def choose_calibrator(margin: Array, labels: Array, groups: Any, seed: int) -> CalibrationChoice:
    """Fit the best calibrator.

    Args:
        margin: log-odds of the calibration pairs, shape (pairs,).
        labels: 1 for a match, else 0.
        groups: what must not be parted by a fold (the left record's key), shape (pairs,).
        seed: of the folds.

    Raises:
        TrainingError: no pair of one class.
    """
    positives, negatives = int((labels == 1).sum()), int((labels == 0).sum())
    if min(positives, negatives) == 0:
        raise TrainingError(
            f"The calibration split has {positives} matching and {negatives} other pairs.",
            "label more pairs, or give the calibrate split a larger share",
        )
    if min(positives, negatives) < FEWEST_FOR_CHOICE:
        none = Calibrator(method="none")
        return CalibrationChoice(none, {"none": float(np.mean(_log_losses(none.apply(margin), labels)))})
    fold_of = _folds(groups, seed)
    losses: dict[str, Array] = {}
    for method in METHODS:
        predicted = np.empty(len(margin))
        for fold in range(FOLDS):
            held = fold_of == fold
            predicted[held] = fit(method, margin[~held], labels[~held]).apply(margin[held])
        losses[method] = _log_losses(predicted, labels)
    if _is_a_threshold(fit("isotonic", margin, labels)):
        del losses["isotonic"]
    best = min(losses.values(), key=np.mean)
    chosen = next(method for method in METHODS if _no_worse(losses[method], best))
    return CalibrationChoice(fit(chosen, margin, labels), {name: float(np.mean(each)) for name, each in losses.items()})


def _is_a_threshold(isotonic: Calibrator) -> bool:
    """Where the classes hardly overlap isotonic regression says 0 or 1, which no finite sample supports."""
    return sum(SMALLEST < value < 1 - SMALLEST for _, value in isotonic.knots) < FEWEST_STEPS


def _no_worse(losses: Array, best: Array) -> bool:
    difference = losses - best
    return bool(difference.mean() <= difference.std() / np.sqrt(len(difference)))


def fit(method: Method, margin: Array, labels: Array) -> Calibrator:
    """Fit one method; parameters are kept non-decreasing in the margin, so calibration never turns an order round."""
    if method == "none":
        return Calibrator(method="none")
    if method == "isotonic":
        from sklearn.isotonic import IsotonicRegression

        model = IsotonicRegression(out_of_bounds="clip").fit(margin, labels)
        knots = zip(model.X_thresholds_, model.y_thresholds_, strict=True)
        return Calibrator(method="isotonic", knots=tuple((round(float(x), 8), round(float(y), 8)) for x, y in knots))
    from sklearn.linear_model import LogisticRegression

    raw = _sigmoid(margin)
    columns = margin[:, None] if method == "platt" else np.column_stack([_log(raw), -_log(1 - raw)])
    model = LogisticRegression(C=100.0, max_iter=1000).fit(columns, labels)
    rising = model.coef_[0] > 0
    if not rising.all():  # a falling part is left out, as Kull et al. do, and the rest fitted again
        if not rising.any():
            return Calibrator(method="none")
        model = LogisticRegression(C=100.0, max_iter=1000).fit(columns[:, rising], labels)
    slopes = np.zeros(columns.shape[1])
    slopes[rising] = np.maximum(model.coef_[0], 0.0)
    intercept = round(float(model.intercept_[0]), 8)
    return Calibrator(method=method, intercept=intercept, slopes=tuple(round(float(s), 8) for s in slopes))


def _folds(groups: Any, seed: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(codes.max() + 1)
    return np.asarray(shuffled[codes] % FOLDS)


def _log_losses(predicted: Array, labels: Array) -> Array:
    return np.asarray(-np.log(np.where(labels == 1, predicted, 1 - predicted)))


def _sigmoid(values: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -60, 60))))


def _log(values: Array) -> Array:
    return np.asarray(np.log(np.clip(values, 1e-12, 1.0)))
