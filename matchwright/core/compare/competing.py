"""Context: a pair compared with its competing candidates, the other candidates of one of its records.

Where a record has at most one true match, a candidate is unlikely to be it if another one fits better. The fit of a
pair says how alike its whole records are. It needs no labels.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from matchwright.core.compare.frames import framed, values_of
from matchwright.core.compare.names import CONTEXT_SIDES, context_names, field_of, primary_comparison
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import CONTEXT, CONTEXT_COMPARATORS, RECORD

NEAR = 0.1
"""Another candidate within this difference of fit is a near tie."""

ROUNDING = 1e-7
"""Fits have five decimals. A difference this close to the limit counts as equal to it."""

SIDES = ("left", "right")
FIT = (f"{RECORD}__token_overlap", f"{RECORD}__ngram_cosine")
"""The comparisons of whole records whose mean is the fit of a pair."""

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Rows = np.ndarray[Any, np.dtype[np.integer[Any]]]


@dataclass(frozen=True)
class Grouped:
    """Values sorted by group, and within a group falling.

    ``order`` are the rows in this order, ``values`` their values, ``of_group`` the number of their group, each of shape
    (rows,). ``starts`` is where each group starts.
    """

    order: np.ndarray[Any, np.dtype[np.intp]]
    values: Numbers
    of_group: np.ndarray[Any, np.dtype[np.intp]]
    starts: np.ndarray[Any, np.dtype[np.intp]]

    @classmethod
    def by(cls, groups: np.ndarray[Any, Any], values: Numbers) -> "Grouped":
        """Rows with the same value in ``groups`` are a group."""
        group = pd.factorize(np.asarray(groups))[0]
        order = np.lexsort((-values, group))
        sorted_group = group[order]
        starts = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
        return cls(order, values[order], np.asarray(sorted_group, dtype=np.intp), starts)

    @property
    def best_other(self) -> Numbers:
        """For each sorted row the largest value of another row of its group; NaN if there is none."""
        rows = np.arange(len(self.order))
        sizes = np.diff(np.r_[self.starts, len(self.order)])
        second = np.where(sizes > 1, self.values[np.minimum(self.starts + 1, len(rows) - 1)], np.nan)
        first = rows == self.starts[self.of_group]
        return np.asarray(np.where(first, second[self.of_group], self.values[self.starts[self.of_group]]))

    def in_order_given(self, sorted_values: np.ndarray[Any, Any]) -> Numbers:
        """Sorted values in the order in which the rows were given."""
        found = np.empty(len(self.order))
        found[self.order] = sorted_values
        return found


Measures = tuple[Numbers, Numbers, Numbers]
"""Three measures of pairs on one side, each of shape (pairs,)."""


def whole_records(records: Rows, order: Rows, at_once: int) -> Iterator[Rows]:
    """Pairs in parts of about ``at_once``, with all pairs of a record in one part.

    Args:
        records: a number for the record of each pair, shape (pairs,).
        order: the pairs that are asked for, sorted by their record.
        at_once: the pairs of a part, but for the rest of its last record.
    """
    ordered = records[order]
    start = 0
    while start < len(order):
        stop = min(start + at_once, len(order))
        if stop < len(order):  # up to the end of the record
            stop = int(np.searchsorted(ordered, ordered[stop - 1], side="right"))
        yield order[start:stop]
        start = stop


def on_sides(
    left_keys: Any,
    right_keys: Any,
    values: Numbers,
    sides: tuple[str, ...],
    measure: Callable[[Any, Numbers], Measures],
) -> dict[str, Measures]:
    """Three measures of each pair among all pairs of its record, for the record of each side.

    In one table a record is on the left of some pairs and on the right of others. Where both sides are known, all of
    these compete. So nothing depends on which of two records is called the left one.

    Args:
        left_keys: the left record of each pair; equal keys are one record.
        right_keys: the right record of each pair.
        values: of the pairs, shape (pairs,).
        sides: those to measure on.
        measure: from groups and values, both of shape (rows,), to the measures of each row among those of its group.
    """
    keys = dict(zip(SIDES, (np.asarray(left_keys), np.asarray(right_keys)), strict=True))
    if not len(values):
        return {}
    if set(sides) != set(SIDES):
        return {side: measure(keys[side], values) for side in sides}
    both = measure(np.concatenate([keys["left"], keys["right"]]), np.tile(values, 2))
    lefts, rights = zip(*((each[: len(values)], each[len(values) :]) for each in both), strict=True)
    return {"left": lefts, "right": rights}  # type: ignore[dict-item]


@dataclass(frozen=True)
class Competition:
    """Each pair compared with the other candidates of one of its records.

    - ``lead``, in [-1, 1]: the fit of the pair minus the best fit of another candidate; NaN if there is no other.
    - ``rank``, from 1: one more than the number of candidates that fit better.
    - ``competing``, from 0: the number of other candidates that fit better or nearly as well.
    """

    lead: Numbers
    rank: Numbers
    competing: Numbers

    @classmethod
    def among(cls, groups: np.ndarray[Any, Any], fit: Numbers) -> "Competition":
        """Compare the pairs that have the same value in ``groups``; both of shape (pairs,)."""
        of = Grouped.by(groups, fit)
        best_other = of.best_other
        starts, of_group, sorted_fit = of.starts, of.of_group, of.values
        # fits are in [0, 1], so a distance of 4 between the groups allows one sorted search over all of them
        ladder = of_group * 4.0 - sorted_fit
        better = np.searchsorted(ladder, ladder, side="left") - starts[of_group]
        near = np.searchsorted(ladder, ladder + NEAR + ROUNDING, side="right") - starts[of_group] - 1
        return cls(*map(of.in_order_given, (sorted_fit - best_other, better + 1, near)))

    @classmethod
    def measured(cls, groups: np.ndarray[Any, Any], fit: Numbers) -> Measures:
        """The measures of :meth:`among`."""
        found = cls.among(groups, fit)
        return found.lead, found.rank, found.competing

    @classmethod
    def in_place_of(
        cls, groups: np.ndarray[Any, Any], fit: Numbers, rows: np.ndarray[Any, Any], new: Numbers
    ) -> "Competition":
        """Changed pairs, each compared with the other pairs of its group as if it stood in the place of a row.

        Args:
            groups: pairs with the same value compete, shape (pairs,).
            fit: of the pairs, shape (pairs,).
            rows: the pair whose place each changed pair takes, shape (changed,).
            new: the fit of the changed pairs, shape (changed,).
        """
        of = Grouped.by(groups, fit)
        place = np.empty(len(of.order), dtype=np.intp)
        place[of.order] = np.arange(len(of.order))
        at = place[rows]
        group, starts, old = of.of_group[at], of.starts[of.of_group[at]], of.values[at]
        ladder = of.of_group * 4.0 - of.values
        better = np.searchsorted(ladder, group * 4.0 - new, side="left") - starts - (old > new)
        near = np.searchsorted(ladder, group * 4.0 - new + NEAR + ROUNDING, side="right") - starts
        near -= old >= new - NEAR - ROUNDING
        return cls(new - of.best_other[at], better + 1.0, near.astype(np.float64))


def fit_of(comparisons: pd.DataFrame, spec: MatchSpec) -> Numbers:
    """How alike the whole records of each pair are, in [0, 1]. Missing evidence counts as 0.

    Where the spec compares whole records, it is the mean of weighted word overlap and trigram cosine. Otherwise it is
    the mean of the first comparison of each field.
    """
    names = tuple(name for name in FIT if name in comparisons.columns)
    if not names:
        names = tuple(primary_comparison(spec, field) for field in spec.compared)
    values = values_of(comparisons, names).astype(np.float64)
    return cast("Numbers", np.round(np.nan_to_num(np.clip(values, 0, 1)).mean(axis=1), 5))


def context_of(
    fit: Numbers, left_keys: Any, right_keys: Any, spec: MatchSpec, known: tuple[str, ...] = SIDES
) -> pd.DataFrame:
    """The context comparisons of all candidates.

    Args:
        fit: the fit of each pair, in [0, 1] (see :func:`fit_of`).
        left_keys: the left record of each pair; equal keys are one record.
        right_keys: the right record of each pair.
        spec: its ``multiplicity`` says on which sides candidates compete.
        known: the sides for whose records all candidates are given. The context of the other side is missing.

    Returns:
        float32 columns of :func:`~matchwright.core.compare.names.context_names`, one row per pair; no columns where
        the spec has no context. All are missing on a side where the record has no other candidate. If the sources are
        alike, ``left`` holds the weaker of the two sides and ``right`` the stronger one. If only one side is known,
        both hold that side.
    """
    return pd.DataFrame(_context_of(fit, left_keys, right_keys, spec, known))


def context_in_place_of(
    fit: Numbers, left_keys: Any, right_keys: Any, rows: np.ndarray[Any, Any], new: Numbers, spec: MatchSpec
) -> pd.DataFrame:
    """:func:`context_of` for changed pairs, each in the place of one of the candidates.

    Args:
        fit: the fit of each candidate, shape (candidates,).
        left_keys: the left record of each candidate.
        right_keys: the right record of each candidate.
        rows: the candidate whose place each changed pair takes, shape (changed,).
        new: the fit of the changed pairs, shape (changed,).
        spec: its ``multiplicity`` says on which sides candidates compete.
    """
    sides = CONTEXT_SIDES[spec.multiplicity]
    keys = dict(zip(SIDES, (np.asarray(left_keys, dtype=object), np.asarray(right_keys, dtype=object)), strict=True))
    both = np.concatenate([keys[side] for side in sides]) if sides else np.empty(0, dtype=object)
    found = {
        side: Competition.in_place_of(both, np.tile(fit, len(sides)), rows + number * len(fit), new)
        for number, side in enumerate(sides)
        if len(fit)
    }
    return pd.DataFrame(context_columns(found, len(rows), spec))


def _context_of(
    fit: Numbers, left_keys: Any, right_keys: Any, spec: MatchSpec, known: tuple[str, ...]
) -> dict[str, "np.ndarray[Any, np.dtype[np.float32]]"]:
    sides = tuple(side for side in CONTEXT_SIDES[spec.multiplicity] if side in known)
    measured = on_sides(left_keys, right_keys, fit, sides, Competition.measured)
    return context_columns({side: Competition(*each) for side, each in measured.items()}, len(fit), spec)


def context_columns(
    found: Mapping[str, Competition], pairs: int, spec: MatchSpec
) -> dict[str, "np.ndarray[Any, np.dtype[np.float32]]"]:
    """The columns of :func:`context_of` from the competition on each known side."""
    columns = {name: np.full(pairs, np.nan, dtype=np.float32) for name in context_names(spec)}
    for measure in CONTEXT_COMPARATORS:
        values = {
            # a record without another candidate says nothing about this one
            side: np.where(np.isnan(competition.lead), np.nan, getattr(competition, measure))
            for side, competition in found.items()
        }
        if spec.sources.alike and len(CONTEXT_SIDES[spec.multiplicity]) == 2 and values:
            lower, upper = (np.fmin.reduce(list(values.values())), np.fmax.reduce(list(values.values())))
            weaker_first = (lower, upper) if measure == "lead" else (upper, lower)
            values = dict(zip(SIDES, weaker_first, strict=True))
        for side, value in values.items():
            columns[f"{CONTEXT}__{measure}_{side}"] = np.round(value, 5).astype(np.float32)
    return columns


def in_context(
    comparisons: pd.DataFrame, left_keys: Any, right_keys: Any, spec: MatchSpec, known: tuple[str, ...] = SIDES
) -> pd.DataFrame:
    """A copy of the comparisons of all candidates with the context filled in, see :func:`context_of`."""
    context = _context_of(fit_of(comparisons, spec), left_keys, right_keys, spec, known)
    names = tuple(comparisons.columns)
    values = comparisons.to_numpy(copy=True)
    for name, column in context.items():
        values[:, names.index(name)] = column
    return framed(values, names)


def any_context(comparisons: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """The pairs that are compared with a competing candidate, on any side."""
    names = tuple(name for name in comparisons.columns if field_of(name) == CONTEXT)
    return np.asarray(~np.isnan(values_of(comparisons, names)).all(axis=1))


def without_context(comparisons: pd.DataFrame, rows: Any, sides: tuple[str, ...] = SIDES) -> pd.DataFrame:
    """A copy of some rows without the context of the given sides, as if their candidates were not known."""
    made: pd.DataFrame = comparisons.iloc[rows].reset_index(drop=True)
    gone = [name for name in made.columns if field_of(name) == CONTEXT and name.rpartition("_")[2] in sides]
    made[gone] = np.float32(np.nan)
    return made
