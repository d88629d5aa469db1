"""Some pairs measured among all candidates of their records, in a register whose candidates are many.

This gives what :func:`~matchwright.core.compare.competing.on_sides` does, for the pairs that are asked for. It looks at
the candidates of few records at a time, so that memory grows with the pairs asked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.competing import SIDES, Competition, Measures, Numbers, context_columns, whole_records
from matchwright.core.compare.competing_scores import DECIMALS, measures_among, score_columns
from matchwright.core.compare.names import CONTEXT_SIDES
from matchwright.core.spec import MatchSpec

AT_ONCE = 1_000_000
"""Pairs that are looked at together. This bounds memory and does not change results."""

Rows = np.ndarray[Any, np.dtype[np.integer[Any]]]
Measure = Callable[[Rows, Numbers], Measures]
MeasureInPlace = Callable[[Rows, Numbers, Rows, Numbers], Measures]


def context_among(fit: Numbers, left: Rows, right: Rows, spec: MatchSpec, rows: Rows) -> pd.DataFrame:
    """The comparisons with competing candidates by fit; see :func:`~matchwright.core.compare.competing.context_of`.

    Args:
        fit: of each candidate, shape (pairs,).
        left: a number for the left record of each candidate.
        right: the same for the right record.
        spec: the match spec.
        rows: the candidates that are asked for.
    """
    sides = CONTEXT_SIDES[spec.multiplicity]
    measured = _on_sides(fit, left, right, sides, rows, partial(_measured, measure=Competition.measured))
    return pd.DataFrame(context_columns({s: Competition(*each) for s, each in measured.items()}, len(rows), spec))


def context_in_place_among(
    fit: Numbers, left: Rows, right: Rows, rows: Rows, new: Numbers, spec: MatchSpec
) -> pd.DataFrame:
    """The same for changed pairs, each in the place of one of the candidates; see
    :func:`~matchwright.core.compare.competing.context_in_place_of`."""
    sides = CONTEXT_SIDES[spec.multiplicity]
    measured = _in_place(fit, left, right, sides, rows, new, _competition_in_place)
    return pd.DataFrame(context_columns({s: Competition(*each) for s, each in measured.items()}, len(rows), spec))


def scores_among(log_odds: Numbers, left: Rows, right: Rows, alike: bool, rows: Rows) -> pd.DataFrame:
    """What :func:`~matchwright.core.compare.competing_scores.competing_scores` gives, for some candidates."""
    measured = _on_sides(log_odds, left, right, SIDES, rows, partial(_measured, measure=measures_among))
    return score_columns(measured, len(rows), alike)


def scores_in_place_among(
    log_odds: Numbers, left: Rows, right: Rows, alike: bool, rows: Rows, new: Numbers, measure: MeasureInPlace
) -> pd.DataFrame:
    """The same for changed pairs, each in the place of one of the candidates."""
    return score_columns(_in_place(log_odds, left, right, SIDES, rows, new, measure), len(rows), alike)


@dataclass(frozen=True)
class AmongAll:
    """Three measures of every candidate of a register, on each side where its competing candidates are known.

    They are rounded as comparisons are, and have 32 bits each.
    """

    sides: dict[str, Measures]

    @classmethod
    def by_fit(cls, fit: Numbers, left: Rows, right: Rows, spec: MatchSpec) -> "AmongAll":
        """By how alike whole records are, as :func:`context_among`."""
        return cls(_of_all(fit, left, right, CONTEXT_SIDES[spec.multiplicity], Competition.measured))

    @classmethod
    def by_score(cls, log_odds: Numbers, left: Rows, right: Rows) -> "AmongAll":
        """By the log-odds of each candidate alone, as :func:`scores_among`."""
        return cls(_of_all(log_odds, left, right, SIDES, measures_among))

    def context(self, rows: slice | Rows, spec: MatchSpec) -> pd.DataFrame:
        """The comparisons of some candidates by fit."""
        found = {side: Competition(*_rounded(each, rows)) for side, each in self.sides.items()}
        return pd.DataFrame(context_columns(found, _size(rows), spec))

    def scores(self, rows: slice, alike: bool) -> pd.DataFrame:
        """The comparisons of some candidates by score."""
        found = {side: _rounded(each, rows) for side, each in self.sides.items()}
        return score_columns(found, rows.stop - rows.start, alike)


def _of_all(values: Numbers, left: Rows, right: Rows, sides: tuple[str, ...], measure: Measure) -> dict[str, Measures]:
    if not len(values):
        return {}
    if set(sides) != set(SIDES):
        keys = dict(zip(SIDES, (left, right), strict=True))
        return {side: _measured_all(keys[side], values, measure) for side in sides}
    both = _measured_all(np.concatenate([left, right]), values, measure)
    half = len(values)
    lefts, rights = zip(*((each[:half], each[half:]) for each in both), strict=True)
    return {"left": lefts, "right": rights}  # type: ignore[dict-item]


def _measured_all(keys: Rows, values: Numbers, measure: Measure) -> Measures:
    found = tuple(np.empty(len(keys), dtype=np.float32) for _ in range(3))
    for part in whole_records(keys, np.argsort(keys, kind="stable").astype(np.int32), AT_ONCE):
        for whole, each in zip(found, measure(keys[part], values[part % len(values)]), strict=True):
            whole[part] = np.round(each, DECIMALS)
    return found  # type: ignore[return-value]


def _size(rows: slice | Rows) -> int:
    return int(rows.stop - rows.start) if isinstance(rows, slice) else len(rows)


def _rounded(measures: Measures, rows: slice | Rows) -> Measures:
    # a rounded number is the same after it was kept in 32 bits and is rounded again
    return tuple(np.round(each[rows].astype(np.float64), DECIMALS) for each in measures)  # type: ignore[return-value]


def _on_sides(
    values: Numbers, left: Rows, right: Rows, sides: tuple[str, ...], rows: Rows, measured: Any
) -> dict[str, Measures]:
    """In one table a record is on the left of some pairs and on the right of others, and all of these compete."""
    if not len(values) or not sides:
        return {}
    everything = slice(0, len(rows))
    if set(sides) != set(SIDES):
        keys = dict(zip(SIDES, (left, right), strict=True))
        return {side: _rounded(measured(keys[side], values, rows), everything) for side in sides}
    both = measured(np.concatenate([left, right]), values, np.concatenate([rows, rows + len(values)]))
    half = len(rows)
    return {
        "left": _rounded(both, everything),
        "right": _rounded(both, slice(half, 2 * half)),
    }


def _measured(keys: Rows, values: Numbers, rows: Rows, measure: Measure) -> Measures:
    found = tuple(np.empty(len(rows), dtype=np.float32) for _ in range(3))
    for part, at, which in _whole_records(keys, rows):
        for whole, each in zip(found, measure(keys[part], values[part % len(values)]), strict=True):
            whole[which] = np.round(each[at], DECIMALS)
    return found  # type: ignore[return-value]


def _in_place(
    values: Numbers,
    left: Rows,
    right: Rows,
    sides: tuple[str, ...],
    rows: Rows,
    new: Numbers,
    measure: MeasureInPlace,
) -> dict[str, Measures]:
    def measured(keys: Rows, all_values: Numbers, asked: Rows) -> Measures:
        found = tuple(np.empty(len(asked), dtype=np.float32) for _ in range(3))
        for part, at, which in _whole_records(keys, asked):
            own = measure(keys[part], all_values[part % len(all_values)], at, new[which % max(len(new), 1)])
            for whole, each in zip(found, own, strict=True):
                whole[which] = np.round(each, DECIMALS)
        return found  # type: ignore[return-value]

    return _on_sides(values, left, right, sides, rows, measured)


def _competition_in_place(groups: Rows, fit: Numbers, rows: Rows, new: Numbers) -> Measures:
    found = Competition.in_place_of(groups, fit, rows, new)
    return found.lead, found.rank, found.competing


def _whole_records(keys: Rows, rows: Rows) -> Iterator[tuple[Rows, Rows, Rows]]:
    """All pairs of the records of ``rows``, about :data:`AT_ONCE` at a time, with all pairs of a record together.

    Yields the pairs as indices into ``keys``, the places in them of some of ``rows``, and which of ``rows`` these are.
    """
    asked = np.zeros(int(keys.max(initial=0)) + 1, dtype=bool)
    asked[keys[rows]] = True
    inside = np.flatnonzero(asked[keys])
    by_record = np.argsort(keys[rows], kind="stable")
    wanted, size = keys[rows][by_record], np.int64(len(keys))
    for part in whole_records(keys, inside[np.argsort(keys[inside], kind="stable")], AT_ONCE):
        first = np.searchsorted(wanted, keys[part[0]], side="left")
        which = by_record[first : np.searchsorted(wanted, keys[part[-1]], side="right")]
        codes = keys[part].astype(np.int64) * size + part
        yield part, np.searchsorted(codes, keys[rows[which]].astype(np.int64) * size + rows[which]), which
