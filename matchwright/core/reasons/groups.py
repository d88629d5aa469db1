"""Groups of comparisons: those of one field and one kind of evidence. A reason is about one group."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.frames import values_of
from matchwright.core.compare.names import field_of, group_of
from matchwright.core.spec.vocabulary import CONTEXT, EVIDENCE_KINDS, LEAST, LIMIT, MISSING_SUFFIX, RECORD

Array = np.ndarray[Any, np.dtype[np.float64]]

VALUE = "value"
"""The kind of evidence of groups that compare the field's value itself."""

KINDS: tuple[str, ...] = tuple(dict.fromkeys(EVIDENCE_KINDS.values()))
"""The other kinds of evidence."""


@dataclass(frozen=True)
class Group:
    """One group. ``columns`` are indices of the scorer's comparisons; ``primary`` is the one that gives the level.

    ``flag`` is the index of the field's missing flag, or None.
    """

    name: str
    field: str
    kind: str
    columns: tuple[int, ...]
    primary: int
    flag: int | None


@lru_cache
def groups_of(names: tuple[str, ...]) -> tuple[Group, ...]:
    """The groups of comparisons in the order in which they first occur.

    The first comparison of a group that is not a missing flag gives its level. A missing flag belongs to the group of
    the field's value.
    """
    columns: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if name not in (LIMIT, LEAST):  # they limit the score, and are no evidence of a field
            columns.setdefault(group_of(name), []).append(index)
    flags = {field_of(name): index for index, name in enumerate(names) if _is_flag(name)}
    found = []
    for group, indices in columns.items():
        field = field_of(names[indices[0]])
        primary = next((index for index in indices if not _is_flag(names[index])), indices[0])
        kind = field if field == CONTEXT else VALUE if group == field else group.removeprefix(f"{field}_")
        found.append(Group(group, field, kind, tuple(indices), primary, flags.get(field) if kind == VALUE else None))
    return tuple(found)


def is_actionable(group: Group) -> bool:
    """Whether a person can look up the evidence: that of a field, but not of the whole record or its context."""
    return group.field not in (RECORD, CONTEXT) and group.kind not in ("cross_field", "swapped")


def group_contributions(contributions: Array, names: tuple[str, ...]) -> pd.DataFrame:
    """The sum of the contributions of each group: one row per pair, one column per group.

    Each row and the base value add up to the pair's log-odds.
    """
    return pd.DataFrame(contributions @ _membership(names), columns=_group_names(names).view(), copy=False)


def group_values(comparisons: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """The first comparison of each group: one row per pair, one column per group of ``names``.

    ``comparisons`` may have other columns too, such as flags of missing values that a scorer does not read.
    """
    groups = groups_of(names)
    values = values_of(comparisons, tuple(names[group.primary] for group in groups))
    return pd.DataFrame(values, columns=[group.name for group in groups])


@lru_cache
def _group_names(names: tuple[str, ...]) -> "pd.Index[str]":
    return pd.Index([group.name for group in groups_of(names)])


@lru_cache
def _membership(names: tuple[str, ...]) -> Array:
    """1 where a comparison (row) belongs to a group (column), else 0."""
    membership = np.zeros((len(names), len(groups_of(names))))
    for index, group in enumerate(groups_of(names)):
        membership[list(group.columns), index] = 1.0
    return membership


def _is_flag(name: str) -> bool:
    return name.endswith(f"__{MISSING_SUFFIX}")
