"""Choosing a calibration method, on pairs that the scorer did not see.

The chosen method is the simplest one whose cross-validated log loss is within one standard error of the best. Pairs of
one record, and pairs made from them by missing-field augmentation, are much alike. So standard errors and the minimum
number of pairs count records, not pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from matchwright.core.decide.calibrator import Array, Calibrator
from matchwright.core.spec.deciding import CalibrationMethod
from matchwright.errors import TrainingError
from matchwright.training.calibration.fit import fit

Codes = np.ndarray[Any, np.dtype[np.int64]]
METHODS: tuple[CalibrationMethod, ...] = get_args(CalibrationMethod)
"""From the simplest to the most flexible."""
FOLDS = 5
FEWEST_FOR_CHOICE = 20
FEWEST_STEPS = 5


@dataclass(frozen=True)
class CalibrationChoice:
    """The calibrator, and the cross-validated log loss of each method.

    ``held_out`` are the scores of the chosen method, each from a fit on the other folds. It has the shape of the
    log-odds.
    """

    calibrator: Calibrator
    log_losses: dict[str, float]
    held_out: Array


def choose_calibrator(
    log_odds: Array, labels: Array, groups: Any, seed: int, methods: Sequence[CalibrationMethod] = METHODS
) -> CalibrationChoice:
    """Fit the best calibrator.

    Args:
        log_odds: log-odds of the calibration pairs, shape (pairs,).
        labels: 1 for a match, else 0.
        groups: the left record's key, shape (pairs,). All pairs of a group are in one fold.
        seed: of the folds.
        methods: the methods to compare. With fewer than twenty groups of a class none is fitted, and the scores do
            not change.

    Raises:
        TrainingError: no pair of one class.
    """
    positives, negatives = int((labels == 1).sum()), int((labels == 0).sum())
    if min(positives, negatives) == 0:
        raise TrainingError(
            f"The calibration split has {positives} matching and {negatives} other pairs.",
            "label more pairs, or give the calibrate split a larger share",
        )
    _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    if min(len(np.unique(codes[labels == label])) for label in (0, 1)) < FEWEST_FOR_CHOICE:
        none = Calibrator(method="none")
        scores = none.apply(log_odds)
        return CalibrationChoice(none, {"none": float(np.mean(_log_losses(scores, labels)))}, scores)
    fold_of = _folds(codes, seed)
    held_out = {method: cross_fitted(method, log_odds, labels, fold_of) for method in METHODS if method in methods}
    if len(held_out) > 1 and "isotonic" in held_out and _is_a_threshold(fit("isotonic", log_odds, labels)):
        del held_out["isotonic"]
    losses = {method: _log_losses(scores, labels) for method, scores in held_out.items()}
    best = min(losses.values(), key=np.mean)
    chosen = next(method for method in losses if _no_worse(losses[method] - best, codes))
    means = {str(name): float(np.mean(each)) for name, each in losses.items()}
    return CalibrationChoice(fit(chosen, log_odds, labels), means, held_out[chosen])


def cross_fitted(method: CalibrationMethod, log_odds: Array, labels: Array, fold_of: Codes) -> Array:
    """Each pair's score by a calibrator that was fitted on the other folds."""
    predicted = np.empty(len(log_odds))
    for fold in np.unique(fold_of):
        held = fold_of == fold
        if len(np.unique(labels[~held])) < 2:  # the other folds hold one class, from which nothing can be fitted
            predicted[held] = Calibrator(method="none").apply(log_odds[held])
        else:
            predicted[held] = fit(method, log_odds[~held], labels[~held]).apply(log_odds[held])
    return predicted


def _is_a_threshold(isotonic: Calibrator) -> bool:
    """Whether isotonic regression has hardly any step between its ends, because the classes hardly overlap."""
    values = [value for _, value in isotonic.knots]  # never falling
    return sum(values[0] < value < values[-1] for value in values) < FEWEST_STEPS


def _no_worse(difference: Array, codes: Codes) -> bool:
    """Whether the mean is at most one standard error above 0. The standard error is that of groups, not of pairs."""
    mean = difference.mean()
    of_group = np.bincount(codes, difference - mean)
    return bool(mean <= np.sqrt((of_group**2).sum()) / len(difference))


def _folds(codes: Codes, seed: int) -> Codes:
    shuffled = np.random.default_rng(seed).permutation(codes.max() + 1)
    return np.asarray(shuffled[codes] % FOLDS)


def _log_losses(predicted: Array, labels: Array) -> Array:
    return np.asarray(-np.log(np.where(labels == 1, predicted, 1 - predicted)))
