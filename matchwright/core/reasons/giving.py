"""Reasons: why a pair has its score, in stable codes.

The code follows from the evidence alone, so the same evidence gives the same code in every bundle. The contributions
decide which reasons are given.

**Contradictions.** A contribution is relative to the average training pair. The monotone constraints only say that more
agreement never lowers a score. Evidence that agrees, but less than in the average pair, can still have a negative
contribution. In a group with little information, such as a category that nearly all pairs share, the sign is random.
Three things make such contradictions rare: the constraints; the groups, in which opposite signs of one field's
comparators cancel out; and :data:`SMALLEST_CONTRIBUTION`. A contribution that still contradicts its evidence is not
given as a reason. It is not moved to another group either: the contributions of all groups and the base value add up to
the log-odds. :func:`contradictions` counts the reasons that were withheld.

**Stability.** Correlated fields say nearly the same, and trees divide the credit between them at random. Two models
trained independently therefore order the reasons of a pair differently. To keep the order stable, every reason code
has a mean absolute contribution, measured on the training pairs. A challenger takes it over from its champion. The
size of a group is the mean of its code, but within a factor of :data:`~matchwright.core.reasons.figures.WITHIN` of the
group's contribution to this pair. So small differences between trainings change nothing, and strong evidence of a
single pair still counts. Reasons are ordered by size, and only groups with a :data:`MATERIAL` share are given. The
contribution of a reason is always the exact sum of its group.
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
"""A group that contributes less log-odds gives no reason."""

MATERIAL = 0.05
"""A group gives no reason if its share of the total size of the ``top`` largest groups is smaller."""


class Contradictions(Frozen):
    """How many ``given`` reasons contradict their evidence, and how many contributions were withheld for that.

    ``withheld`` is the share of group contributions, and ``withheld_weight`` their share of the absolute log-odds.
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
    differing: Mapping[str, np.ndarray[Any, np.dtype[np.bool_]]] = {},
) -> list[tuple[Reason, ...]]:
    """At most ``top`` reasons of each pair, the largest first. Only groups with a material share give a reason.

    Args:
        levels: the level of each pair, by group.
        contributions: log-odds, one row per pair and one column per group.
        catalogue: the texts.
        top: the most reasons of a pair.
        figures: have the mean absolute contribution of each reason code.
        differing: by group, the pairs whose values are not the same. Where they agree, the text says nearly.
    """
    figures = figures or EvidenceFigures()
    groups = contributions.columns.tolist()
    values = contributions.to_numpy()
    exact = values.tolist()
    withheld = np.abs(values) < SMALLEST_CONTRIBUTION
    withheld |= _against(np.array([levels[group] for group in groups], dtype=object).T, values)
    sizes = np.where(withheld, 0.0, _sizes(values, groups, levels, figures.mean_contributions))
    largest = np.sort(sizes, axis=1)[:, ::-1][:, :top]
    withheld |= sizes < MATERIAL * largest.sum(axis=1, keepdims=True)
    order = np.argsort(-sizes, axis=1, kind="stable")
    given = []
    for row, (by_size, left_out) in enumerate(zip(order.tolist(), withheld.tolist(), strict=True)):
        reasons = []
        for index in [index for index in by_size if not left_out[index]][:top]:
            group, level = groups[index], levels[groups[index]][row]
            code = f"{group.upper()}_{level}"
            nearly = level == "AGREES" and group in differing and bool(differing[group][row])
            text = catalogue.text(code, nearly=nearly)
            reasons.append(Reason(code, text, group, level, round(exact[row][index], 5), nearly))
        given.append(tuple(reasons))
    return given


def contradictions(levels: Levels, contributions: pd.DataFrame, reasons: Sequence[Sequence[Reason]]) -> Contradictions:
    """Count the contradictions between evidence and contributions, and those among the given reasons."""
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
    """Where a contribution contradicts its evidence: :func:`contradicts` for arrays."""
    found: np.ndarray[Any, np.dtype[np.bool_]] = ((level == "AGREES") & (values < 0)) | (
        (level == "DISAGREES") & (values > 0)
    )
    return found


def _sizes(values: Array, groups: list[str], levels: Levels, means: Mapping[str, float]) -> Array:
    """For each pair and group the mean of its code, within a factor of its own value. Without a mean, its own value."""
    own = np.abs(values)
    columns = []
    for group in groups:
        listed = levels[group].tolist()
        of_level = {level: means.get(f"{group.upper()}_{level}", math.nan) for level in set(listed)}
        columns.append([of_level[level] for level in listed])
    known = np.array(columns, dtype=np.float64).reshape(len(groups), len(values)).T
    return np.where(np.isnan(known), own, np.clip(known, own / WITHIN, own * WITHIN))
