"""Competing candidates over a whole register: each pair compared with all other candidates of its records.

They cross the borders of partitions. So this works on one number per pair of the whole register, and on few records at
a time: the candidates of one record are always together.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from matchwright.core.compare.competing import SIDES, Competition, Measures, context_columns, on_sides, whole_records
from matchwright.core.compare.competing_scores import DECIMALS, SCORED_NAMES, measures_among, score_columns
from matchwright.core.compare.names import CONTEXT_SIDES, context_names
from matchwright.core.spec import MatchSpec

AT_ONCE = 1_000_000
"""Pairs that are looked at together. This bounds memory and does not change results."""

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Records = np.ndarray[Any, np.dtype[np.int32]]
Columns = np.ndarray[Any, np.dtype[np.float32]]
Measure = Callable[[Records, Numbers], Measures]


def context_over_all(fit: Numbers, left: Records, right: Records, spec: MatchSpec) -> Columns:
    """The comparisons with competing candidates by fit, shape (pairs, :func:`context_names`).

    Args:
        fit: of each candidate, see :func:`~matchwright.core.compare.competing.fit_of`, shape (pairs,).
        left: the left record of each candidate.
        right: the right record of each candidate.
        spec: the match spec.
    """
    measured = on_sides(left, right, fit, CONTEXT_SIDES[spec.multiplicity], partial(_by_record, Competition.measured))
    names = context_names(spec)

    def columns(rows: slice) -> Columns:
        found = {side: Competition(*_part(each, rows)) for side, each in measured.items()}
        return _stacked(context_columns(found, rows.stop - rows.start, spec), names)

    return _in_parts(len(fit), len(names), columns)


def scores_over_all(log_odds: Numbers, left: Records, right: Records, spec: MatchSpec) -> Columns:
    """The comparisons with competing candidates by score, shape (pairs, :data:`SCORED_NAMES`).

    Args:
        log_odds: of each candidate alone, by the first stage and within what the register says, shape (pairs,).
        left: the left record of each candidate.
        right: the right record of each candidate.
        spec: the match spec.
    """
    sides = on_sides(left, right, log_odds, SIDES, partial(_by_record, measures_among))

    def columns(rows: slice) -> Columns:
        found = {side: _part(each, rows) for side, each in sides.items()}
        return score_columns(found, rows.stop - rows.start, spec.sources.alike).to_numpy()

    return _in_parts(len(log_odds), len(SCORED_NAMES), columns)


def _by_record(measure: Measure, records: Records, values: Numbers) -> Measures:
    """Three measures of each pair among those of its record.

    They are rounded as the comparisons are, and kept in half of the memory.
    """
    found: Any = tuple(np.empty(len(values), dtype=np.float32) for _ in range(3))
    for rows in whole_records(records, np.argsort(records, kind="stable"), AT_ONCE):
        for whole, part in zip(found, measure(records[rows], values[rows]), strict=True):
            whole[rows] = np.round(part, DECIMALS)
    return found[0], found[1], found[2]


def _part(measures: Measures, rows: slice) -> Measures:
    # a rounded number is the same after it was kept in 32 bits and is rounded again
    return _rounded(measures[0][rows]), _rounded(measures[1][rows]), _rounded(measures[2][rows])


def _rounded(values: Numbers) -> Numbers:
    return np.asarray(np.round(values.astype(np.float64), DECIMALS))


def _stacked(columns: dict[str, Any], names: Sequence[str]) -> Columns:
    return np.column_stack([columns[name] for name in names])


def _in_parts(pairs: int, width: int, columns: Callable[[slice], Columns]) -> Columns:
    found = np.empty((pairs, width), dtype=np.float32)
    for start in range(0, pairs, AT_ONCE):
        rows = slice(start, min(start + AT_ONCE, pairs))
        if width:
            found[rows] = columns(rows)
    return found
