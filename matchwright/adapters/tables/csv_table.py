"""Reading a CSV text into a table. Every value becomes text."""

from collections import Counter
from typing import Any

import pandas as pd

from matchwright.adapters.tables.csv_text import Layout
from matchwright.adapters.tables.faults import unreadable

_BLOCK, _MOST = 1 << 20, (1 << 31) - 1
_SHOWN = 6


def csv_table(layout: Layout) -> pd.DataFrame:
    """The rows of a CSV text. Rows and unnamed columns without any value are left out.

    Raises:
        DataError: a row has more or fewer columns than the header, or column names do not differ.
    """
    import pyarrow as pa

    width = len(layout.header)
    columns, ragged = _parsed(layout, width)
    widths = {row.actual_columns for row in ragged}
    if ragged and not len(columns[0]) and len(widths) == 1:
        # every row ends in a separator that the header has not, or the other way round
        width = widths.pop()
        columns, ragged_still = _parsed(layout, width)
        ragged = ragged_still if _has_names_for(columns, layout.header) else ragged
    if ragged:
        raise _ragged(layout, ragged)
    names = [*layout.header, *[""] * (width - len(layout.header))][:width]
    kept = [index for index, name in enumerate(names) if name.strip() or _has_value(columns[index])]
    _check_names([(index + 1, names[index].strip()) for index in kept])
    table = pa.table([columns[index] for index in kept], names=[str(index) for index in kept]).to_pandas()
    table.columns = [names[index] for index in kept]
    return _without_blank_rows(table)


def _has_names_for(columns: list[Any], header: tuple[str, ...]) -> bool:
    """Whether the columns without a name have no value, and the names without a column are empty."""
    extra, absent = columns[len(header) :], header[len(columns) :]
    return not any(map(_has_value, extra)) and not any(name.strip() for name in absent)


def _has_value(column: Any) -> bool:
    return bool(column.null_count < len(column))


def _without_blank_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Spreadsheets write rows of separators below the last record."""
    if table.empty:
        return table
    suspects = table[table.iloc[:, 0].fillna("").str.strip() == ""]
    blank = suspects.map(lambda value: value is None or not value.strip()).all(axis=1)
    return table.drop(index=suspects.index[blank]).reset_index(drop=True)


def _parsed(layout: Layout, width: int) -> tuple[list[Any], list[Any]]:
    """The columns as text, and the rows that have another number of columns."""
    import pyarrow as pa

    data = pa.py_buffer(layout.text)[layout.body :]
    if not data.size:
        return [pa.chunked_array([], pa.string())] * width, []
    for block in (_BLOCK, min(data.size + 1, _MOST)):
        try:
            return _parse(data, layout.separator, width, block)
        except pa.ArrowInvalid:  # a row is longer than a block. The message may quote a row
            continue
    raise unreadable("is not a readable CSV file", "look for very long lines")


def _parse(data: Any, separator: str, width: int, block: int) -> tuple[list[Any], list[Any]]:
    import pyarrow as pa
    from pyarrow import csv

    ragged: list[Any] = []

    def note_row(row: Any) -> str:
        if row.text.strip(f"{separator} \t\r\n"):
            ragged.append(row)
        return "skip"

    table = csv.read_csv(
        pa.BufferReader(data),
        # with threads the row numbers are lost
        read_options=csv.ReadOptions(use_threads=False, block_size=block, column_names=[str(n) for n in range(width)]),
        parse_options=csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=note_row),
        convert_options=csv.ConvertOptions(default_column_type=pa.string(), null_values=[""], strings_can_be_null=True),
    )
    return table.columns, ragged


def _ragged(layout: Layout, ragged: list[Any]) -> Exception:
    wanted = len(layout.header)
    found = ((line, len(row)) for line, row in layout.rows() if len(row) != wanted)
    line, width = next(found, (0, ragged[0].actual_columns))
    hint = f"the first is {f'line {line}' if line else f'row {ragged[0].number}'}, with {width}"
    return unreadable(
        f"{len(ragged)} row(s) do not have {wanted} columns", f"{hint}. Quote values that hold the separator"
    )


def _check_names(columns: list[tuple[int, str]]) -> None:
    """Refuse names that do not differ. They are not quoted: without a header they are values."""
    counts = Counter(name for _, name in columns)
    unnamed = [str(index) for index, name in columns if not name]
    if len(unnamed) > 1:
        raise unreadable(f"columns {', '.join(unnamed[:_SHOWN])} have values and no name", "give every column a name")
    twice = {name for name, count in counts.items() if count > 1}
    if twice:
        places = ", ".join([str(index) for index, name in columns if name in twice][:_SHOWN])
        raise unreadable(
            f"{len(twice)} column name(s) occur twice (columns {places})", "give every column its own name"
        )
