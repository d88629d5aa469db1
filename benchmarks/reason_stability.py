"""Stability: whether the same evidence still gets the same reasons from another model."""

import numpy as np
import pandas as pd

from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import evidence
from matchwright.frozen import Frozen


class ReasonChange(Frozen):
    """How reasons differ between two models on the pairs whose evidence is at the same levels for both.

    ``codes`` is the share whose sets of codes differ, ``first`` that whose first codes differ;
    None where no pair can be compared.
    """

    pairs: int
    codes: float | None
    first: float | None


def reason_change(one: DecisionModel, other: DecisionModel, comparisons: pd.DataFrame, top: int = 4) -> ReasonChange:
    """Compare the ``top`` reasons of two models on the same comparisons.

    Models that do not score the same comparisons cannot be compared: no pair's evidence is unchanged.
    """
    if set(one.scorer.names) != set(other.scorer.names) or not len(comparisons):
        return ReasonChange(pairs=0, codes=None, first=None)
    theirs, ours = (comparisons[list(model.scorer.names)] for model in (other, one))
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
