"""Finding the column of record ids, and what is wrong with its values."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from matchwright.drafting.hints import IDENTIFIERS, hint_of, names_a_record, names_a_row, plain_name
from matchwright.drafting.lines import places
from matchwright.errors import DataError, Fault

Lines = Callable[[int], Sequence[int]]
"""Gives the line of each row in the file of the table with this index."""

_HEADLINE = "No match spec can be drafted from these tables."
_REPEATED_IDS = 0.01
"""The most repeated ids, as a share of the records, with which a column still numbers the records."""
_MORE = 0.2
"""The ids of exchanged tables are found so much more often the other way round."""
_LEAST_OWN = 0.5
"""The least share of records with a value of their own in a column that may be the record id."""
_NO_IDS = frozenset(
    {
        "email",
        "phone",
        "national_id",
        "network",
        "birth",
        "death",
        "given_name",
        "further_name",
        "relative",
        "surname",
        "full_name",
    }
    | {"name", "address", "title", "prose", "price", "quantity", "date", "year", "geo", "authors", "bookkeeping"}
)
"""Hints of columns that are no record ids, although all their values may differ."""


def row_numbers(sides: Sequence[pd.DataFrame], shared: Sequence[str]) -> list[str]:
    """The columns that a tool wrote to number the rows: by their name and by their values."""
    return [
        column
        for column in shared
        if names_a_row(column) and all(_numbers_rows(column, side[column]) for side in sides)
    ]


def find_record_id(
    sides: Sequence[pd.DataFrame],
    shared: Sequence[str],
    rows: Sequence[str],
    wanted: Sequence[set[str]] | None,
    lines: Lines | None,
) -> str:
    """The column of record ids.

    Args:
        sides: the cleaned tables.
        shared: the columns that all tables have.
        rows: those that number the rows. One of them is the record id only if there is no other.
        wanted: the record ids of labelled pairs, per table; None without pairs.
        lines: gives the line of each row in the file of a table.

    Raises:
        DataError: there is none, or its values are missing or repeated.
    """
    ordered = [*(column for column in shared if column not in rows), *rows]
    fitting = [column for column in ordered if all(_numbers_records(side[column]) for side in sides)]
    named = [column for column in ordered if names_a_record(column)]
    if wanted is not None:
        known = {c: _shares_found(wanted, sides, c) for c in ordered}
        _refuse_exchanged(wanted, sides, known)
        for choice in (fitting, ordered):
            best = max(choice, key=lambda column: known[column], default="")
            if best and known[best] > 0.5 * len(sides):
                return _checked(best, fitting, sides, lines)
        if not fitting and named:
            return _checked(named[0], fitting, sides, lines)
        best = max(known, key=lambda column: known[column], default="")
        part = f": {best!r}, the best one, has {known[best] / len(sides):.0%} of them" if best and known[best] else ""
        hint = "check that the pairs are of these tables, and that ids are written the same in both"
        if alike := [column for column in ordered if _are_written_differently(wanted, sides, column)]:
            hint = f"those of {alike[0]!r} differ in case, blanks or leading zeros only: write them the same in both"
        raise refused("pairs", f"no column of the tables has their record ids{part}", hint)
    endings = [column for column in ordered if column.lower().endswith(("id", "key")) or hint_of(column) in IDENTIFIERS]
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
    raise refused(" and ".join(table_names(sides)), "no column numbers the records", hint)


def faults_per_table(sides: Sequence[pd.DataFrame], column: str, lines: Lines | None) -> list[tuple[str, str]]:
    """The tables in which values of a column of record ids are missing or repeated, each with what is wrong."""
    found = []
    for index, (which, side) in enumerate(zip(table_names(sides), sides, strict=True)):
        ids = side[column]
        if ids.isna().any() or ids.duplicated().any():
            found.append((which, _faults(ids, lines(index) if lines else ())))
    return found


def _checked(column: str, fitting: Sequence[str], sides: Sequence[pd.DataFrame], lines: Lines | None) -> str:
    """The column, if its values number the records; else it is refused with what is wrong with them."""
    if column in fitting:
        return column
    hint = "make them unique, and give every record one"
    raise DataError(
        _HEADLINE,
        [
            Fault(which, f"{column} looks like the record id, and {found}", hint)
            for which, found in faults_per_table(sides, column, lines)
        ],
    )


def _faults(ids: "pd.Series[str]", lines: Sequence[int]) -> str:
    def where(flags: "pd.Series[bool]") -> str:
        return places(map(int, np.flatnonzero(flags)), lines, len(ids))

    missing, again = ids.isna(), ids.duplicated() & ids.notna()
    said = []
    if again.any():
        values, extra = ids[again].nunique(), int(again.sum())
        often = "stands twice" if extra == 1 else "stands more than once" if values == 1 else "stand more than once"
        said.append(f"{values} of its {ids.notna().sum()} values {often} {where(again)}")
    if missing.any():
        count = int(missing.sum())
        said.append(f"{count} of its {len(ids)} values {'is' if count == 1 else 'are'} missing {where(missing)}")
    return " and ".join(said)


def _numbers_records(values: "pd.Series[str]") -> bool:
    return bool(values.notna().all() and values.duplicated().mean() <= _REPEATED_IDS)


def _has_blanks(sides: Sequence[pd.DataFrame], column: str) -> bool:
    return any(" " in value for side in sides for value in side[column].head(99))


def _nearly_numbers(sides: Sequence[pd.DataFrame], column: str) -> bool:
    """Whether most records have a value of their own in the column."""
    return all(side[column].nunique() >= _LEAST_OWN * len(side) for side in sides)


def _numbers_rows(column: str, values: "pd.Series[str]") -> bool:
    """Whether the values are different whole numbers, as a tool writes them.

    A column called ``index`` may mean something else. So its numbers must rise too, as they do before rows are moved.
    """
    if values.isna().any() or not values.str.fullmatch(r"\d{1,15}").all():
        return False
    numbers = values.astype(np.int64)
    moved = not plain_name(column) or "unnamed" in plain_name(column) or "level" in plain_name(column)
    return bool(numbers.is_unique and (moved or numbers.is_monotonic_increasing))


def _shares_found(wanted: Sequence[set[str]], sides: Sequence[pd.DataFrame], column: str) -> float:
    """The shares of the ids that are in a column of their table, added up over the tables."""
    return sum(_share_found(ids, side[column]) for ids, side in zip(wanted, sides, strict=False))


def _refuse_exchanged(wanted: Sequence[set[str]], sides: Sequence[pd.DataFrame], known: Mapping[str, float]) -> None:
    """Refuse pairs whose left ids are in the right table and the other way round."""
    if len(sides) != 2:
        return
    other_way = {column: _shares_found(wanted[::-1], sides, column) for column in known}
    best = max(other_way, key=lambda column: other_way[column], default="")
    if best and other_way[best] > max(len(sides) / 2, max(known.values()) + _MORE):
        left, right = (_share_found(ids, side[best]) for ids, side in zip(wanted, reversed(sides), strict=True))
        of_left = f"{left:.0%} of the left ids are in {best!r} of the right table"
        found = f"{of_left}, and {right:.0%} of the right ids in that of the left table"
        hint = "give the tables in the other order, or exchange the names of the columns of ids"
        raise refused("pairs", f"{found}, so left and right are exchanged", hint)


def _are_written_differently(wanted: Sequence[set[str]], sides: Sequence[pd.DataFrame], column: str) -> bool:
    """Whether most ids are in a column of their table but for case, blanks and leading zeros."""
    plain = [set(map(plain_id, ids)) for ids in wanted]
    known = [set(map(plain_id, side[column].dropna())) for side in sides]
    shares = [len(ids & values) / max(len(ids), 1) for ids, values in zip(plain, known, strict=False)]
    return sum(shares) > len(sides) / 2


def plain_id(value: str) -> str:
    """An id without blanks, leading zeros, differences of case, and the ``.0`` that some programs add."""
    return "".join(value.split()).casefold().lstrip("0").removesuffix(".0")


def _share_found(wanted: set[str], values: "pd.Series[str]") -> float:
    return len(wanted & set(values)) / len(wanted) if wanted else 0.0


def table_names(sides: Sequence[pd.DataFrame]) -> list[str]:
    """What messages call the tables."""
    return ["the table"] if len(sides) == 1 else ["left table", "right table"]


def refused(where: str, problem: str, hint: str) -> DataError:
    """The error for tables that allow no draft, with one fault."""
    return DataError(_HEADLINE, [Fault(where, problem, hint)])
