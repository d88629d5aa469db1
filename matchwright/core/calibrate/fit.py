"""Fitting one calibration method; whatever the labels, the map never falls."""

import warnings
from typing import Any

import numpy as np

from matchwright.core.calibrate.calibrator import STEP_DECIMALS, Array, Calibrator, logarithm, sigmoid
from matchwright.core.spec.model import CalibrationMethod

WEAK_PENALTY = 100.0
"""Of the logistic fits (scikit-learn's C): it settles slopes where the classes do not overlap."""


def fit(method: CalibrationMethod, margin: Array, labels: Array) -> Calibrator:
    """Fit one method on log-odds and labels (1 or 0), both of shape (pairs,).

    Platt (1999); beta calibration: Kull, Silva Filho, Flach (2017); isotonic: Zadrozny, Elkan (2002);
    inductive Venn-Abers predictors: Vovk, Petej, Fedorova (2015).
    """
    if method == "none":
        return Calibrator(method="none")
    if method == "isotonic":
        return _isotonic(margin, labels)
    if method == "venn_abers":
        return _venn_abers(margin, labels)
    from sklearn.linear_model import LogisticRegression

    raw = sigmoid(margin)
    columns = margin[:, None] if method == "platt" else np.column_stack([logarithm(raw), -logarithm(1 - raw)])
    model = LogisticRegression(C=WEAK_PENALTY, max_iter=1000).fit(columns, labels)
    rising = model.coef_[0] > 0
    if not rising.all():  # a falling part is left out, as Kull et al. do, and the rest fitted again
        if not rising.any():
            return Calibrator(method="none")
        model = LogisticRegression(C=WEAK_PENALTY, max_iter=1000).fit(columns[:, rising], labels)
    slopes = np.zeros(columns.shape[1])
    slopes[rising] = np.maximum(model.coef_[0], 0.0)
    intercept = round(float(model.intercept_[0]), 8)
    return Calibrator(method=method, intercept=intercept, slopes=_rounded(slopes))


def _isotonic(margin: Array, labels: Array) -> Calibrator:
    """Isotonic regression, no surer at its ends than Platt's targets: it says 0 and 1 however few pairs it saw."""
    from sklearn.isotonic import IsotonicRegression

    positives, negatives = int((labels == 1).sum()), int((labels == 0).sum())
    lowest, highest = 1 / (negatives + 2), (positives + 1) / (positives + 2)
    model = IsotonicRegression(y_min=lowest, y_max=highest, out_of_bounds="clip").fit(margin, labels)
    knots = zip(_rounded(model.X_thresholds_), _rounded(model.y_thresholds_), strict=True)
    return Calibrator(method="isotonic", knots=tuple(knots))


def _venn_abers(margin: Array, labels: Array) -> Calibrator:
    """Both step functions, without the places at which neither of them rises."""
    from venn_abers import VennAbers

    read = np.round(margin, STEP_DECIMALS)
    model = VennAbers()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # it divides by zero on its way
        # only the order of its second column counts, so that log-odds do as well as probabilities
        model.fit(np.column_stack([-read, read]), np.asarray(labels, dtype=np.float64))
    lower = np.clip(np.maximum.accumulate(model.p0_[:, 1]), 0, 1)
    upper = np.clip(np.maximum.accumulate(model.p1_[:, 1]), lower, 1)
    rises = (np.diff(lower) > 0) | (np.diff(upper) > 0)
    kept = np.r_[True, rises]
    return Calibrator(
        method="venn_abers",
        places=_rounded(model.c_[rises]),
        lower=_rounded(lower[kept]),
        upper=_rounded(upper[kept]),
    )


def _rounded(values: "np.ndarray[Any, Any]") -> tuple[float, ...]:
    return tuple(round(float(value), 8) for value in values)
