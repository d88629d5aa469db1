"""Reasons: why a pair got its score, in the catalogue's stable codes.

The code follows from the evidence alone (what the group's first comparison says), so the same evidence
gives the same code in every bundle; the contributions decide which reasons are given, and in which order.
"""

import numpy as np
import pandas as pd

from matchwright.core.reasons.catalogue import Catalogue
from matchwright.core.reasons.evidence import Levels, contradicts
from matchwright.core.reasons.reason import Reason

SMALLEST_CONTRIBUTION = 0.02
"""Log-odds below which a group is not worth naming."""


def give_reasons(
    levels: Levels, contributions: pd.DataFrame, catalogue: Catalogue, top: int
) -> list[tuple[Reason, ...]]:
    """The ``top`` reasons of each pair, the weightiest first."""
    groups = contributions.columns.tolist()
    values = contributions.to_numpy()
    weights = values.tolist()
    order = np.argsort(-np.abs(values), axis=1, kind="stable").tolist()
    given = []
    for row, by_weight in enumerate(order):
        reasons: list[Reason] = []
        for place in by_weight:
            group, weight = groups[place], weights[row][place]
            if abs(weight) < SMALLEST_CONTRIBUTION or len(reasons) == top:
                break
            level = levels[group][row]
            if contradicts(level, weight):
                continue
            code = f"{group.upper()}_{level}"
            reasons.append(Reason(code, catalogue.texts[code], group, level, round(weight, 5)))
        given.append(tuple(reasons))
    return given
