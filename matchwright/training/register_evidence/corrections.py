"""Corrections of small sets of fields, so that the mean score of each is the share of matches in the register."""

from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from matchwright.core.decide.calibrator import sigmoid
from matchwright.core.models.register_evidence import SetCorrection
from matchwright.training.register_evidence.rows import EvidenceRows

Array = np.ndarray[Any, np.dtype[np.float64]]

LARGEST_SET = 3
MOST_SETS = 250
RIDGE = 1.0
"""Each coefficient is pulled to 0 as strongly as one standard deviation of 1."""
STEPS, LARGEST_STEP = 12, 2.0
DECIMALS = 6


def corrected_size(fields: int) -> int:
    """All sets of up to so many fields are corrected. If one were left out, more agreement could lower a score."""
    largest = min(LARGEST_SET, fields)
    sizes = [size for size in range(1, largest + 1) if sum(comb(fields, n) for n in range(1, size + 1)) <= MOST_SETS]
    return max(sizes, default=0)


def set_corrections(rows: EvidenceRows, evidence: Array, log_odds: Array) -> tuple[SetCorrection, ...]:
    """Fit the correction of each set by penalised maximum likelihood, with Newton's method.

    Args:
        rows: those that disagree in no field.
        evidence: of the rows, shape (rows, fields).
        log_odds: of the rows, without corrections; shape (rows,).
    """
    fields = rows.agree.shape[1]
    number = rows.agree @ (1 << np.arange(fields, dtype=object))
    found = []
    for size in range(1, corrected_size(fields) + 1):
        for chosen in combinations(range(fields), size):
            of_set = np.flatnonzero(number == sum(1 << field for field in chosen))
            found.append(_correction(chosen, evidence[of_set][:, chosen], log_odds[of_set], rows[of_set]))
    return tuple(found)


def _correction(fields: tuple[int, ...], evidence: Array, log_odds: Array, rows: EvidenceRows) -> SetCorrection:
    if not rows.total.sum() > 0:
        return SetCorrection(fields=fields, intercept=0.0, slopes=(0.0,) * len(fields))
    # around the mean evidence of the matches, so that the ridge does not tie the slopes to the intercept
    mean = np.average(evidence, axis=0, weights=rows.matches + 1e-9 * rows.total)
    design = np.column_stack([np.ones(len(evidence)), evidence - mean])
    coefficients = np.zeros(len(fields) + 1)
    for _ in range(STEPS):
        stated = sigmoid(log_odds + design @ coefficients)
        slope = design.T @ (rows.total * stated - rows.matches) + RIDGE * coefficients
        curvature = (design * (rows.total * stated * (1 - stated))[:, None]).T @ design + RIDGE * np.eye(len(slope))
        coefficients -= np.clip(np.linalg.solve(curvature, slope), -LARGEST_STEP, LARGEST_STEP)
    slopes = coefficients[1:].round(DECIMALS)
    intercept = round(float(coefficients[0] - slopes @ mean), DECIMALS)
    return SetCorrection(fields=fields, intercept=intercept, slopes=tuple(slopes.tolist()))
