"""Read input tables: CSV and Parquet from a path or an object store. Every value becomes text."""

import csv
from contextlib import suppress
from typing import Any, cast

import pandas as pd

from matchwright.errors import DataError, Fault

_CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")
_PARQUET = (".parquet", ".pq")
_SEPARATORS = ",;\t|"


def read_input_table(uri: str) -> pd.DataFrame:
    """A CSV (comma, semicolon, tab or bar) or Parquet file, all columns as str or None.

    Text keeps its leading zeros. An empty cell is a missing value. A word such as ``NA`` is text.

    Raises:
        DataError: the file is missing, empty, damaged, or has another format. The message quotes no values.
    """
    if not uri.lower().endswith(_CSV + _PARQUET):
        raise _fault("is neither CSV nor Parquet", f"give a file that ends in {', '.join((*_CSV[:3], *_PARQUET[:1]))}")
    filesystem, path = _opened(uri)  # reports a missing file as such, and not as damaged
    table = _read_parquet(filesystem, path) if uri.lower().endswith(_PARQUET) else _read_csv(filesystem, path)
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if twice:
        raise _fault(f"{len(twice)} column name(s) occur twice", "give every column its own name")
    if table.num_rows == 0:
        raise _fault("has no rows", "give a table with at least one row below its header")
    return cast(pd.DataFrame, table.to_pandas())


def read_bytes(uri: str) -> bytes:
    """The content of a file that is no table.

    Raises:
        DataError: it is absent or cannot be opened.
    """
    filesystem, path = _opened(uri)
    with filesystem.open_input_file(path) as file:
        return cast(bytes, file.read())


def row_lines(uri: str) -> list[int]:
    """The line on which each row of a CSV file begins, without the header. Empty for a Parquet file.

    A row may span several lines, and an empty line is not a row. So the number of a row is not always its line.
    """
    if not uri.lower().endswith(_CSV):
        return []
    filesystem, path = _locate(uri)
    with filesystem.open_input_stream(path) as stream:
        text = stream.read().decode("utf-8-sig", "replace")
    lines = text.splitlines(keepends=True)
    separator = max(_SEPARATORS, key=lines[0].count) if lines else _SEPARATORS[0]
    reader, begins, last = csv.reader(lines, delimiter=separator), [], 0
    for row in reader:
        if row:
            begins.append(last + 1)
        last = reader.line_num
    return begins[1:]


def _opened(uri: str) -> tuple[Any, str]:
    import pyarrow as pa

    try:
        filesystem, path = _locate(uri)
        with filesystem.open_input_file(path):
            pass
    except FileNotFoundError:
        raise _fault("no such file", "look at the path") from None
    except (OSError, pa.ArrowInvalid) as error:
        raise _fault(f"cannot be opened ({type(error).__name__})", "look at its path and permissions") from None
    return filesystem, path


def _locate(uri: str) -> tuple[Any, str]:
    from pyarrow import fs

    if "://" in uri:
        return cast("tuple[Any, str]", fs.FileSystem.from_uri(uri))
    return fs.LocalFileSystem(), uri


def _read_csv(filesystem: Any, path: str) -> Any:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    ragged: list[Any] = []

    def note_row(row: Any) -> str:
        ragged.append(row)
        return "skip"

    with filesystem.open_input_stream(path) as stream:
        header = stream.read(65_536).split(b"\n", 1)[0].decode("utf-8", "replace")
    separator = max(_SEPARATORS, key=header.count)
    try:
        with filesystem.open_input_stream(path) as stream:
            table = arrow_csv.read_csv(
                stream,
                read_options=arrow_csv.ReadOptions(use_threads=False),  # with threads the row numbers are lost
                parse_options=arrow_csv.ParseOptions(
                    delimiter=separator, newlines_in_values=True, invalid_row_handler=note_row
                ),
                convert_options=arrow_csv.ConvertOptions(
                    default_column_type=pa.string(), null_values=[""], strings_can_be_null=True
                ),
            )
    except pa.ArrowInvalid as error:
        # the library's message may quote a row, so only the kind of error is reported
        if "Empty CSV" in str(error):
            raise _fault("is empty", "give a table with a header and rows") from None
        if "UTF8" in str(error):
            raise _fault("is not UTF-8 text", "save it as UTF-8") from None
        raise _fault("is not a readable CSV file", "look for unclosed quotes and for very long lines") from None
    if ragged:
        first = ragged[0]
        problem = f"{len(ragged)} row(s) do not have {first.expected_columns} columns"
        hint = f"the first is row {first.number}, with {first.actual_columns}. Quote values that hold the separator"
        raise _fault(problem, hint)
    return table


def _read_parquet(filesystem: Any, path: str) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, filesystem=filesystem)
    except pa.ArrowInvalid:
        raise _fault("is not a readable Parquet file", "write it again") from None
    faults: list[Fault] = []
    columns = []
    for name in table.column_names:
        try:
            columns.append(_as_text(table.column(name)))
        except pa.ArrowNotImplementedError:  # such as a list; raised below, with the other columns that do not fit
            faults.append(Fault(name, f"holds {table.schema.field(name).type} and not single values", "flatten it"))
    if faults:
        raise DataError("A Parquet file does not fit.", faults)
    return pa.table(columns, names=table.column_names)


def _as_text(column: Any) -> Any:
    """A column as text, as a person would type it: whole numbers without ``.0``, days without ``00:00:00``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plainer = None
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        plainer = pa.int64()
    elif pa.types.is_timestamp(column.type):
        plainer = pa.date32()
    if plainer is not None:
        with suppress(pa.ArrowInvalid):  # keep the column if digits or a time of day would be lost
            column = pc.cast(column, plainer)
    return pc.cast(column, pa.string())


def _fault(problem: str, hint: str) -> DataError:
    return DataError("A file cannot be read.", [Fault("", problem, hint)])
