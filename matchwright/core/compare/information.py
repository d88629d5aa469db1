"""How much the agreeing values of a pair say: a rare name says much, a common state says little."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from matchwright.core.compare.names import comparators_of
from matchwright.core.records.columns import Columns, differ, known, row_count
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import FALLING, IN_ANOTHER_WAY, MISSING_SUFFIX

TEXT = "text"
"""Kind of fields whose agreement is not counted: long texts are alike in part, and hardly ever equal."""

Numbers = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
OfRegister = bool | Mask
"""Whether a record of each pair is of the register that the bundle learned from: for all pairs, or of shape (pairs,).
Of shape (pairs, counted fields) where it is known of the values alone that they are as frequent as the corpus says."""


def counted_fields(spec: MatchSpec) -> tuple[str, ...]:
    """The compared fields whose values are counted in the register: all but texts."""
    return tuple(name for name, section in spec.compared.items() if section.kind != TEXT)


def both_have_texts(left: Columns, right: Columns, spec: MatchSpec) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether both records of each pair have a text, be it the same field or another one."""
    texts = [name for name, section in spec.compared.items() if section.kind == TEXT]
    if not texts:
        return np.zeros(row_count(left), dtype=bool)
    sides = [np.any([known(side, name) for name in texts], axis=0) for side in (left, right)]
    return np.asarray(sides[0] & sides[1])


class AgreeingValues(NamedTuple):
    """The values in which pairs agree; both of shape (pairs, counted fields), in the order of :func:`counted_fields`.

    ``information`` is in decimal orders of magnitude: 3.0 is one record in a thousand. It is 0 where a field is missing
    or disagrees. ``counted`` says whether the information is that of the register: the corpus holds the values of both
    records, or a value that it does not hold is known to be one that one or two records have.
    """

    information: Numbers
    counted: Mask


def agreeing_values(
    left: Columns,
    right: Columns,
    comparisons: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
    of_register: OfRegister = False,
) -> AgreeingValues:
    """The information of the values that agree, and whether it is that of the register.

    A field counts as agreeing if both records have it and it does not disagree. Where its two values are not the same,
    that of the more common one counts. So two values that are nearly the same never say more than if they were.

    Args:
        left: record features of the left records, one row per pair.
        right: those of the right records.
        comparisons: of the same pairs.
        spec: the match spec.
        corpus: has the frequency of the values that it holds.
        of_register: whether a record of each pair is of the register that the corpus counted. Then a value that the
            corpus does not hold is rare. Without that, it may be a common one that the register happens to lack.
    """
    fields = counted_fields(spec)
    agrees = agreeing(comparisons, spec)
    information = np.zeros((len(comparisons), len(fields)))
    given = np.asarray(of_register)
    counted = np.broadcast_to(given[:, None] if given.ndim == 1 else given, information.shape).copy()
    for index in np.flatnonzero(agrees.any(axis=0)).tolist():
        field, rows = fields[index], np.flatnonzero(agrees[:, index])
        found = np.stack([corpus.information_in(side, field, rows) for side in (left, right)])
        information[rows, index] = found.min(axis=0)
        # for two values that are not the same, both must be held, so that they never say more than if they were
        counted[rows, index] |= corpus.holds(field, found.max(axis=0))
    return AgreeingValues(information, counted)


def disagreeing(comparisons: pd.DataFrame, spec: MatchSpec) -> Mask:
    """Whether both records of a pair have a field and clearly disagree in it; shape (pairs, counted fields).

    A value that is partly the same is no clear disagreement. Nor is one that is found in another way: a name that is
    swapped, a short form of a name, a date of which only the year was known.
    """
    known, agrees = _known_and_agreeing(comparisons, spec, counted_fields(spec))
    return np.asarray(known & ~agrees)


def not_identical(left: Columns, right: Columns, comparisons: pd.DataFrame, spec: MatchSpec) -> Mask:
    """Whether both records of a pair have a field and its values are not the same; shape (pairs, counted fields)."""
    fields = counted_fields(spec)
    unlike = np.column_stack([differ(left, right, field) for field in fields])
    return np.asarray(unlike & _known_and_agreeing(comparisons, spec, fields)[0])


def agreeing(comparisons: pd.DataFrame, spec: MatchSpec) -> Mask:
    """Whether both records of a pair have a field, and it does not disagree; shape (pairs, counted fields)."""
    known, agrees = _known_and_agreeing(comparisons, spec, counted_fields(spec))
    return np.asarray(known & agrees)


def _known_and_agreeing(comparisons: pd.DataFrame, spec: MatchSpec, fields: Sequence[str]) -> tuple[Mask, Mask]:
    """Whether both records have a field, and whether it would agree if they have.

    Shape (pairs, fields). The fields are read together: for one pair, each reading costs more than its values.
    """
    values, at = comparisons.to_numpy(), {name: index for index, name in enumerate(comparisons.columns)}
    sections = [spec.fields[field] for field in fields]
    primary = _similarities(values, at, spec, fields)
    agrees = np.round(primary, 5) >= np.array([section.disagrees_below for section in sections])
    for index, field in enumerate(fields):
        if another := [at[name] for name in (f"{field}__{way}" for way in IN_ANOTHER_WAY) if name in at]:
            agrees[:, index] |= (values[:, another] > 0).any(axis=1)
    known = values[:, [at[f"{field}__{MISSING_SUFFIX}"] for field in fields]] == 0
    return known, agrees


def similarities(comparisons: pd.DataFrame, spec: MatchSpec) -> Numbers:
    """How alike the two values of each counted field are, shape (pairs, counted fields); NaN where one is missing.

    It is the first comparison of the field. Differences become similarities: 1 is no difference.
    """
    at = {name: index for index, name in enumerate(comparisons.columns)}
    return _similarities(comparisons.to_numpy(), at, spec, counted_fields(spec))


def _similarities(
    values: "np.ndarray[Any, Any]", at: dict[str, int], spec: MatchSpec, fields: Sequence[str]
) -> Numbers:
    comparators = [comparators_of(spec.fields[field])[0] for field in fields]
    columns = [at[f"{field}__{comparator}"] for field, comparator in zip(fields, comparators, strict=True)]
    primary = values[:, columns].astype(np.float64)
    if falling := [index for index, comparator in enumerate(comparators) if comparator in FALLING]:
        primary[:, falling] = 1 / (1 + np.maximum(primary[:, falling], 0))
    return primary
