"""Reasons: why a pair got its score, in the catalogue's stable codes.

The code follows from the evidence alone (what the group's first comparison says), so the same evidence
gives the same code in every bundle; the contributions decide which reasons are given.

**Contradictions.** A contribution is relative to the average pair of training, not to no evidence: the
scorer's monotone constraints hold that more agreement never lowers a score, all else equal, but evidence
that agrees less than the average pair's still lies below the average. With groups that tell little
(a category in which nearly all pairs are alike) the sign is then left to chance. Three things keep such
contradictions few: the constraints; groups, within which opposite signs of one field's comparators cancel
out; and :data:`SMALLEST_CONTRIBUTION`. What still contradicts its evidence is never given as a reason and
never moved to another group either: the contributions of all groups and the base value add up to the
log-odds, and :func:`contradictions` counts what was withheld.

**Stability.** Where many groups agree, which of them the trees credit is chance: two trainings order them
differently. Contributions are therefore ranked in coarse steps of a factor of :data:`STEP` below the
weightiest one, and within a step by how much the evidence tells whatever the trees (the weight of its
level, counted once and passed on from champion to challenger), then by field order.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from matchwright.core.reasons.catalogue import Catalogue
from matchwright.core.reasons.evidence import Levels, contradicts
from matchwright.core.reasons.groups import Array
from matchwright.core.reasons.reason import Reason
from matchwright.core.spec.model import Frozen

SMALLEST_CONTRIBUTION = 0.02
"""Log-odds below which a group is not worth naming."""

STEP = 3.0
"""Contributions within this factor of each other may change places when a model is trained again."""


class Contradictions(Frozen):
    """How many reasons ``given`` contradict their evidence, and what was withheld because it would have.

    ``withheld`` is the share of group contributions, ``withheld_weight`` their share of the absolute log-odds.
    """

    given: int
    withheld: float
    withheld_weight: float


def give_reasons(
    levels: Levels,
    contributions: pd.DataFrame,
    catalogue: Catalogue,
    top: int,
    weights: Mapping[str, float] | None = None,
) -> list[tuple[Reason, ...]]:
    """The ``top`` reasons of each pair, the weightiest step first.

    Args:
        levels: per group the level of each pair.
        contributions: per group (column) and pair (row), log-odds.
        catalogue: the texts.
        top: how many reasons a pair gets at most.
        weights: how much the evidence of each reason code tells, which orders groups within a step.
    """
    groups = contributions.columns.tolist()
    values = contributions.to_numpy()
    told = values.tolist()
    order = _order(values, groups, levels, weights or {}).tolist()
    given = []
    for row, by_weight in enumerate(order):
        reasons: list[Reason] = []
        for place in by_weight:
            group, weight = groups[place], told[row][place]
            if len(reasons) == top:
                break
            level = levels[group][row]
            if abs(weight) < SMALLEST_CONTRIBUTION or contradicts(level, weight):
                continue
            code = f"{group.upper()}_{level}"
            reasons.append(Reason(code, catalogue.text(code), group, level, round(weight, 5)))
        given.append(tuple(reasons))
    return given


def contradictions(levels: Levels, contributions: pd.DataFrame, reasons: Sequence[Sequence[Reason]]) -> Contradictions:
    """Count contradictions between evidence and contributions, and among the reasons that were given."""
    values = contributions.to_numpy()
    place = {group: position for position, group in enumerate(contributions.columns)}
    level = np.column_stack([levels[str(group)] for group in contributions])
    against = ((level == "AGREES") & (values < 0)) | ((level == "DISAGREES") & (values > 0))
    weight = float(np.abs(values).sum())
    return Contradictions(
        given=sum(
            contradicts(levels[reason.field][row], values[row, place[reason.field]])
            or reason.evidence != levels[reason.field][row]
            for row, given in enumerate(reasons)
            for reason in given
        ),
        withheld=round(float(against.mean()), 5) if against.size else 0.0,
        withheld_weight=round(float(np.abs(values[against]).sum()) / weight, 5) if weight else 0.0,
    )


def _order(
    values: Array, groups: list[str], levels: Levels, weights: Mapping[str, float]
) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Places of groups per pair: by step, within a step by the weight of the evidence, then as they stand."""
    sizes = np.maximum(np.abs(values), SMALLEST_CONTRIBUTION)
    steps = np.floor(np.log(sizes.max(axis=1, keepdims=True, initial=SMALLEST_CONTRIBUTION) / sizes) / np.log(STEP))
    tells = np.zeros_like(sizes)
    for place, group in enumerate(groups):
        known = {level: weights.get(f"{group.upper()}_{level}", 0.0) for level in set(levels[group].tolist())}
        tells[:, place] = [known[level] for level in levels[group].tolist()]
    return np.lexsort((-tells, steps), axis=1)
