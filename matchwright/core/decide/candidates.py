"""Pairs among their competing candidates: the context that the scorer reads, and what its second stage reads."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.competing import in_context
from matchwright.core.compare.competing_scores import competing_scores, with_scores
from matchwright.core.models.register_limits import within_register
from matchwright.core.models.scorer import Scorer
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.spec import MatchSpec


def among_candidates(
    comparisons: pd.DataFrame, left_keys: Any, right_keys: Any, known: tuple[str, ...], scorer: Scorer, spec: MatchSpec
) -> pd.DataFrame:
    """The comparisons of pairs with those that compare each pair with its competing candidates.

    A pair that is given twice does not compete with itself.

    Args:
        comparisons: of the pairs alone, one row per pair.
        left_keys: the left record of each pair; equal keys are one record.
        right_keys: the right record of each pair.
        known: the sides (``left``, ``right``) for whose records the pairs are all candidates. Without any, and on the
            other sides, these comparisons are missing.
        scorer: its first stage scores the candidates where it has two stages.
        spec: the match spec.
    """
    if not known or not len(comparisons):
        return with_scores(comparisons, None) if isinstance(scorer, TwoStageScorer) else comparisons
    # records by number, because grouping by numbers is faster than by keys
    both = pd.factorize(np.concatenate([np.asarray(keys, dtype=object) for keys in (left_keys, right_keys)]))[0]
    left, right = both[: len(comparisons)], both[len(comparisons) :]
    distinct, rows, place = np.unique(left * (int(right.max()) + 1) + right, return_index=True, return_inverse=True)
    if len(distinct) == len(comparisons):
        return _compete(comparisons, left, right, known, scorer, spec)
    once = _compete(comparisons.take(rows), left[rows], right[rows], known, scorer, spec)
    return once.take(place).reset_index(drop=True)


def _compete(
    comparisons: pd.DataFrame, left: Any, right: Any, known: tuple[str, ...], scorer: Scorer, spec: MatchSpec
) -> pd.DataFrame:
    comparisons = in_context(comparisons, left, right, spec, known)
    if not isinstance(scorer, TwoStageScorer):
        return comparisons
    log_odds = within_register(scorer.first.log_odds(comparisons), comparisons)
    return with_scores(comparisons, competing_scores(log_odds, left, right, spec.sources.alike, known))
