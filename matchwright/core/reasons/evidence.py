"""Levels of evidence: what each group of comparisons says about a pair. They do not depend on the model."""

from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from matchwright.core.compare.competing import NEAR
from matchwright.core.compare.engine import DECIMALS
from matchwright.core.reasons.groups import VALUE, Group, groups_of
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.fields import RecordEvidence
from matchwright.core.spec.vocabulary import CONTEXT, EVIDENCE_LEVELS, FALLING, RECORD

Levels = dict[str, np.ndarray[Any, Any]]


class Limits(NamedTuple):
    """At or above ``agrees_at`` a group agrees, below ``disagrees_below`` it disagrees."""

    agrees_at: float
    disagrees_below: float


LIMITS: dict[str, Limits] = {
    # a share: all found is agreement, less than half is disagreement
    "numbers": Limits(0.99, 0.5),
    "measures": Limits(0.99, 0.5),
    "codes": Limits(0.99, 0.5),
    "cross_field": Limits(0.99, 0.5),
    # the weaker of the similarities of two swapped names
    "swapped": Limits(0.92, 0.7),
    # the lead over the best competing candidate: a lead within NEAR of 0 counts as a tie
    CONTEXT: Limits(NEAR, -NEAR),
}
"""Limits of the kinds of evidence that have no limits in the spec."""

NEARLY_KINDS = (VALUE, "swapped")
"""The kinds of evidence that can agree without being the same. The others are shares of what was found."""

_STRICT = ("exact", "levenshtein", "token_sort")
"""Comparators that are 1 only for values that are the same, or have the same words."""

_LEVELS = np.array(EVIDENCE_LEVELS, dtype=object)
_AGREES, _PARTLY, _DISAGREES, _MISSING = range(len(EVIDENCE_LEVELS))


def limits_of(group: Group, spec: MatchSpec) -> Limits:
    """The limits of a group: those of its field or of the ``record`` section, or those of its kind of evidence."""
    if group.kind != VALUE:
        return LIMITS[group.kind]
    section = spec.fields[group.field] if group.field != RECORD else spec.record or RecordEvidence()
    return Limits(section.agrees_at, section.disagrees_below)


def evidence(comparisons: pd.DataFrame, spec: MatchSpec) -> Levels:
    """For each group the level of evidence of each pair: AGREES, PARTLY_AGREES, DISAGREES or MISSING.

    The first comparison of a group gives its level. For context it is the weaker of both sides. A comparison ``x``
    where more means less alike (``FALLING``) is converted to ``1 / (1 + x)``.
    """
    names = tuple(comparisons.columns)
    groups = groups_of(names)
    numbers = comparisons.to_numpy(dtype=np.float64)
    limits = [limits_of(group, spec) for group in groups]
    # rounded as in the decision log: 0.7 in 32 bits is a little less than 0.7, and a replay must give the same level
    read = _reading_of(names)
    values = np.round(numbers[:, read.primary], DECIMALS)
    for index, sides in read.sides.items():
        values[:, index] = np.round(np.fmin.reduce(numbers[:, sides], axis=1), DECIMALS)
    for index in read.falling:
        values[:, index] = 1 / (1 + np.maximum(values[:, index], 0))
    missing = np.isnan(values)
    missing[:, read.flagged] |= numbers[:, read.flags] > 0
    agrees_at, disagrees_below = np.array(limits).reshape(-1, 2).T
    with np.errstate(invalid="ignore"):
        level = np.where(values >= agrees_at, _AGREES, np.where(values < disagrees_below, _DISAGREES, _PARTLY))
    level[missing] = _MISSING
    return dict(zip([g.name for g in groups], _LEVELS[level].T, strict=True))


class _Reading(NamedTuple):
    """Where the level of each group is read: the comparisons of ``primary``, and what is different for some groups."""

    primary: list[int]
    sides: dict[int, list[int]]
    falling: list[int]
    flagged: list[int]
    flags: list[int]


@lru_cache
def _reading_of(names: tuple[str, ...]) -> _Reading:
    read = _Reading([], {}, [], [], [])
    for index, group in enumerate(groups_of(names)):
        read.primary.append(group.primary)
        if group.kind == CONTEXT:
            measure = names[group.primary].rpartition("_")[0]
            read.sides[index] = [one for one in group.columns if names[one].rpartition("_")[0] == measure]
        if names[group.primary].partition("__")[2] in FALLING:
            read.falling.append(index)
        if group.flag is not None:
            read.flagged.append(index)
            read.flags.append(group.flag)
    return read


def not_identical(comparisons: pd.DataFrame) -> dict[str, np.ndarray[Any, np.dtype[np.bool_]]]:
    """For each group that has a text for it, the pairs whose known values are not the same.

    A similarity below 1 says so. So does a stricter comparison of the same values: an address within a longer one has
    all its words in it, but is not the same.
    """
    groups, columns, starts = _compared_strictly(tuple(comparisons.columns))
    if not groups:
        return {}
    below = np.round(comparisons.to_numpy()[:, columns].astype(np.float64), DECIMALS) < 1
    return dict(zip(groups, np.logical_or.reduceat(below, starts, axis=1).T, strict=True))


@lru_cache
def _compared_strictly(names: tuple[str, ...]) -> tuple[tuple[str, ...], list[int], list[int]]:
    """The groups with a text for values that are not the same, their comparisons that say so, and where each starts."""
    groups: dict[str, list[int]] = {}
    for group in groups_of(names):
        if group.kind in NEARLY_KINDS and names[group.primary].partition("__")[2] not in FALLING:
            strict = [column for column in group.columns if names[column].partition("__")[2] in _STRICT]
            groups[group.name] = [group.primary, *strict]
    columns = list(groups.values())
    return (
        tuple(groups),
        [each for some in columns for each in some],
        list(accumulate(map(len, columns), initial=0))[:-1],
    )


def contradicts(level: str, contribution: float) -> bool:
    """Whether agreement lowers the score, or disagreement raises it. A reader would not accept such a reason."""
    return (level == "AGREES" and contribution < 0) or (level == "DISAGREES" and contribution > 0)
