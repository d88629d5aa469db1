"""The tables for a draft: cleaned values, the column of record ids, and labelled pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.records.conform import clean_text, id_text, per_distinct
from matchwright.core.spec.watching import QualitySpec
from matchwright.drafting.one_side import renamed, same_by_name
from matchwright.drafting.profile import profile_of
from matchwright.drafting.record_id import Lines, faults_per_table, find_record_id, refused, row_numbers, table_names
from matchwright.training.datasets.pair_columns import (
    ID_COLUMNS,
    is_answered,
    label_column,
    label_of,
    unnamed_labels,
    unread_fault,
    unread_labels,
)

__all__ = ["ID_COLUMNS", "Labels", "Lines", "Tables", "read_pairs", "read_tables"]

_MOST_UNREAD = QualitySpec().max_quarantined_share
"""Training refuses a larger share of rows that it cannot use."""


@dataclass(frozen=True)
class Labels:
    """Labelled pairs: record ids of both sides, and whether each matches.

    ``labelled`` is False if all pairs of the table match, as they do without a column of labels. ``has_column`` says
    whether there is one. ``unread`` says which labels were not understood; empty if there is none. ``rows`` has the row
    of each pair in its table, which has ``total`` rows. Of these ``blank`` have no label. ``lines`` gives their lines.
    """

    left: list[str | None]
    right: list[str | None]
    matches: np.ndarray[tuple[int], np.dtype[np.bool_]]
    labelled: bool
    rows: np.ndarray[tuple[int], np.dtype[np.int64]]
    total: int
    lines: Callable[[], Sequence[int]]
    blank: int = 0
    has_column: bool = False
    unread: str = ""


@dataclass(frozen=True)
class Tables:
    """One or two tables with every value as clean text or None, and the column of record ids, which are as given."""

    sides: tuple[pd.DataFrame, ...]
    record_id: str
    only_one_side: tuple[str, ...]
    row_numbers: tuple[str, ...] = ()
    """Columns that a tool wrote to number the rows."""
    id_faults: tuple[tuple[str, str], ...] = ()
    """Per table whose record ids have faults: its name, and what they are."""

    @property
    def columns(self) -> list[str]:
        """The columns that all tables have, in the first table's order, without the record id and row numbers."""
        others = {*self.only_one_side, *self.row_numbers, self.record_id}
        return [column for column in self.sides[0].columns if column not in others]

    def values(self, column: str) -> list[list[str | None]]:
        """A column's values, per table."""
        return [side[column].tolist() for side in self.sides]


def read_tables(
    left: pd.DataFrame, right: pd.DataFrame | None, labelled_pairs: Labels | None, lines: Lines | None = None
) -> Tables:
    """Clean the tables and find the column of record ids.

    Args:
        left: the first table.
        right: the second table, if there are two.
        labelled_pairs: labelled pairs, if there are some.
        lines: gives the line of each row in the file of a table, by the table's index. Without it, rows are numbered.

    Raises:
        DataError: a table is empty, has no header, has a column name twice, or has no column of record ids.
    """
    given = [table for table in (left, right) if table is not None]
    sides = tuple(_as_texts(table, clean_text) for table in given)
    for table, which in zip(sides, table_names(sides), strict=True):
        _check(table, which)
    shared = [column for column in sides[0].columns if all(column in side.columns for side in sides)]
    if not shared:
        same = same_by_name(*(map(str, side.columns) for side in sides))
        hint = f"use the same column names in both: {renamed(same)}" if same else "use the same column names in both"
        raise refused("the tables", "have no column in common", hint)
    others = sorted({str(c) for side in sides for c in side.columns} - set(shared))
    rows = row_numbers(sides, shared)
    wanted = _wanted(labelled_pairs, len(sides)) if labelled_pairs is not None else None
    as_given = tuple(_as_texts(table, id_text) for table in given)
    record_id = find_record_id(as_given, shared, rows, wanted, lines)
    whole = tuple(side.assign(**{record_id: ids[record_id]}) for side, ids in zip(sides, as_given, strict=True))
    return Tables(
        whole,
        record_id,
        tuple(others),
        tuple(column for column in rows if column != record_id),
        tuple((which, f"{record_id!r}: {found}") for which, found in faults_per_table(whole, record_id, lines)),
    )


