"""From two records to a decision: comparisons, score, band and reasons."""

from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.bands import Bands
from matchwright.core.calibrate import Calibrator
from matchwright.core.cold_start import ColdStartScorer
from matchwright.core.compare import compare
from matchwright.core.compare.engine import DECIMALS
from matchwright.core.corpus import Corpus
from matchwright.core.encoder import Encoder
from matchwright.core.reasons import Catalogue, Reason, evidence, field_contributions, give_reasons
from matchwright.core.records.columns import Table
from matchwright.core.scorer import Scorer
from matchwright.core.spec import Band, MatchSpec

Array = np.ndarray[Any, np.dtype[np.float64]]

__all__ = ["Decision", "DecisionModel", "Reason"]

SCORE_DECIMALS = 6


@dataclass(frozen=True)
class Decision:
    """What is decided about one pair; ``comparisons`` holds None where evidence is missing."""

    score: float
    band: Band
    reasons: tuple[Reason, ...]
    comparisons: dict[str, float | None]


@dataclass(frozen=True)
class DecisionModel:
    """Everything that turns a pair into a decision."""

    spec: MatchSpec
    corpus: Corpus
    encoder: Encoder | None
    scorer: Scorer | ColdStartScorer
    calibrator: Calibrator
    bands: Bands
    catalogue: Catalogue

    def compare(self, left: Table, right: Table) -> pd.DataFrame:
        """Comparisons of row-aligned record features."""
        return compare(left, right, self.spec, self.corpus, self.encoder)

    def score(self, comparisons: pd.DataFrame) -> Array:
        """Calibrated probability that each pair matches, shape (pairs,)."""
        if not len(comparisons):
            return np.zeros(0)
        return np.round(self.calibrator.apply(self.scorer.margin(comparisons)), SCORE_DECIMALS)

    def band(self, scores: Array, comparisons: pd.DataFrame) -> np.ndarray[Any, Any]:
        """The band of each pair: its score's, but ``review`` for a match in which no identity field agrees at all."""
        bands = self.bands.assign(scores)
        if self.spec.identity and (bands == "match").any():
            levels = evidence(comparisons, self.spec)
            agrees = [np.isin(levels[field], ("AGREES", "PARTLY_AGREES")) for field in self.spec.identity]
            bands[(bands == "match") & ~np.any(agrees, axis=0)] = "review"
        return bands

    def reasons(self, comparisons: pd.DataFrame, top: int = 4) -> list[tuple[Reason, ...]]:
        """The weightiest reasons of each pair."""
        contributions, _ = self.scorer.contributions(comparisons)
        per_field = field_contributions(contributions, self.scorer.names)
        return give_reasons(evidence(comparisons, self.spec), per_field, self.catalogue, top)

    def decide(self, left: Table, right: Table, top: int = 4) -> list[Decision]:
        """One decision per row-aligned pair of record features, with at most ``top`` reasons each."""
        comparisons = self.compare(left, right)
        return self.decide_compared(comparisons, top) if len(comparisons) else []

    def decide_compared(self, comparisons: pd.DataFrame, top: int = 4) -> list[Decision]:
        """Decisions from comparisons, such as a decision log keeps: how a decision is replayed."""
        scores = self.score(comparisons)
        bands = self.band(scores, comparisons)
        reasons = self.reasons(comparisons, top)
        for row in np.flatnonzero(bands != self.bands.assign(scores)):
            reasons[row] = (self.catalogue.unconfirmed(), *reasons[row])[:top]
        if isinstance(self.scorer, ColdStartScorer):
            for row in np.flatnonzero(bands == "review"):
                reasons[row] = (self.catalogue.unjudged(), *reasons[row])[:top]
        names = comparisons.columns.tolist()
        numbers = comparisons.to_numpy(dtype=np.float64).tolist()
        return [
            Decision(
                score,
                band,
                given,
                {n: None if isnan(v) else round(v, DECIMALS) for n, v in zip(names, row, strict=True)},
            )
            for score, band, given, row in zip(scores.tolist(), bands.tolist(), reasons, numbers, strict=True)
        ]
