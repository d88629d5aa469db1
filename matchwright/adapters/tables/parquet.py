"""Reading Parquet: a file, or a folder of files as Spark writes it. Every value becomes text."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from matchwright.adapters.tables.faults import unreadable
from matchwright.errors import DataError, Fault

_ENDINGS = (".parquet", ".pq")
WRITE_ONE = "write the table as one file, or as a folder of Parquet files alone"


def parquet_file(filesystem: Any, path: str) -> Any:
    """The table in a file, as text.

    Raises:
        DataError: the file is damaged, or a column does not hold single values of text, numbers or dates.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path, filesystem=filesystem).read()
    except (pa.ArrowInvalid, OSError):
        raise unreadable("is not a readable Parquet file", _otherwise(filesystem, path)) from None
    faults: list[Fault] = []
    columns = []
    for index, name in enumerate(table.column_names):
        problem, hint, column = _converted(table.column(index))
        if problem:
            faults.append(Fault(name, problem, hint))
        columns.append(column)
    if faults:
        raise DataError("A Parquet file does not fit.", faults)
    return pa.table(columns, names=table.column_names)


def parquet_folder(filesystem: Any, path: str) -> Any:
    """The table in a folder of Parquet files, in the order of their names. Names with ``_`` or ``.`` first are no data.

    Raises:
        DataError: the folder has no Parquet file, has sub-folders, or its files have different columns.
    """
    import pyarrow as pa

    parts = parts_of_folder(filesystem, path)
    tables: list[Any] = []
    for part in parts:
        with within(part.base_name):
            table = parquet_file(filesystem, part.path)
        if tables and set(table.column_names) != set(tables[0].column_names):
            raise unreadable(f"{part.base_name} has other columns than {parts[0].base_name}", WRITE_ONE)
        tables.append(table.select(tables[0].column_names) if tables else table)
    return pa.concat_tables(tables)


@contextmanager
def within(name: str) -> Iterator[None]:
    """Name the file of a folder in the faults of the block."""
    try:
        yield
    except DataError as error:
        faults = [Fault(": ".join(filter(None, (name, f.path))), f.problem, f.hint) for f in error.faults]
        raise DataError("A folder cannot be read.", faults) from None


def parts_of_folder(filesystem: Any, path: str) -> list[Any]:
    """The Parquet files of a folder by name (DataError if it holds something else)."""
    from pyarrow import fs

    inside = filesystem.get_file_info(fs.FileSelector(path, recursive=False))
    folders = [info.base_name for info in inside if info.type == fs.FileType.Directory]
    folders = [name for name in folders if not name.startswith(("_", "."))]
    keys = sorted({name.partition("=")[0] for name in folders if "=" in name})
    if keys:
        problem = f"is partitioned: its sub-folders hold the values of {', '.join(keys)}"
        raise unreadable(problem, "write it without partitions")
    if folders:
        raise unreadable(f"is a folder with {len(folders)} sub-folder(s)", WRITE_ONE)
    files = [info for info in inside if info.type == fs.FileType.File and not info.base_name.startswith(("_", "."))]
    parts = sorted((info for info in files if info.base_name.lower().endswith(_ENDINGS)), key=lambda info: info.path)
    if not parts:
        raise unreadable("is a folder without a Parquet file", "name one file of it")
    if len(parts) < len(files):
        raise unreadable("is a folder that also holds files other than Parquet", WRITE_ONE)
    return parts


def _otherwise(filesystem: Any, path: str) -> str:
    with filesystem.open_input_file(path) as file:
        head = bytes(file.read(4))
    if head[:2] == b"\x1f\x8b":
        return "it is compressed (gzip): unpack it"
    if head != b"PAR1":
        return "it does not begin as one. Write it again, or give a CSV file a name that ends in .csv"
    return "write it again"


def _converted(column: Any) -> tuple[str, str, Any]:
    """What is wrong with a column and what to do about it, and the column as text."""
    import pyarrow as pa

    try:
        text = as_text(column)
        text.validate(full=True)  # a column of type string is not checked before
    except pa.ArrowInvalid:
        row = _first_that_is_no_text(column)
        where = f" (row {row})" if row else ""
        return f"holds binary that is not UTF-8 text{where}", "write it as a string column", None
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError):  # such as a list
        return f"holds {column.type} and not single values", "flatten it", None
    return "", "", text


def as_text(column: Any) -> Any:
    """A column as text, as a person would type it: whole numbers without ``.0``, days without ``00:00:00``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        with suppress(pa.ArrowInvalid):  # keep the column if digits would be lost
            column = pc.cast(column, pa.int64())
    elif pa.types.is_timestamp(column.type):
        local = pc.local_timestamp(column) if column.type.tz else column
        if pc.all(pc.equal(pc.floor_temporal(local, unit="day"), local)).as_py() is not False:
            column = pc.cast(local, pa.date32())  # keep the column if a time of day would be lost
    elif pa.types.is_fixed_size_binary(column.type):
        column = pc.cast(column, pa.binary())
    return pc.cast(column, pa.string())


def _first_that_is_no_text(column: Any) -> int:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    with suppress(pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        for row, value in enumerate(column.cast(pa.binary()).to_pylist(), start=1):
            try:
                (value or b"").decode()
            except UnicodeDecodeError:
                return row
    return 0
