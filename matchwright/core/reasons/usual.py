"""The mean absolute contribution of each reason code: how much its evidence moves a scorer's log-odds as a rule."""

from math import ceil

import pandas as pd

from matchwright.core.compare.engine import DECIMALS
from matchwright.core.models.scorer import Scorer
from matchwright.core.reasons.evidence import evidence
from matchwright.core.reasons.groups import group_contributions
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import EVIDENCE_LEVELS

MEASURED = 5_000
"""Pairs that contributions are measured on, at most."""


def usual_contributions(scorer: Scorer, comparisons: pd.DataFrame, spec: MatchSpec) -> dict[str, float]:
    """By reason code the mean absolute contribution, log-odds, of its group to the pairs at its level.

    Args:
        scorer: the one that serves.
        comparisons: one row per pair; of many, evenly spaced ones are measured.
        spec: says from where on a group agrees.

    Returns:
        Codes that occur among the pairs; none without pairs.
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
