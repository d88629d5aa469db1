"""What neighbours read of each pair of a register, beside its score: how alike its fields are, and how rare its values.

Of a pair's own evidence only the score counts. How alike it is matters where it links one of two other records with a
third one.
"""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.information import counted_fields
from matchwright.core.compare.names import comparators_of
from matchwright.core.records.columns import Columns
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import FieldSpec, MatchSpec
from matchwright.core.spec.vocabulary import FALLING, IN_ANOTHER_WAY

Evidence = np.ndarray[Any, np.dtype[np.float32]]

ALIKE, COMMONER, RARER = "alike", "commoner", "rarer"
"""Prefixes of the names: how alike the two values of a field are, and the information of the more common value of the
two and of the rarer one."""

DECIMALS = 2
"""Decimals of information. More would name a value by its frequency."""


def pair_evidence_names(spec: MatchSpec) -> tuple[str, ...]:
    """The columns of :func:`pair_evidence`."""
    alike = tuple(f"{ALIKE}__{field}" for field in spec.compared)
    return (*alike, *(f"{prefix}__{field}" for prefix in (COMMONER, RARER) for field in _known_by_rarity(spec)))


def pair_evidence(
    left: Columns, right: Columns, comparisons: pd.DataFrame, spec: MatchSpec, corpus: Corpus
) -> Evidence:
    """What neighbours read of pairs.

    Args:
        left: record features of the left records, one row per pair.
        right: those of the right records.
        comparisons: of the same pairs.
        spec: the match spec.
        corpus: has the frequency of every value.

    Returns:
        Shape (pairs, names), in the order of :func:`pair_evidence_names`. NaN where something is missing.
    """
    alike = [_alike(comparisons, field, section) for field, section in spec.compared.items()]
    commoner, rarer = [], []
    for field in _known_by_rarity(spec):
        found = np.stack([corpus.information_in(side, field) for side in (left, right)])
        both = np.where(found > 0, np.round(found, DECIMALS), np.nan)
        commoner.append(np.fmin(*both))
        rarer.append(np.fmax(*both))
    return np.column_stack([*alike, *commoner, *rarer]).astype(np.float32)


def household_fields(spec: MatchSpec) -> tuple[str, ...]:
    """The compared fields that members of one household share; none where the spec has no ``individual`` fields."""
    return tuple(field for field in spec.compared if field not in spec.individual) if spec.individual else ()


def _alike(comparisons: pd.DataFrame, field: str, section: FieldSpec) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """How alike two values are. A value that is found in another way, such as a short form, is like one that agrees."""
    first, *more = comparators_of(section)
    values = comparisons[f"{field}__{first}"].to_numpy(dtype=np.float64)
    if first in FALLING:
        values = 1 / (1 + np.maximum(values, 0))
    ways = [f"{field}__{name}" for name in more if name in IN_ANOTHER_WAY]
    if ways := [name for name in ways if name in comparisons]:
        found = (comparisons[ways].to_numpy() > 0).any(axis=1)
        values = np.where(found, np.fmax(values, section.agrees_at), values)
    return values


def _known_by_rarity(spec: MatchSpec) -> tuple[str, ...]:
    counted = counted_fields(spec)
    return tuple(field for field in counted if field in spec.identity) or counted
