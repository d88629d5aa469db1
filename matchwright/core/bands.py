"""Bands: two thresholds on the calibrated score that follow from what errors cost and what must be shown."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from matchwright.core.floors import hold_floor
from matchwright.core.spec.model import Costs, Floors
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen

Array = np.ndarray[Any, np.dtype[np.float64]]
SCORE_DECIMALS = 6
"""Of every score that is decided on."""


class Bands(Frozen):
    """``match`` at or above ``match_from``, ``no_match`` below ``review_from``, ``review`` between."""

    review_from: float
    match_from: float

    def assign(self, scores: Array) -> np.ndarray[Any, Any]:
        """The band of each score; a score that is NaN goes to ``review``."""
        with np.errstate(invalid="ignore"):
            below = np.where(scores < self.review_from, "no_match", "review")
            return np.where(scores >= self.match_from, "match", below).astype(object)

    def save(self, path: Path) -> None:
        """Write ``bands.json``."""
        path.write_text(json.dumps(self.model_dump(), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Bands":
        """Read what :meth:`save` wrote (BundleError where it is not bands)."""
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise BundleError("The bands cannot be read.", DAMAGED) from error


@dataclass(frozen=True)
class BandChoice:
    """The bands, the thresholds from costs alone, and each floor's bound on the calibration split.

    A bound is the exact one of the pairs that the band takes there, at the error its test was given.
    """

    bands: Bands
    from_costs: Bands
    match_precision_bound: float
    no_match_npv_bound: float
    floors_met: bool


def bands_from_costs(costs: Costs) -> Bands:
    """The thresholds at which the cheapest decision changes, given a calibrated probability.

    A match costs (1 - p) * false_match, no match p * missed_match, a review its fixed cost.
    Where a review is never the cheapest, both thresholds are where match and no match break even.
    """
    match_from = 1 - costs.review / costs.false_match
    review_from = costs.review / costs.missed_match
    if review_from >= match_from:
        match_from = review_from = costs.false_match / (costs.false_match + costs.missed_match)
    return Bands(review_from=round(review_from, 6), match_from=round(match_from, 6))


NEVER = 2.0
"""A threshold that no score reaches."""


def bands_without_labels(costs: Costs) -> Bands:
    """Bands that match nothing: whatever costs alone would not leave unmatched goes to review."""
    return Bands(review_from=bands_from_costs(costs).review_from, match_from=NEVER)


def choose_bands(scores: Array, labels: Array, costs: Costs, floors: Floors, order: Array | None = None) -> BandChoice:
    """Bands from costs, moved apart until the floors are shown to hold.

    The floors hold together with the spec's confidence on the calibration pairs, each with half of the
    error where both are set (see :mod:`matchwright.core.floors`). ``floors_met`` is False where no
    threshold is shown to reach a floor: too few pairs, or too many errors. Then the threshold with the
    best bound is taken, and everything else goes to review.

    Args:
        scores: calibrated scores of the calibration pairs, shape (pairs,).
        labels: 1 for a match, else 0.
        costs: what errors and reviews cost.
        floors: what the bands must hold.
        order: what ranks the pairs and owes nothing to their labels, such as the scorer's log-odds;
            a calibrator fitted on these pairs is not free of them. The scores themselves if not given.
    """
    scores = np.round(scores, SCORE_DECIMALS)
    order = scores if order is None else order
    start = bands_from_costs(costs)
    both = floors.match_precision > 0 and floors.no_match_npv > 0
    confidence = (1 + floors.confidence) / 2 if both else floors.confidence
    takes_match, takes_no_match = (
        int(taken.sum()) for taken in (scores >= start.match_from, scores < start.review_from)
    )
    match = hold_floor(scores, order, labels == 1, takes_match, floors.match_precision, confidence)
    no_match = hold_floor(-scores, -order, labels != 1, takes_no_match, floors.no_match_npv, confidence)
    rising = np.sort(scores)
    match_from, review_from = start.match_from, start.review_from
    if match.taken < takes_match:
        match_from = float(rising[-match.taken])
    if no_match.taken < takes_no_match:
        review_from = _just_above(rising[no_match.taken - 1])
    bands = Bands(review_from=min(review_from, match_from), match_from=match_from)
    return BandChoice(bands, start, match.bound, no_match.bound, match.met and no_match.met)


def _just_above(score: float) -> float:
    """The next score there is: scores are rounded."""
    return round(float(score) + 0.1**SCORE_DECIMALS, SCORE_DECIMALS)
