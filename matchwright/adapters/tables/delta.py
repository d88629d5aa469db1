"""Reading Delta tables: the files that a version's log names, and none that an earlier version has left."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from matchwright.adapters.tables.faults import unreadable
from matchwright.adapters.tables.parquet import as_text, parquet_file, within
from matchwright.home import fault_of_path
from matchwright.object_store import storage_options

LOG = "_delta_log"
_FEATURES = {"deletionVectors", "timestampNtz", "v2Checkpoint", "vacuumProtocolCheck", "variantType"}
"""What a table may ask of its readers: none of these changes a row, but for deletion vectors, which are looked for."""
_COPY = "write a copy of the table without it"
_PURGE = "run REORG TABLE ... APPLY (PURGE) in Spark, or write a copy of the table"
_PARTITION = "partition."


@dataclass(frozen=True)
class DataFile:
    """A data file, by its path inside the table's folder, and its values of partition columns: no file holds these."""

    path: str
    partition: dict[str, str | None]


@dataclass(frozen=True)
class DeltaVersion:
    """One version of a table: its columns in their order, and its files in the order of their names."""

    version: int
    columns: tuple[str, ...]
    files: tuple[DataFile, ...]

    def digest(self, of_file: Callable[[str], str]) -> str:
        """SHA-256 (hex) of the columns and the files. ``of_file`` gives the digest of a file from its path."""
        facts = [[file.path, file.partition, of_file(file.path)] for file in self.files]
        return hashlib.sha256(json.dumps([self.columns, facts]).encode()).hexdigest()


def is_delta(filesystem: Any, path: str) -> bool:
    """Whether a folder is a Delta table."""
    from pyarrow import fs

    return bool(filesystem.get_file_info(f"{path.rstrip('/')}/{LOG}").type == fs.FileType.Directory)


def delta_version(uri: str, version: int | None = None) -> DeltaVersion:
    """A version of a table, by default the current one.

    Raises:
        DataError: there is no such version, its log cannot be read, or reading its files would give other rows.
    """
    import pyarrow as pa
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        table = DeltaTable(_address(uri), version=version, storage_options=storage_options(uri))
        _refuse_features(table)
        added = pa.table(table.get_add_actions(flatten=True))
        keys, columns = table.metadata().partition_columns, [field.name for field in table.schema().fields]
    except (DeltaError, OSError) as error:  # its message may name a folder that has a value in its name
        what = "is not a readable Delta table" if version is None else f"has no readable version {version}"
        hint = f"its {LOG} is damaged, or needs a feature of later readers ({type(error).__name__})"
        raise unreadable(what, hint) from None
    values = {key: as_text(added[_PARTITION + key]).to_pylist() for key in keys}
    files = [
        DataFile(unquote(path), {key: values[key][row] for key in keys})
        for row, path in enumerate(added["path"].to_pylist())
    ]
    if any("://" in file.path or file.path.startswith("/") for file in files):
        raise unreadable("is a Delta table with files outside of its folder", "write a copy of the table")
    return DeltaVersion(table.version(), tuple(columns), tuple(sorted(files, key=lambda file: file.path)))


def delta_table(filesystem: Any, path: str, version: DeltaVersion) -> Any:
    """The rows of a version, as text. A column that a file has not is missing in its rows.

    Raises:
        DataError: files are absent or damaged, or a column does not hold single values.
    """
    import pyarrow as pa
    from pyarrow import fs

    root = path.rstrip("/")
    found = filesystem.get_file_info([f"{root}/{file.path}" for file in version.files])
    if absent := sum(info.type == fs.FileType.NotFound for info in found):
        hint = "restore them, or name a table that was not vacuumed after this version"
        raise unreadable(f"lacks {absent} of the {len(found)} files of version {version.version}", hint)
    empty = pa.schema([(name, pa.string()) for name in version.columns]).empty_table()
    tables = [empty]
    for file, info in zip(version.files, found, strict=True):
        with within(info.base_name):
            table = parquet_file(filesystem, info.path)
        rows = table.num_rows
        given = {name: table[name] for name in table.column_names if name in version.columns}
        given |= {key: pa.array([value] * rows, pa.string()) for key, value in file.partition.items()}
        nothing = pa.nulls(rows, pa.string())
        tables.append(pa.table([given.get(name, nothing) for name in version.columns], names=version.columns))
    return pa.concat_tables(tables)


def _address(uri: str) -> str:
    """The address for delta-rs, which reads a local path as a URL."""
    if "://" in uri:
        return uri
    if fault := fault_of_path(uri, "path"):
        raise unreadable(f"is a Delta table, and {fault.problem}", "give its folder another name")
    return Path(uri).absolute().as_uri()


def _refuse_features(table: Any) -> None:
    mapping = table.metadata().configuration.get("delta.columnMapping.mode", "none")
    if mapping != "none":
        raise unreadable("is a Delta table with column mapping: its files have other column names", _COPY)
    unknown = sorted(set(table.protocol().reader_features or ()) - _FEATURES)
    if unknown:
        raise unreadable(f"is a Delta table that needs the reader feature {', '.join(unknown)}", _COPY)
    if any(batch.num_rows for batch in table.deletion_vectors()):
        raise unreadable("is a Delta table with deletion vectors: its files hold rows that were deleted", _PURGE)
