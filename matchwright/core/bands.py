"""Bands: two thresholds on the calibrated score that follow from what errors cost."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from matchwright.core.spec.model import Costs, Floors, Frozen
from matchwright.errors import DAMAGED, BundleError

Array = np.ndarray[Any, np.dtype[np.float64]]


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
    """The bands, the thresholds from costs alone, and each floor's bound on the calibration split."""

    bands: Bands
    from_costs: Bands
    match_precision_bound: float | None
    no_match_npv_bound: float | None
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


def choose_bands(scores: Array, labels: Array, costs: Costs, floors: Floors) -> BandChoice:
    """Bands from costs, moved apart until each floor's one-sided Wilson bound holds on the calibration pairs.

    ``floors_met`` is False where no threshold reaches a floor: too few pairs to show it, or too many errors.
    Then the strictest threshold is taken, and everything else goes to review.
    """
    start = bands_from_costs(costs)
    match_from, precision, match_met = _raise_to_floor(
        scores, labels == 1, start.match_from, floors.match_precision, floors.confidence
    )
    mirrored, npv, no_match_met = _raise_to_floor(
        1 - scores, labels == 0, 1 - start.review_from, floors.no_match_npv, floors.confidence
    )
    review_from = min(start.review_from, round(1 - mirrored, 6)) if floors.no_match_npv else start.review_from
    bands = Bands(review_from=min(review_from, match_from), match_from=match_from)
    return BandChoice(bands, start, precision, npv, match_met and no_match_met)


def wilson_lower(successes: float, trials: float, confidence: float) -> float:
    """One-sided lower confidence bound of a share. Wilson (1927)."""
    from matchwright.core.evaluate.wilson import wilson_interval  # scipy.stats, which serving can do without

    return float(wilson_interval(successes, trials, 2 * confidence - 1)[0])


def _raise_to_floor(
    scores: Array, right: np.ndarray[Any, np.dtype[np.bool_]], start: float, floor: float, confidence: float
) -> tuple[float, float | None, bool]:
    def bound(threshold: float) -> float:
        taken = scores >= threshold
        return wilson_lower(float(right[taken].sum()), float(taken.sum()), confidence)

    if floor == 0.0:
        return start, bound(start), True
    candidates = [start, *np.unique(np.round(scores[scores > start], 6))]
    best = start
    for threshold in candidates:
        if bound(threshold) >= floor:
            return float(threshold), bound(threshold), True
        if bound(threshold) > bound(best):
            best = float(threshold)
    return best, bound(best), False
