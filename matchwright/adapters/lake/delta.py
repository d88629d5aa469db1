"""The lake: Delta tables in a folder or under ``s3://``. A table gets a new version only if its content changes."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.errors import LakeError
from matchwright.frozen import Frozen
from matchwright.home import fault_of_path
from matchwright.object_store import storage_options

DIGEST_KEY = "matchwright.digest"
_ATTEMPTS = 3
_IN_ORDER = {"datafusion.execution.target_partitions": "1"}  # keeps the order of the rows


class TableVersion(Frozen):
    """One version of a Delta table. ``digest`` is the SHA-256 of its content."""

    uri: str
    version: int
    digest: str
    rows: int


def address_of(uri: str) -> str:
    """A table's address for delta-rs, which reads a local path as a URL.

    Raises:
        LakeError: the path holds a character that delta-rs cannot take, also if it is escaped.
    """
    if "://" in uri:
        return uri
    if fault := fault_of_path(uri, "lake"):
        raise LakeError(f"Lake table {uri} cannot be used: {fault.problem}.", fault.hint)
    return Path(uri).absolute().as_uri()


def write_table(uri: str, frame: pd.DataFrame, digest: str) -> TableVersion:
    """Make ``frame`` the table's current version. If it is the current version already, nothing is written.

    A write is one atomic commit with ``digest`` in its metadata. If it is killed, the version before it stays current.
    Earlier versions stay readable.

    Raises:
        LakeError: the table cannot be written, or other writers were always first.
    """
    from deltalake import CommitProperties, write_deltalake
    from deltalake.exceptions import CommitFailedError, DeltaError

    for _ in range(_ATTEMPTS):
        try:
            version = current_version(uri, digest)
            if version is None:
                write_deltalake(
                    address_of(uri),
                    _arrow(frame),
                    mode="overwrite",
                    schema_mode="overwrite",
                    storage_options=storage_options(uri),
                    commit_properties=CommitProperties(custom_metadata={DIGEST_KEY: digest}),
                )
                version = current_version(uri, digest)
        except CommitFailedError:
            continue  # another writer was first: check the current version again
        except (DeltaError, OSError) as error:
            raise LakeError(f"Lake table {uri} cannot be written.", f"the lake says: {_first_line(error)}") from None
        if version is not None:
            return TableVersion(uri=uri, version=version, digest=digest, rows=len(frame))
    hint = "wait until the other runs of this spec have ended, then run again"
    raise LakeError(f"Lake table {uri} has too many writers.", hint)


def read_table(uri: str, version: int | None = None) -> pd.DataFrame:
    """Read a table in ``version``, by default the current one. Strings are str or None.

    This does not use ``DeltaTable.to_pandas``, which reads through a file system written in Python. There an Arrow
    thread may free a buffer while the interpreter exits, which sometimes aborts the process.

    Raises:
        LakeError: there is no such table or version.
    """
    import pyarrow as pa
    from deltalake import DeltaTable, QueryBuilder
    from deltalake.exceptions import DeltaError

    what = f"version {version} of lake table {uri}" if version is not None else f"lake table {uri}"
    try:
        table = DeltaTable(address_of(uri), version=version, storage_options=storage_options(uri))
        reader = QueryBuilder(_IN_ORDER).register("lake", table).execute("SELECT * FROM lake")
        frame: pd.DataFrame = pa.RecordBatchReader.from_stream(reader).read_all().to_pandas()
        return frame
    except (DeltaError, OSError):
        raise LakeError(f"There is no {what}.", "run the step that writes it, or look at lake.uri") from None
    except pa.ArrowException:  # its message may quote a value
        hint = "restore its data files, or remove the table and run the step that writes it"
        raise LakeError(f"The data files of {what} cannot be read.", hint) from None


def current_version(uri: str, digest: str) -> int | None:
    """The current version of a table if its digest is ``digest``, else None."""
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        latest = DeltaTable(address_of(uri), storage_options=storage_options(uri)).history(1)[0]
    except TableNotFoundError:
        return None
    return int(latest["version"]) if latest.get(DIGEST_KEY) == digest else None


def frame_digest(frame: pd.DataFrame) -> str:
    """SHA-256 (hex) over the column names, kinds and values, in the frame's order of rows."""
    digest = hashlib.sha256(f"{len(frame)}".encode())
    for name in frame.columns:
        column = frame[name]
        missing = column.isna().to_numpy(dtype=bool)
        digest.update(f"\n{name}:{_kind(column)}\n".encode())
        digest.update(missing.tobytes())
        present = column[~missing]
        if _kind(column) == "string":
            for content in _lengths_and_bytes(present):
                digest.update(content)
        else:
            digest.update(present.to_numpy(dtype="<f8" if _kind(column) == "float64" else "<i8").tobytes())
    return digest.hexdigest()


def _lengths_and_bytes(texts: "pd.Series[Any]") -> tuple[Any, Any]:
    """The length of each text in UTF-8 as eight bytes, and the texts after each other."""
    import pyarrow as pa

    values = texts.to_numpy(dtype=object)
    try:
        held = pa.array(values, type=pa.large_string(), from_pandas=False)
    except pa.ArrowException:  # some values are no texts
        held = pa.array([str(value) for value in values], type=pa.large_string())
    _, offsets, content = held.buffers()
    ends = np.frombuffer(offsets, dtype="<i8", count=len(values) + 1)
    return np.diff(ends).tobytes(), content or b""


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def _kind(column: "pd.Series[Any]") -> str:
    if pd.api.types.is_bool_dtype(column):
        return "bool"
    if pd.api.types.is_integer_dtype(column):
        return str(column.dtype).lower()
    return "float64" if pd.api.types.is_float_dtype(column) else "string"


def _arrow(frame: pd.DataFrame) -> Any:
    """An Arrow table with the frame's types, also for a column without any value."""
    import pyarrow as pa

    schema = pa.schema([(str(name), pa.type_for_alias(_kind(frame[name]))) for name in frame.columns])
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
