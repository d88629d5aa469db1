"""The tables for a draft: cleaned values, the column of record ids, and labelled pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matchwright.core.records.conform import clean_text, per_distinct
from matchwright.drafting.hints import hint_of, names_a_record, names_a_row
from matchwright.drafting.profile import profile_of
from matchwright.errors import DataError, Fault
from matchwright.training.datasets.pair_columns import ID_COLUMNS, LABEL_COLUMNS, label_of

__all__ = ["ID_COLUMNS", "Labels", "Tables", "read_pairs", "read_tables"]

Lines = Callable[[int], Sequence[int]]
"""Gives the line of each row in the file of the table with this index."""

_HEADLINE = "No match spec can be drafted from these tables."
_REPEATED_IDS = 0.01
_LEAST_OWN = 0.5
"""The least share of records with a value of their own in a column that may be the record id."""
_SHOWN = 5
_NO_IDS = frozenset(
    {"email", "phone", "national_id", "network", "birth", "given_name", "surname", "full_name", "name", "address"}
    | {"title", "prose", "price", "quantity", "date", "year", "geo", "authors"}
)
"""Hints of columns that are no record ids, although all their values may differ."""


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
    """One or two tables with every value as clean text or None, and the column of record ids."""

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
    sides = tuple(_cleaned(table) for table in (left, right) if table is not None)
    for table, which in zip(sides, _names(sides), strict=True):
        _check(table, which)
    shared = [column for column in sides[0].columns if all(column in side.columns for side in sides)]
    if not shared:
        raise _refused("the tables", "have no column in common", "use the same column names in both")
    others = sorted({str(c) for side in sides for c in side.columns} - set(shared))
    rows = [column for column in shared if names_a_row(column) and all(_numbers_rows(side[column]) for side in sides)]
    record_id = _record_id(sides, shared, rows, labelled_pairs, lines)
    faults = [(which, id_faults(side[record_id], _lines_of(lines, i))) for i, which, side in _numbered(sides)]
    return Tables(
        sides,
        record_id,
        tuple(others),
        tuple(column for column in rows if column != record_id),
        tuple((which, f"{record_id}: {text}") for which, text in faults if text),
    )


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
    left, right = (per_distinct(pairs[name], clean_text) for name in named)
    if label is None:
        return Labels(left.tolist(), right.tolist(), np.ones(len(pairs), dtype=bool), labelled=False)
    answers = per_distinct(pairs[label], label_of)
    known = np.array([answer is not None for answer in answers], dtype=bool)
    matches = np.array([answer == 1 for answer in answers[known]], dtype=bool)
    return Labels(left[known].tolist(), right[known].tolist(), matches, labelled=not (known.all() and matches.all()))


def _cleaned(table: pd.DataFrame) -> pd.DataFrame:
    columns = [str(name) for name in table.columns]
    values = {position: per_distinct(table.iloc[:, position], clean_text) for position in range(len(columns))}
    cleaned = pd.DataFrame(values, index=range(len(table)), dtype=object)
    cleaned.columns = pd.Index(columns, dtype=object)
    return cleaned


def _check(table: pd.DataFrame, which: str) -> None:
    if table.empty:
        raise _refused(which, "has no rows or no columns", "give a table with a header and rows")
    if table.columns.duplicated().any():
        raise _refused(which, "has a column name twice", "give every column its own name")
    names = profile_of([[clean_text(name) for name in table.columns]])
    # without a header, the column names are values, so none is quoted
    if names.email > 0 or max(names.number, names.date, names.phone) > 0.5:
        raise _refused(which, "seems to have no header: its first row looks like a record", "add a row of column names")


def _record_id(
    sides: Sequence[pd.DataFrame],
    shared: list[str],
    rows: list[str],
    labelled_pairs: Labels | None,
    lines: Lines | None,
) -> str:
    # row numbers come last: an id is better
    ordered = [column for column in shared if column not in rows] + rows
    fitting = [column for column in ordered if all(_numbers_records(side[column]) for side in sides)]
    named = [column for column in ordered if names_a_record(column)]
    if labelled_pairs is not None:
        ends = [labelled_pairs.left, labelled_pairs.right if len(sides) == 2 else labelled_pairs.left]
        wanted = [{value for value in ids if value is not None} for ids in ends]
        known = {c: sum(_share_found(w, s[c]) for w, s in zip(wanted, sides, strict=False)) for c in ordered}
        for choice in (fitting, ordered):
            best = max(choice, key=lambda column: known[column], default="")
            if best and known[best] > 0.5 * len(sides):
                return _checked(best, fitting, sides, lines)
        if not fitting and named:
            return _checked(named[0], fitting, sides, lines)
        raise _refused(
            "pairs", "no column of the tables has their record ids", "check that ids are written the same in both"
        )
    endings = [column for column in ordered if column.lower().endswith(("id", "key"))]
    codes = [column for column in fitting if hint_of(column) not in _NO_IDS and not _has_blanks(sides, column)]
    choices = (
        [column for column in named if column in fitting and column not in rows],
        [column for column in named if column not in rows and _nearly_numbers(sides, column)],
        [column for column in endings if column in fitting],
        codes[:1] if len(shared) > 1 else [],
        [column for column in endings if _nearly_numbers(sides, column)],
    )
    for choice in choices:
        if choice:
            return _checked(choice[0], fitting, sides, lines)
    hint = "add a column 'id' with a different number for every record"
    raise _refused(" and ".join(_names(sides)), "no column numbers the records", hint)


def _checked(column: str, fitting: list[str], sides: Sequence[pd.DataFrame], lines: Lines | None) -> str:
    """The column, if its values number the records; else it is refused with what is wrong with them."""
    if column in fitting:
        return column
    faults = []
    for index, which, side in _numbered(sides):
        if found := id_faults(side[column], _lines_of(lines, index)):
            problem = f"{column} looks like the record id, and {found}"
            faults.append(Fault(which, problem, "make them unique, and give every record one"))
    raise DataError(_HEADLINE, faults)


def id_faults(ids: "pd.Series[str]", lines: Sequence[int] = ()) -> str:
    """What is wrong with the values of a column of record ids: missing or repeated ones. Empty if nothing is.

    Args:
        ids: the cleaned values of the column.
        lines: the line of each row; without it, rows are named by their number.
    """
    where, word = (lines, "line") if len(lines) == len(ids) else (range(1, len(ids) + 1), "row")

    def places(flags: "pd.Series[bool]") -> str:
        found = [str(where[int(row)]) for row in np.flatnonzero(flags)]
        shown = ", ".join(found[:_SHOWN]) + (" ..." if len(found) > _SHOWN else "")
        return f"({word}{'s' if len(found) > 1 else ''} {shown})"

    missing, again = ids.isna(), ids.duplicated() & ids.notna()
    said = []
    if again.any():
        values = ids[again].nunique()
        often = "stands twice" if values == 1 and again.sum() == 1 else "stand more than once"
        often = "stands more than once" if values == 1 and again.sum() > 1 else often
        said.append(f"{values} of its {ids.notna().sum()} values {often} {places(again)}")
    if missing.any():
        count = int(missing.sum())
        said.append(f"{count} of its {len(ids)} values {'is' if count == 1 else 'are'} missing {places(missing)}")
    return " and ".join(said)


def _numbers_records(values: "pd.Series[str]") -> bool:
    return bool(values.notna().all() and values.duplicated().mean() <= _REPEATED_IDS)


def _has_blanks(sides: Sequence[pd.DataFrame], column: str) -> bool:
    return any(" " in value for side in sides for value in side[column].head(99))


def _nearly_numbers(sides: Sequence[pd.DataFrame], column: str) -> bool:
    """Whether most records have a value of their own in the column."""
    return all(side[column].nunique() >= _LEAST_OWN * len(side) for side in sides)


def _numbers_rows(values: "pd.Series[str]") -> bool:
    """Whether the values are different whole numbers in rising order, as a tool writes them."""
    if values.isna().any() or not values.str.fullmatch(r"\d{1,15}").all():
        return False
    numbers = values.astype(np.int64)
    return bool(numbers.is_monotonic_increasing and numbers.is_unique)


def _share_found(wanted: set[str], values: "pd.Series[str]") -> float:
    return len(wanted & set(values)) / len(wanted) if wanted else 0.0


def _lines_of(lines: Lines | None, side: int) -> Sequence[int]:
    return lines(side) if lines else ()


def _numbered(sides: Sequence[pd.DataFrame]) -> list[tuple[int, str, pd.DataFrame]]:
    return [(index, which, side) for index, (which, side) in enumerate(zip(_names(sides), sides, strict=True))]


def _names(sides: Sequence[pd.DataFrame]) -> list[str]:
    return ["the table"] if len(sides) == 1 else ["left table", "right table"]


def _refused(where: str, problem: str, hint: str) -> DataError:
    return DataError(_HEADLINE, [Fault(where, problem, hint)])
