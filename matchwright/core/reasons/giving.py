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

**Stability.** Correlated fields say much the same, and trees divide the credit between them at random. Two models
trained independently therefore order the reasons of a pair differently. To keep the order stable, every reason code
has a mean absolute contribution, measured on the training pairs. A challenger takes it over from its champion. A
group's size is the mean of its code, but within a factor of :data:`~matchwright.core.reasons.figures.WITHIN` of what
the group contributes to this very pair. So small differences between trainings change nothing, and what is special
about the pair still counts. Groups are named by size, and only those with a :data:`MATERIAL` share. The contribution
that a reason states is always the exact sum.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.reasons.catalogue import Catalogue
from matchwright.core.reasons.evidence import Levels, contradicts
from matchwright.core.reasons.figures import WITHIN, EvidenceFigures
from matchwright.core.reasons.groups import Array
from matchwright.core.reasons.reason import Reason
from matchwright.frozen import Frozen

SMALLEST_CONTRIBUTION = 0.02
"""Log-odds below which a group is not worth naming."""

MATERIAL = 0.05
"""Of the sizes of the weightiest groups, as many as may be named: who carries less is not worth naming."""


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
    figures: EvidenceFigures | None = None,
) -> list[tuple[Reason, ...]]:
    """At most ``top`` reasons of each pair, the weightiest first; fewer where no more carry a material share.

    Args:
        levels: per group the level of each pair.
        contributions: per group (column) and pair (row), log-odds.
        catalogue: the texts.
        top: how many reasons a pair gets at most.
        figures: hold the mean absolute contribution of each reason code.
    """
    figures = figures or EvidenceFigures()
    groups = contributions.columns.tolist()
    values = contributions.to_numpy()
    told = values.tolist()
    withheld = np.abs(values) < SMALLEST_CONTRIBUTION
    for index, group in enumerate(groups):
        withheld[:, index] |= _against(levels[group], values[:, index])
    sizes = np.where(withheld, 0.0, _sizes(values, groups, levels, figures.usual))
    largest = np.sort(sizes, axis=1)[:, ::-1][:, :top]
    withheld |= sizes < MATERIAL * largest.sum(axis=1, keepdims=True)
    order = np.argsort(-sizes, axis=1, kind="stable")
    given = []
    for row, (by_size, unsaid) in enumerate(zip(order.tolist(), withheld.tolist(), strict=True)):
        reasons = []
        for index in [index for index in by_size if not unsaid[index]][:top]:
            group, level = groups[index], levels[groups[index]][row]
            code = f"{group.upper()}_{level}"
            reasons.append(Reason(code, catalogue.text(code), group, level, round(told[row][index], 5)))
        given.append(tuple(reasons))
    return given


def contradictions(levels: Levels, contributions: pd.DataFrame, reasons: Sequence[Sequence[Reason]]) -> Contradictions:
    """Count contradictions between evidence and contributions, and among the reasons that were given."""
    values = contributions.to_numpy()
    index = {group: position for position, group in enumerate(contributions.columns)}
    level = np.column_stack([levels[str(group)] for group in contributions])
    against = _against(level, values)
    weight = float(np.abs(values).sum())
    return Contradictions(
        given=sum(
            contradicts(levels[reason.field][row], values[row, index[reason.field]])
            or reason.evidence != levels[reason.field][row]
            for row, given in enumerate(reasons)
            for reason in given
        ),
        withheld=round(float(against.mean()), 5) if against.size else 0.0,
        withheld_weight=round(float(np.abs(values[against]).sum()) / weight, 5) if weight else 0.0,
    )


def _against(level: np.ndarray[Any, Any], values: Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where a contribution contradicts its evidence: :func:`contradicts`, for arrays."""
    found: np.ndarray[Any, np.dtype[np.bool_]] = ((level == "AGREES") & (values < 0)) | (
        (level == "DISAGREES") & (values > 0)
    )
    return found


def _sizes(values: Array, groups: list[str], levels: Levels, usual: Mapping[str, float]) -> Array:
    """Per pair and group the mean of its code, held near the pair's own value; that value where no mean is known."""
    own = np.abs(values)
    known = np.full_like(values, math.nan)
    for index, group in enumerate(groups):
        of_level = {level: usual.get(f"{group.upper()}_{level}", math.nan) for level in set(levels[group].tolist())}
        known[:, index] = [of_level[level] for level in levels[group].tolist()]
    return np.where(np.isnan(known), own, np.clip(known, own / WITHIN, own * WITHIN))
