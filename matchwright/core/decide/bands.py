"""Bands: two thresholds on the calibrated score. They follow from the costs and the precision constraints."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from matchwright.core.spec.deciding import Costs
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen

Array = np.ndarray[Any, np.dtype[np.float64]]
SCORE_DECIMALS = 6
"""Decimals that every score is rounded to before it gets a band."""


_NAMES = np.array(["no_match", "review", "match"], dtype=object)


class Bands(Frozen):
    """``match`` at or above ``match_from``, ``no_match`` below ``review_from``, ``review`` between them."""

    review_from: float
    match_from: float

    def assign(self, scores: Array) -> np.ndarray[Any, Any]:
        """The band of each score; a score that is NaN goes to ``review``."""
        with np.errstate(invalid="ignore"):
            level = np.where(scores >= self.match_from, 2, np.where(scores < self.review_from, 0, 1))
        return _NAMES[level]  # the same text for all pairs of a band: texts of their own would take much memory

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


def bands_from_costs(costs: Costs) -> Bands:
    """The thresholds at which the cheapest decision changes, given a calibrated probability.

    A match costs (1 - p) * false_match, no match costs p * missed_match, and a review has a fixed cost. If a review
    is never the cheapest, both thresholds are the score at which match and no match cost the same.
    """
    match_from = 1 - costs.review / costs.false_match
    review_from = costs.review / costs.missed_match
    if review_from >= match_from:
        match_from = review_from = costs.false_match / (costs.false_match + costs.missed_match)
    return Bands(review_from=round(review_from, 6), match_from=round(match_from, 6))
