"""Read input tables: CSV, Parquet and Delta from a path or an object store. Every value becomes text."""

import hashlib
import re
from typing import Any, NamedTuple, cast

import pandas as pd

from matchwright.adapters.tables.content import text_of
from matchwright.adapters.tables.csv_table import csv_table
from matchwright.adapters.tables.csv_text import layout_of
from matchwright.adapters.tables.delta import delta_table, delta_version, is_delta
from matchwright.adapters.tables.faults import named, unreadable
from matchwright.adapters.tables.located import Kind, closed, located, require
from matchwright.adapters.tables.parquet import parquet_file, parquet_folder

_CSV = re.compile(r"\.(csv|tsv|txt)(\.(gz|bz2|xz|zst))?$", re.I)
_DIGESTED_AT_ONCE = 1024 * 1024
_PARQUET = re.compile(r"\.(parquet|pq)$", re.I)


class FileState(NamedTuple):
    """Where a file is, its bytes, and when it was changed, in nanoseconds: what tells cheaply that it has changed."""

    path: str
    size: int
    changed: int


def read_input_table(uri: str, version: int | None = None) -> pd.DataFrame:
    """A CSV (comma, semicolon, tab or bar) or Parquet file, or a folder of Parquet files; all columns as str or None.

    A folder may be a Delta table. Then this is its current version, or the given ``version``.

    Text keeps its leading zeros. An empty cell is a missing value. A word such as ``NA`` is text. A CSV file may be
    compressed and in UTF-16, whatever its name says.

    Raises:
        DataError: the file is missing, empty, damaged, or has another format. The message quotes no values.
    """
    with named(uri):
        return _read(uri, version)


def read_bytes(uri: str) -> bytes:
    """The content of a file that is no table.

    Raises:
        DataError: it is absent or cannot be opened.
    """
    filesystem, path, kind = located(uri)
    if kind is Kind.FOLDER:
        raise unreadable("is a folder", "name a file")
    return _content(filesystem, path, kind)


def row_lines(uri: str) -> list[int]:
    """The line on which each row of a CSV file begins, without the header. Empty for Parquet.

    A row may span several lines, and an empty line is not a row. So the number of a row is not always its line.
    """
    filesystem, path, kind = located(uri)
    if kind is Kind.FOLDER or not _CSV.search(uri):
        return []
    return [line for line, _ in layout_of(text_of(_content(filesystem, path, kind))).rows()]


def current_version(uri: str) -> int | None:
    """The current version of a Delta table; None for other tables.

    Raises:
        DataError: it is absent, or its log cannot be read.
    """
    filesystem, path, kind = located(uri)
    require(kind)
    is_table = kind is Kind.FOLDER and is_delta(filesystem, path)
    return delta_version(uri).version if is_table else None


def content_digest(uri: str, version: int | None = None) -> str:
    """SHA-256 (hex) of the content of a file, or of the names and contents of all files in a folder.

    In a Delta table these are the files of the current version, or of the given ``version``, and no others.

    Raises:
        DataError: it is absent or cannot be opened.
    """
    filesystem, path, kind = located(uri)
    require(kind)
    if kind is Kind.FILE:
        return _file_digest(filesystem, path)
    if is_delta(filesystem, path):
        root = path.rstrip("/")
        return delta_version(uri, version).digest(lambda file: _file_digest(filesystem, f"{root}/{file}"))
    files = sorted(info.path for info in _files(filesystem, path))
    of_files = [f"{file.removeprefix(path)} {_file_digest(filesystem, file)}" for file in files]
    return hashlib.sha256("\n".join(of_files).encode()).hexdigest()


def file_states(uri: str) -> tuple[FileState, ...]:
    """The state of a file, or of all files in a folder, old versions of a Delta table included.

    Raises:
        DataError: it is absent or cannot be opened.
    """
    filesystem, path, kind = located(uri)
    require(kind)
    found = _files(filesystem, path) if kind is Kind.FOLDER else [filesystem.get_file_info(path)]
    return tuple(sorted(FileState(info.path, info.size, info.mtime_ns) for info in found))


def _files(filesystem: Any, folder: str) -> list[Any]:
    from pyarrow import fs

    inside = filesystem.get_file_info(fs.FileSelector(folder, recursive=True))
    return [info for info in inside if info.type == fs.FileType.File]


def _file_digest(filesystem: Any, path: str) -> str:
    digest = hashlib.sha256()
    try:
        with filesystem.open_input_stream(path) as file:
            while part := file.read(_DIGESTED_AT_ONCE):
                digest.update(part)
    except OSError as error:
        raise closed(error) from None
    return digest.hexdigest()


def _read(uri: str, version: int | None) -> pd.DataFrame:
    filesystem, path, kind = located(uri)
    if kind is Kind.FOLDER and is_delta(filesystem, path):
        table = delta_table(filesystem, path, delta_version(uri, version)).to_pandas()
    elif kind is Kind.FOLDER:
        table = parquet_folder(filesystem, path).to_pandas()
    elif _CSV.search(uri):
        table = csv_table(layout_of(text_of(_content(filesystem, path, kind))))
    elif _PARQUET.search(uri):
        require(kind)
        table = parquet_file(filesystem, path).to_pandas()
    else:
        raise unreadable("is neither CSV nor Parquet", "give a file that ends in .csv, .csv.gz, .tsv, .parquet")
    twice = int(table.columns[table.columns.duplicated()].nunique())
    if twice:
        raise unreadable(f"{twice} column name(s) occur twice", "give every column its own name")
    if table.empty:
        raise unreadable("has no rows", "give a table with at least one row below its header")
    return cast(pd.DataFrame, table)


def _content(filesystem: Any, path: str, kind: Kind) -> bytes:
    require(kind)
    try:
        with filesystem.open_input_file(path) as file:
            return cast(bytes, file.read())
    except OSError as error:
        raise closed(error) from None
