"""Stability: whether another model gives the same reasons for the same evidence."""

import numpy as np
import pandas as pd

from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import evidence
from matchwright.frozen import Frozen


class ReasonChange(Frozen):
    """How reasons differ between two models, on pairs whose evidence has the same levels for both.

    ``codes`` is the share of pairs whose sets of codes differ. ``first`` is the share whose first codes differ. Both
    are None if no pair can be compared.
    """

    pairs: int
    codes: float | None
    first: float | None


def reason_change(
    one: DecisionModel, other: DecisionModel, ours: pd.DataFrame, theirs: pd.DataFrame, top: int = 4
) -> ReasonChange:
    """Compare the ``top`` reasons of two models on the same pairs, row by row.

    Each model has its own comparisons of the pairs, because learned words and scores of competing candidates are its
    own. Models with different comparisons cannot be compared, because no pair has the same evidence for both.
    """
    if set(one.scorer.names) != set(other.scorer.names) or not len(ours):
        return ReasonChange(pairs=0, codes=None, first=None)
    ours, theirs = ours[list(one.scorer.names)], theirs[list(other.scorer.names)]
    before, after = evidence(theirs, other.spec), evidence(ours, one.spec)
    rows = np.flatnonzero(np.all([before[group] == after[group] for group in after], axis=0))
    codes = [
        [
            tuple(reason.code for reason in reasons)
            for reasons in model.reasons(frame.iloc[rows].reset_index(drop=True), top)
        ]
        for model, frame in ((other, theirs), (one, ours))
    ]
    pairs = list(zip(*codes, strict=True))
    if not pairs:
        return ReasonChange(pairs=0, codes=None, first=None)
    return ReasonChange(
        pairs=len(pairs),
        codes=round(float(np.mean([set(a) != set(b) for a, b in pairs])), 5),
        first=round(float(np.mean([a[:1] != b[:1] for a, b in pairs])), 5),
    )
