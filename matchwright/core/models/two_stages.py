"""A scorer of two stages: the second one knows the first one's scores of the competing candidates.

A pair whose competing candidates are not known, as in a request for one pair, gets the first stage's log-odds.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from matchwright.core.compare.competing_scores import RANKS, candidates_known
from matchwright.core.models.scorer import Array, Scorer


@dataclass(frozen=True)
class TwoStageScorer:
    """Two scorers. The second one reads the first one's comparisons and those with competing candidates by score."""

    first: Scorer
    second: Scorer

    @property
    def names(self) -> tuple[str, ...]:
        """The comparisons of the second stage, which include those of the first."""
        return self.second.names

    def log_odds(self, comparisons: pd.DataFrame) -> Array:
        """Log-odds of a match, shape (pairs,), before calibration, each by the stage that applies to the pair."""
        known = candidates_known(comparisons)
        if known.all():
            return self.second.log_odds(comparisons)
        values = self.first.log_odds(comparisons)
        if known.any():
            values[known] = self.second.log_odds(comparisons[known])
        return values

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the log-odds, shape (pairs, comparisons), and the base value of the first stage.

        What the base values differ by is what knowing the candidates changes on average. It is part of the
        contribution of the context.
        """
        known = candidates_known(comparisons)
        index = [self.names.index(name) for name in self.first.names]
        found, base = np.zeros((len(comparisons), len(self.names))), 0.0
        own, base = self.first.contributions(comparisons)
        found[:, index] = own
        if known.any():
            values, second_base = self.second.contributions(comparisons[known])
            values[:, self.names.index(RANKS[0])] += second_base - base
            found[known] = values
        return found, base

    def save(self, path: Path) -> None:
        """Write the first stage; the second one has a file of its own."""
        self.first.save(path)
