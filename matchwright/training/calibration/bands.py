"""Choosing the bands: thresholds from costs, moved apart until the precision constraints are shown to hold."""

from dataclasses import dataclass

import numpy as np

from matchwright.core.decide.bands import SCORE_DECIMALS, Array, Bands, bands_from_costs
from matchwright.core.spec.deciding import Costs, PrecisionConstraints
from matchwright.evaluation.precision_constraints import hold_constraint


@dataclass(frozen=True)
class BandChoice:
    """The bands, the bands from costs alone, and the lower bound of each band's precision on the calibration split.

    A bound is exact, at the error that was allowed for its test.
    """

    bands: Bands
    from_costs: Bands
    match_precision_bound: float
    no_match_npv_bound: float
    constraints_met: bool


NEVER = 2.0
"""A threshold that no score reaches."""


def bands_without_labels(costs: Costs) -> Bands:
    """Bands without ``match``: every pair that costs alone would not put in ``no_match`` goes to review."""
    return Bands(review_from=bands_from_costs(costs).review_from, match_from=NEVER)


def choose_bands(
    scores: Array, labels: Array, costs: Costs, precision_constraints: PrecisionConstraints, order: Array | None = None
) -> BandChoice:
    """Bands from costs, moved apart until the precision constraints are shown to hold.

    The precision constraints hold together, with the spec's confidence. If both are set, each gets half of the error
    (see :mod:`matchwright.evaluation.precision_constraints`). ``constraints_met`` is False where no threshold is shown
    to keep a constraint, because there are too few pairs or too many errors. Then the threshold with the best bound is
    taken, and all other pairs go to review.

    Args:
        scores: calibrated scores of the calibration pairs, shape (pairs,).
        labels: 1 for a match, else 0.
        costs: what errors and reviews cost.
        precision_constraints: what the bands must keep.
        order: ranks the pairs without using their labels, such as the scorer's log-odds, shape (pairs,). The scores
            are used if it is None; then the calibrator must not have been fitted on these pairs.
    """
    scores = np.round(scores, SCORE_DECIMALS)
    order = scores if order is None else order
    start = bands_from_costs(costs)
    both = precision_constraints.match > 0 and precision_constraints.no_match > 0
    confidence = (1 + precision_constraints.confidence) / 2 if both else precision_constraints.confidence
    takes_match, takes_no_match = (
        int(taken.sum()) for taken in (scores >= start.match_from, scores < start.review_from)
    )
    match = hold_constraint(scores, order, labels == 1, takes_match, precision_constraints.match, confidence)
    no_match = hold_constraint(-scores, -order, labels != 1, takes_no_match, precision_constraints.no_match, confidence)
    rising = np.sort(scores)
    match_from, review_from = start.match_from, start.review_from
    if match.taken < takes_match:
        match_from = float(rising[-match.taken])
    if no_match.taken < takes_no_match:
        review_from = _just_above(rising[no_match.taken - 1])
    bands = Bands(review_from=min(review_from, match_from), match_from=match_from)
    return BandChoice(bands, start, match.bound, no_match.bound, match.met and no_match.met)


def _just_above(score: float) -> float:
    """The next higher score, because scores are rounded."""
    return round(float(score) + 0.1**SCORE_DECIMALS, SCORE_DECIMALS)
