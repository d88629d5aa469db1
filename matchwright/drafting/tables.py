"""The tables for a draft: cleaned values, the column of record ids, and labelled pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.records.conform import clean_text, id_text, per_distinct
from matchwright.drafting.hints import names_a_record
from matchwright.drafting.profile import profile_of
from matchwright.errors import DataError, Fault
from matchwright.training.datasets.pair_columns import ID_COLUMNS, LABEL_COLUMNS, label_of

__all__ = ["ID_COLUMNS", "Labels", "Tables", "read_pairs", "read_tables"]

_REPEATED_IDS = 0.01


@dataclass(frozen=True)
class Labels:
    """Labelled pairs: record ids of both sides, and whether each matches.

    ``labelled`` is False if all pairs of the table match, as they do without a column of labels.
    """

    left: list[str | None]
    right: list[str | None]
    matches: np.ndarray[tuple[int], np.dtype[np.bool_]]
    labelled: bool


@dataclass(frozen=True)
class Tables:
    """One or two tables with every value as clean text or None, and the column of record ids, which are as given."""

    sides: tuple[pd.DataFrame, ...]
    record_id: str
    only_one_side: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """The columns that all tables have, in the first table's order, without the record id."""
        others = set(self.only_one_side) | {self.record_id}
        return [column for column in self.sides[0].columns if column not in others]

    def values(self, column: str) -> list[list[str | None]]:
        """A column's values, per table."""
        return [side[column].tolist() for side in self.sides]


def read_tables(left: pd.DataFrame, right: pd.DataFrame | None, labelled_pairs: Labels | None) -> Tables:
    """Clean the tables and find the column of record ids.

    Raises:
        DataError: a table is empty, has no header, has a column name twice, or has no column of record ids.
    """
    given = [table for table in (left, right) if table is not None]
    sides = tuple(_as_texts(table, clean_text) for table in given)
    for table, which in zip(sides, _names(sides), strict=True):
        _check(table, which)
    shared = [column for column in sides[0].columns if all(column in side.columns for side in sides)]
    if not shared:
        raise _refused("the tables", "have no column in common", "use the same column names in both")
    others = sorted({str(c) for side in sides for c in side.columns} - set(shared))
    as_given = tuple(_as_texts(table, id_text) for table in given)
    record_id = _record_id(as_given, shared, labelled_pairs)
    whole = (side.assign(**{record_id: ids[record_id]}) for side, ids in zip(sides, as_given, strict=True))
    return Tables(tuple(whole), record_id, tuple(others))


def read_pairs(pairs: pd.DataFrame) -> Labels:
    """Read the columns of record ids and labels from a pairs table.

    As in training, a pair whose label is neither yes nor no is left out, and without labels every pair is a match.

    Raises:
        DataError: no two columns have names for record ids.
    """
    named = next((names for names in ID_COLUMNS if set(names) <= set(pairs.columns)), None)
    if named is None:
        accepted = "; ".join(" and ".join(names) for names in ID_COLUMNS)
        raise _refused("pairs", "no columns of record ids", f"name them {accepted}")
    label = next((name for name in LABEL_COLUMNS if name in pairs.columns), None)
    left, right = (per_distinct(pairs[name], id_text) for name in named)
    if label is None:
        return Labels(left.tolist(), right.tolist(), np.ones(len(pairs), dtype=bool), labelled=False)
    answers = per_distinct(pairs[label], label_of)
    known = np.array([answer is not None for answer in answers], dtype=bool)
    matches = np.array([answer == 1 for answer in answers[known]], dtype=bool)
    return Labels(left[known].tolist(), right[known].tolist(), matches, labelled=not (known.all() and matches.all()))


def _as_texts(table: pd.DataFrame, convert: Callable[[Any], str | None]) -> pd.DataFrame:
    columns = [str(name) for name in table.columns]
    values = {position: per_distinct(table.iloc[:, position], convert) for position in range(len(columns))}
    texts = pd.DataFrame(values, index=range(len(table)), dtype=object)
    texts.columns = pd.Index(columns, dtype=object)
    return texts


def _check(table: pd.DataFrame, which: str) -> None:
    if table.empty:
        raise _refused(which, "has no rows or no columns", "give a table with a header and rows")
    if table.columns.duplicated().any():
        raise _refused(which, "has a column name twice", "give every column its own name")
    names = profile_of([[clean_text(name) for name in table.columns]])
    # without a header, the column names are values, so none is quoted
    if names.email > 0 or max(names.number, names.date, names.phone) > 0.5:
        raise _refused(which, "seems to have no header: its first row looks like a record", "add a row of column names")


def _record_id(sides: Sequence[pd.DataFrame], shared: list[str], labelled_pairs: Labels | None) -> str:
    fitting = [column for column in shared if all(_numbers_records(side[column]) for side in sides)]
    if labelled_pairs is not None:
        ends = [labelled_pairs.left, labelled_pairs.right if len(sides) == 2 else labelled_pairs.left]
        wanted = [{value for value in ids if value is not None} for ids in ends]
        known = {c: sum(_share_found(w, s[c]) for w, s in zip(wanted, sides, strict=False)) for c in fitting}
        best = max(known, key=lambda column: known[column], default="")
        if best and known[best] > 0.5 * len(sides):
            return best
        raise _refused(
            "pairs", "no column of the tables has their record ids", "check that ids are written the same in both"
        )
    named = [column for column in fitting if names_a_record(column)]
    endings = [column for column in fitting if column.lower().endswith(("id", "key"))]
    codes = [column for column in fitting if not any(" " in value for side in sides for value in side[column].head(99))]
    for choice in (named, endings, codes[:1] if len(shared) > 1 else []):
        if choice:
            return choice[0]
    hint = "add a column 'id' with a different number for every record"
    raise _refused(" and ".join(_names(sides)), "no column numbers the records", hint)


def _numbers_records(values: "pd.Series[str]") -> bool:
    return bool(values.notna().all() and values.duplicated().mean() <= _REPEATED_IDS)


def _share_found(wanted: set[str], values: "pd.Series[str]") -> float:
    return len(wanted & set(values)) / len(wanted) if wanted else 0.0


def _names(sides: Sequence[pd.DataFrame]) -> list[str]:
    return ["the table"] if len(sides) == 1 else ["the left table", "the right table"]


def _refused(where: str, problem: str, hint: str) -> DataError:
    return DataError("No match spec can be drafted from these tables.", [Fault(where, problem, hint)])
