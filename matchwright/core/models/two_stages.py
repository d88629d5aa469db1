"""A scorer of two stages: the second one knows the first one's scores of the competing candidates.

A pair whose competing candidates are not known, as in a request for one pair, gets the first stage's log-odds.

The likeliest candidate of a record keeps at least its share: its odds by the first stage beside those of the others and
of none. So two candidates that fit equally well are not both rejected, and a candidate that is hardly likely takes next
to nothing from one that is nearly certain.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from matchwright.core.compare.competing_scores import LEADS, RANKS, candidates_known
from matchwright.core.compare.frames import framed, values_of
from matchwright.core.models.passing_on import passed_on
from matchwright.core.models.register_limits import likeliest, shared, within_most, within_register
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
        # whether its candidates are known or not, the second stage is asked: for few pairs, choosing costs more
        values = self.second.log_odds(comparisons)
        # the first stage decides pairs alone, and only the likeliest candidates have a least
        rows = np.flatnonzero(~known | likeliest(comparisons))
        if len(rows):
            chosen = comparisons.iloc[rows]
            first = self.first.log_odds(chosen)
            least = np.maximum(values[rows], least_log_odds(first, chosen))
            values[rows] = np.where(known[rows], least, first)
        return values

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the log-odds, shape (pairs, comparisons), and the base value of the first stage.

        What the base values differ by is what knowing the candidates changes on average. It is part of the
        contribution of the context. What the second stage concludes from a lead is passed on to the fields that the
        lead came from, see :mod:`matchwright.core.models.passing_on`.
        """
        explained = self.explain(comparisons)
        return explained.contributions, explained.base

    def explain(self, comparisons: pd.DataFrame) -> Explanation:
        """Log-odds, contributions and base value."""
        known = candidates_known(comparisons)
        first = self.first.explain(comparisons)
        found = np.zeros((len(comparisons), len(self.names)))
        found[:, self._of_first] = first.contributions
        if not known.any():  # as in every request for one pair
            return first._replace(contributions=found)
        log_odds = first.log_odds
        rows = np.flatnonzero(known)
        chosen = framed(comparisons.to_numpy()[rows], tuple(comparisons.columns))
        alone = Explanation(first.log_odds[rows], first.contributions[rows], first.base)
        second = self.second.explain(chosen)
        least = least_log_odds(alone.log_odds, chosen)
        leads = values_of(chosen, LEADS).astype(np.float64)
        others = within_register(alone.log_odds, chosen)[:, None] - leads
        contributions = passed_on(second.contributions, alone, others, self.first.names, self.names)
        context = self.names.index(RANKS[0])
        # what knowing the candidates changes on average
        contributions[:, context] += second.base - first.base
        # where the share decides, the score is the first stage's, less what the others take
        by_share = least > second.log_odds
        contributions[by_share] = found[rows[by_share]]
        contributions[by_share, context] += (least - alone.log_odds)[by_share]
        log_odds[rows], found[rows] = np.maximum(second.log_odds, least), contributions
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
    alone = np.clip(expit(within_most(first, comparisons)), SMALLEST, 1 - SMALLEST)
    return np.asarray(np.where(likeliest(comparisons), logit(shared(alone, comparisons)), -np.inf))
