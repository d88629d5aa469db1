"""A scorer of two stages: the second one knows the first one's scores of the competing candidates.

A pair whose competing candidates are not known, as in a request for one pair, gets the first stage's log-odds.

The likeliest candidate of a record keeps at least its share: its probability by the first stage, divided by one more
than the expected matches among the others. So two candidates that fit equally well are not both rejected.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from matchwright.core.compare.competing_scores import RANKS, SHARES, candidates_known
from matchwright.core.models.scorer import Array, Explanation, Scorer

SMALLEST = 1e-9
"""Shares and probabilities stay this far from 0 and 1 in the computation of the least log-odds."""


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
        if not known.any():
            return self.first.log_odds(comparisons)
        values = self.first.log_odds(comparisons)
        chosen = comparisons if known.all() else comparisons[known]
        values[known] = np.maximum(self.second.log_odds(chosen), least_log_odds(values[known], chosen))
        return values

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the log-odds, shape (pairs, comparisons), and the base value of the first stage.

        What the base values differ by is what knowing the candidates changes on average. It is part of the
        contribution of the context.
        """
        explained = self.explain(comparisons)
        return explained.contributions, explained.base

    def explain(self, comparisons: pd.DataFrame) -> Explanation:
        """Log-odds, contributions and base value."""
        known = candidates_known(comparisons)
        if not known.any():  # as in every request for one pair
            first = self.first.explain(comparisons)
            found = np.zeros((len(comparisons), len(self.names)))
            found[:, self._of_first] = first.contributions
            return first._replace(contributions=found)
        log_odds, found = np.zeros(len(comparisons)), np.zeros((len(comparisons), len(self.names)))
        alone = np.flatnonzero(~known)
        # the base value is the same for all pairs, so one pair is enough where all have their candidates
        first = self.first.explain(comparisons.iloc[alone] if len(alone) else comparisons.iloc[:1])
        if len(alone):
            log_odds[alone] = first.log_odds
            found[np.ix_(alone, self._of_first)] = first.contributions
        if known.any():
            chosen = comparisons[known]
            second = self.second.explain(chosen)
            least = np.maximum(second.log_odds, least_log_odds(self.first.log_odds(chosen), chosen))
            # the context's contribution has what knowing the candidates changes on average, and what the share adds
            second.contributions[:, self.names.index(RANKS[0])] += second.base - first.base + least - second.log_odds
            log_odds[known], found[known] = least, second.contributions
        return Explanation(log_odds, found, first.base)

    @cached_property
    def _of_first(self) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        return np.array([self.names.index(name) for name in self.first.names], dtype=np.intp)

    def save(self, path: Path) -> None:
        """Write the first stage; the second one has a file of its own."""
        self.first.save(path)


def least_log_odds(first: Array, comparisons: pd.DataFrame) -> Array:
    """The least log-odds of each pair by its share; minus infinity where another candidate is likelier.

    Args:
        first: log-odds by the first stage, shape (pairs,).
        comparisons: of the same pairs, with those by the scores of competing candidates.
    """
    share = np.fmin.reduce(comparisons[list(SHARES)].to_numpy(dtype=np.float64), axis=1)
    rank = np.fmax.reduce(comparisons[list(RANKS)].to_numpy(dtype=np.float64), axis=1)
    likely = np.clip(expit(first), SMALLEST, 1 - SMALLEST)
    rest = likely * (1 / np.maximum(share, SMALLEST) - 1)
    return np.asarray(np.where(rank == 1, logit(likely / (1 + rest)), -np.inf))