def read_pairs(pairs: pd.DataFrame, lines: Callable[[], Sequence[int]] | None = None) -> Labels:
    """Read the columns of record ids and labels from a pairs table.

    As in training, a pair whose label is neither yes nor no is left out, and without labels every pair is a match.

    Args:
        pairs: the pairs table.
        lines: gives the line of each of its rows in its file. Without it, rows are numbered.

    Raises:
        DataError: no two columns have names for record ids, or too many labels were not understood to train on.
    """
    named = next((names for names in ID_COLUMNS if set(names) <= set(pairs.columns)), None)
    if named is None:
        accepted = "; ".join(" and ".join(names) for names in ID_COLUMNS)
        raise refused("pairs", "no columns of record ids", f"name them {accepted}")
    where = lines if lines is not None else tuple
    rows = np.arange(len(pairs), dtype=np.int64)
    label = label_column(pairs.columns)
    if label is None and (fault := unnamed_labels(pairs)):
        raise refused(f"pairs.{fault.path}", fault.problem, fault.hint)
    left, right = (per_distinct(pairs[name], id_text) for name in named)
    if label is None:
        matches = np.ones(len(pairs), dtype=bool)
        return Labels(left.tolist(), right.tolist(), matches, labelled=False, rows=rows, total=len(pairs), lines=where)
    words, unread = pairs[label].tolist(), ""
    if wrong := unread_labels(words):
        fault = unread_fault(f"pairs.{label}", words, wrong, where())
        if len(wrong) > _MOST_UNREAD * len(words):
            raise refused(fault.path, fault.problem, fault.hint)
        unread = f"{fault.path}: {fault.problem}"
    answers = per_distinct(pairs[label], label_of)
    known = np.array([answer is not None for answer in answers], dtype=bool)
    matches = np.array([answer == 1 for answer in answers[known]], dtype=bool)
    return Labels(
        left[known].tolist(),
        right[known].tolist(),
        matches,
        labelled=not matches.all(),
        rows=rows[known],
        total=len(pairs),
        lines=where,
        blank=sum(not is_answered(word) for word in words),
        has_column=True,
        unread=unread,
    )


def _as_texts(table: pd.DataFrame, convert: Callable[[Any], str | None]) -> pd.DataFrame:
    columns = [str(name) for name in table.columns]
    values = {position: per_distinct(table.iloc[:, position], convert) for position in range(len(columns))}
    texts = pd.DataFrame(values, index=range(len(table)), dtype=object)
    texts.columns = pd.Index(columns, dtype=object)
    return texts


def _check(table: pd.DataFrame, which: str) -> None:
    if table.empty:
        raise refused(which, "has no rows or no columns", "give a table with a header and rows")
    if table.columns.duplicated().any():
        raise refused(which, "has a column name twice", "give every column its own name")
    names = profile_of([[clean_text(name) for name in table.columns]])
    repeated = sum(name in set(table[name]) for name in table.columns if name)
    # without a header, the column names are values, so none is quoted
    if names.email > 0 or names.date > 0 or max(names.number, names.phone) > 0.5 or repeated > 1:
        raise refused(which, "seems to have no header: its first row looks like a record", "add a row of column names")


def _wanted(labelled_pairs: Labels, sides: int) -> list[set[str]]:
    """The record ids of the pairs, per table."""
    ends = [labelled_pairs.left, labelled_pairs.right if sides == 2 else labelled_pairs.left]
    return [{value for value in ids if value is not None} for ids in ends]
