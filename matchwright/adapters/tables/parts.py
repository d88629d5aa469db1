"""Tables in parts: each file of a folder is read on its own, wherever that is, to the rows that the whole table has."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd

from matchwright.adapters.tables.delta import DataFile, DeltaVersion, delta_table, delta_version, is_delta
from matchwright.adapters.tables.faults import named, unreadable
from matchwright.adapters.tables.located import Kind, located
from matchwright.adapters.tables.parquet import WRITE_ONE, parquet_file, parts_of_folder, within
from matchwright.adapters.tables.read import read_input_table


@dataclass(frozen=True)
class TablePart:
    """A file of a table.

    - ``uri``: of the table; a local path is absolute.
    - ``version``: of a Delta table.
    - ``file``: inside the folder of the table; None for a table that is one file.
    - ``columns``: of the table, in their order. None: those that the file has.
    """

    uri: str
    version: int | None = None
    file: DataFile | None = None
    columns: tuple[str, ...] | None = None


def table_parts(uri: str, version: int | None = None) -> list[TablePart]:
    """The files of a table, in the order in which the whole table has their rows.

    Raises:
        DataError: the table cannot be read. The message quotes no value.
    """
    uri = uri if "://" in uri else str(Path(uri).absolute())
    with named(uri):
        filesystem, path, kind = located(uri)
        if kind is not Kind.FOLDER:
            return [TablePart(uri)]
        if is_delta(filesystem, path):
            found = delta_version(uri, version)
            if not found.files:
                raise unreadable("has no rows", "give a table with at least one row below its header")
            return [TablePart(uri, found.version, file, found.columns) for file in found.files]
        files = parts_of_folder(filesystem, path)
        columns = tuple(_columns(filesystem, files[0]))
        return [TablePart(uri, None, DataFile(file.base_name, {}), columns) for file in files]


def read_part(part: TablePart) -> pd.DataFrame:
    """The rows of a part, as text. It may have none.

    Raises:
        DataError: the file cannot be read, or has other columns than the table. The message quotes no value.
    """
    if part.file is None or part.columns is None:
        return read_input_table(part.uri)
    with named(part.uri):
        filesystem, path, _ = located(part.uri)
        if part.version is not None:
            version = DeltaVersion(part.version, part.columns, (part.file,))
            return cast(pd.DataFrame, delta_table(filesystem, path, version).to_pandas())
        with within(part.file.path):
            table = parquet_file(filesystem, f"{path.rstrip('/')}/{part.file.path}")
        if set(table.column_names) != set(part.columns):
            raise unreadable(f"{part.file.path} has other columns than the first file", WRITE_ONE)
        return cast(pd.DataFrame, table.select(part.columns).to_pandas())


def _columns(filesystem: Any, file: Any) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names: list[str] = pq.ParquetFile(file.path, filesystem=filesystem).schema_arrow.names
    except (pa.ArrowInvalid, OSError):
        raise unreadable(f"{file.base_name} is not a readable Parquet file", "write it again") from None
    if len(set(names)) < len(names):
        raise unreadable("has column names that occur twice", "give every column its own name")
    return names
