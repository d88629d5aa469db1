"""The mean absolute contribution of each reason code: how much its evidence usually changes the log-odds."""

from math import ceil

import pandas as pd

from matchwright.core.compare.engine import DECIMALS
from matchwright.core.models.scorer import Scorer
from matchwright.core.reasons.evidence import evidence
from matchwright.core.reasons.groups import group_contributions
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import EVIDENCE_LEVELS

MEASURED = 5_000
"""The most pairs that are measured."""


def mean_contributions(scorer: Scorer, comparisons: pd.DataFrame, spec: MatchSpec) -> dict[str, float]:
    """The mean absolute contribution of each reason code, in log-odds, over the pairs at its level of evidence.

    Args:
        scorer: the scorer that serves.
        comparisons: one row per pair. Of many pairs only evenly spaced ones are measured.
        spec: says from which value a group agrees.

    Returns:
        The codes that occur among the pairs.
    """
    measured = comparisons.iloc[:: max(ceil(len(comparisons) / MEASURED), 1)].reset_index(drop=True)
    if not len(measured):
        return {}
    own = measured[list(scorer.names)]
    levels = evidence(own, spec)
    sizes = group_contributions(scorer.contributions(own)[0], scorer.names).abs()
    found: dict[str, float] = {}
    for group in sizes:
        values = sizes[group].to_numpy()
        for level in EVIDENCE_LEVELS:
            rows = levels[str(group)] == level
            if rows.any():
                found[f"{str(group).upper()}_{level}"] = round(float(values[rows].mean()), DECIMALS)
    return found
