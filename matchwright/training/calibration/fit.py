"""Fitting one calibration method. For any labels, a higher log-odds never gets a lower score."""

from typing import Any

import numpy as np

from matchwright.core.decide.calibrator import Array, Calibrator
from matchwright.core.spec.deciding import CalibrationMethod

WEAK_PENALTY = 100.0
"""scikit-learn's C of the logistic fit. It keeps the slope finite where the classes do not overlap."""


def fit(method: CalibrationMethod, log_odds: Array, labels: Array) -> Calibrator:
    """Fit one method on log-odds and labels (1 or 0), both of shape (pairs,).

    Platt (1999); isotonic: Zadrozny, Elkan (2002). If higher log-odds mean fewer matches, Platt's line would fall.
    Then the scores do not change.
    """
    if method == "isotonic":
        return _isotonic(log_odds, labels)
    if method == "platt":
        return _platt(log_odds, labels)
    return Calibrator(method="none")


def _platt(log_odds: Array, labels: Array) -> Calibrator:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=WEAK_PENALTY, max_iter=1000).fit(log_odds[:, None], labels)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope <= 0:
        return Calibrator(method="none")
    return Calibrator(method="platt", intercept=round(intercept, 8), slope=round(slope, 8))


def _isotonic(log_odds: Array, labels: Array) -> Calibrator:
    """Isotonic regression, limited to Platt's targets: without the limit it gives 0 and 1 even for few pairs."""
    from sklearn.isotonic import IsotonicRegression

    positives, negatives = int((labels == 1).sum()), int((labels == 0).sum())
    lowest, highest = 1 / (negatives + 2), (positives + 1) / (positives + 2)
    model = IsotonicRegression(y_min=lowest, y_max=highest, out_of_bounds="clip").fit(log_odds, labels)
    knots = zip(_rounded(model.X_thresholds_), _rounded(model.y_thresholds_), strict=True)
    return Calibrator(method="isotonic", knots=tuple(knots))


def _rounded(values: "np.ndarray[Any, Any]") -> tuple[float, ...]:
    return tuple(round(float(value), 8) for value in values)
