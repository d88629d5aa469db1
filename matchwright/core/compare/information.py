"""How much the agreeing values of a pair say: a rare name says much, a common state says little."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from matchwright.core.compare.names import comparators_of
from matchwright.core.records.columns import Columns
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import FieldSpec, MatchSpec
from matchwright.core.spec.vocabulary import FALLING, MISSING_SUFFIX, SWAPPED

TEXT = "text"
"""Kind of fields whose agreement is not counted: long texts are alike in part, and hardly ever equal."""

Numbers = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def counted_fields(spec: MatchSpec) -> tuple[str, ...]:
    """The compared fields whose values are counted in the register: all but texts."""
    return tuple(name for name, section in spec.compared.items() if section.kind != TEXT)


def has_agreeing_text(comparisons: pd.DataFrame, spec: MatchSpec) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether the two records of each pair have a text that does not disagree."""
    agrees = np.zeros(len(comparisons), dtype=bool)
    texts = [name for name, section in spec.compared.items() if section.kind == TEXT]
    if not texts:
        return agrees
    columns = _Columns.of(comparisons)
    for name in texts:
        agrees |= _agrees(columns, name, spec.fields[name])
    return agrees


def agreeing_information(
    left: Columns, right: Columns, comparisons: pd.DataFrame, spec: MatchSpec, corpus: Corpus
) -> Numbers:
    """The information of the values that agree, in decimal orders of magnitude: 3.0 is one record in a thousand.

    A field counts as agreeing if both records have it and it does not disagree. Where its two values are not the same,
    that of the more common one counts. So two values that are nearly the same never say more than if they were. Names
    that are swapped agree too.

    Args:
        left: record features of the left records, one row per pair.
        right: those of the right records.
        comparisons: of the same pairs.
        spec: the match spec.
        corpus: has the frequency of every value.

    Returns:
        Shape (pairs, counted fields), in the order of :func:`counted_fields`. 0 where a field is missing or disagrees.
    """
    fields, columns = counted_fields(spec), _Columns.of(comparisons)
    information = np.zeros((len(comparisons), len(fields)))
    for index, field in enumerate(fields):
        rows = np.flatnonzero(_agrees(columns, field, spec.fields[field]))
        if len(rows):
            values = np.concatenate([left[field][rows], right[field][rows]])
            information[rows, index] = corpus.value_information(field, values).reshape(2, -1).min(axis=0)
    return information


def disagreeing(comparisons: pd.DataFrame, spec: MatchSpec) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """Whether both records of a pair have a field and clearly disagree in it; shape (pairs, counted fields).

    A value that is partly the same, or a swapped name, is no clear disagreement.
    """
    fields, columns = counted_fields(spec), _Columns.of(comparisons)
    found = np.zeros((len(comparisons), len(fields)), dtype=bool)
    for index, field in enumerate(fields):
        known = columns.values[:, columns.at[f"{field}__{MISSING_SUFFIX}"]] == 0
        found[:, index] = known & ~_agrees(columns, field, spec.fields[field])
    return found


class _Columns(NamedTuple):
    """Comparisons as one array, and where each stands: for one pair, reading columns of a data frame costs too much."""

    values: "np.ndarray[Any, Any]"
    at: dict[str, int]

    @classmethod
    def of(cls, comparisons: pd.DataFrame) -> "_Columns":
        return cls(comparisons.to_numpy(), {name: index for index, name in enumerate(comparisons.columns)})


def _agrees(columns: _Columns, field: str, section: FieldSpec) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether both records have the field, and it does not disagree, or is swapped with another name."""
    values, at = columns
    comparator = comparators_of(section)[0]
    primary = values[:, at[f"{field}__{comparator}"]].astype(np.float64)
    if comparator in FALLING:
        primary = 1 / (1 + np.maximum(primary, 0))
    agrees = np.round(primary, 5) >= section.disagrees_below
    swapped = at.get(f"{field}__{SWAPPED}")
    if swapped is not None:
        agrees |= values[:, swapped] >= section.agrees_at
    return np.asarray((values[:, at[f"{field}__{MISSING_SUFFIX}"]] == 0) & agrees)
