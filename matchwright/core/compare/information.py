"""How much the agreeing values of a pair say: a rare name says much, a common state says little."""

from typing import cast

import numpy as np
import pandas as pd

from matchwright.core.compare.names import primary_comparison
from matchwright.core.records.columns import Columns
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
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
    for name, section in spec.compared.items():
        if section.kind == TEXT:
            agrees |= _agrees(comparisons, name, spec)
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
    columns = []
    for field in counted_fields(spec):
        agrees = _agrees(comparisons, field, spec)
        information = np.zeros(len(agrees))
        rows = np.flatnonzero(agrees)
        if len(rows):
            one, other = (corpus.value_information(field, side[field][rows]) for side in (left, right))
            information[rows] = np.minimum(one, other)
        columns.append(information)
    return cast("Numbers", np.column_stack(columns))


def _agrees(comparisons: pd.DataFrame, field: str, spec: MatchSpec) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether both records have the field, and it does not disagree, or is swapped with another name."""
    name = primary_comparison(spec, field)
    primary = np.asarray(comparisons[name], dtype=np.float64)
    if name.partition("__")[2] in FALLING:
        primary = 1 / (1 + np.maximum(primary, 0))
    known = np.asarray(comparisons[f"{field}__{MISSING_SUFFIX}"]) == 0
    with np.errstate(invalid="ignore"):
        agrees = np.round(primary, 5) >= spec.fields[field].disagrees_below
        if (swapped := f"{field}__{SWAPPED}") in comparisons:
            agrees |= np.asarray(comparisons[swapped]) >= spec.fields[field].agrees_at
        return np.asarray(known & agrees)
