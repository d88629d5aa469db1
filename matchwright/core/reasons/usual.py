"""The usual contribution of each reason code: what retrainings agree on, whatever chance gives to one of them."""

from collections.abc import Iterable
from math import ceil

import numpy as np
import pandas as pd

from matchwright.core.compare.engine import DECIMALS
from matchwright.core.reasons.evidence import evidence
from matchwright.core.reasons.groups import group_contributions
from matchwright.core.scorer.protocol import Scorer
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import EVIDENCE_LEVELS

MEASURED = 5_000
"""Pairs that contributions are measured on, at most."""


def usual_contributions(scorers: Iterable[Scorer], comparisons: pd.DataFrame, spec: MatchSpec) -> dict[str, float]:
    """By reason code the mean absolute contribution, log-odds, of its group to pairs at its level, over all scorers.

    Args:
        scorers: of the same comparisons: the one that serves, and such as other samples would have given.
        comparisons: one row per pair; of many, evenly spaced ones are measured.
        spec: says from where on a group agrees.

    Returns:
        Codes that occur among the pairs; none without pairs.
    """
    measured = comparisons.iloc[:: max(ceil(len(comparisons) / MEASURED), 1)].reset_index(drop=True)
    if not len(measured):
        return {}
    found: dict[str, list[float]] = {}
    for scorer in scorers:
        own = measured[list(scorer.names)]
        levels = evidence(own, spec)
        sizes = group_contributions(scorer.contributions(own)[0], scorer.names).abs()
        for group in sizes:
            values = sizes[group].to_numpy()
            for level in EVIDENCE_LEVELS:
                rows = levels[str(group)] == level
                if rows.any():
                    found.setdefault(f"{str(group).upper()}_{level}", []).append(float(values[rows].mean()))
    return {code: round(float(np.mean(values)), DECIMALS) for code, values in found.items()}
