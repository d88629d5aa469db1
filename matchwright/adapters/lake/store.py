"""Files of a folder, or below a prefix of an object store such as ``s3://bucket/prefix``.

An object store shows a file when it is whole. Here a folder is only read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from matchwright.errors import LakeError

Filters = list[list[tuple[str, str, list[int]]]]

_PART = 8 * 1024 * 1024
"""Bytes that are sent at a time."""


def in_object_store(address: "str | Path") -> bool:
    """Whether an address names an object store, and no folder of this machine."""
    return "://" in str(address)


class Store:
    """The files below one address, by name."""

    def __init__(self, address: "str | Path") -> None:
        """Open the place. Nothing is read or made.

        Raises:
            LakeError: the address names no store that can be reached.
        """
        from pyarrow import fs

        self.address = str(address).rstrip("/") if in_object_store(address) else str(address)
        with self._reported():
            if in_object_store(address):
                self._files, self._root = fs.FileSystem.from_uri(self.address)
            else:
                self._files, self._root = fs.LocalFileSystem(), str(Path(address).absolute())

    def uri(self, name: str) -> str:
        """The address of a file or a table."""
        return f"{self.address}/{name}" if in_object_store(self.address) else str(Path(self.address, name))

    def is_empty(self) -> bool:
        """Whether there is no file.

        Raises:
            LakeError: the store cannot be read.
        """
        from pyarrow import fs

        with self._reported():
            return not self._files.get_file_info(fs.FileSelector(self._root, allow_not_found=True))

    def read(self, name: str) -> bytes | None:
        """The content of a file; None if there is none.

        Raises:
            LakeError: the store cannot be read.
        """
        from pyarrow import fs

        with self._reported():
            if self._files.get_file_info(self._path(name)).type != fs.FileType.File:
                return None
            with self._files.open_input_stream(self._path(name)) as file:
                return bytes(file.read())

    def put(self, name: str, content: bytes) -> None:
        """Write a file, in place of the one that is there.

        Raises:
            LakeError: the store cannot be written.
        """
        with self._reported(), self._files.open_output_stream(self._path(name)) as file:
            file.write(content)

    def copy(self, name: str, source: Path) -> None:
        """As :meth:`put`, from a local file, which is not read as a whole."""
        with source.open("rb") as content, self._reported(), self._files.open_output_stream(self._path(name)) as file:
            while part := content.read(_PART):
                file.write(part)

    def parquet(self, name: str, filters: Filters | None = None) -> pd.DataFrame:
        """A Parquet file, or those of its rows that any of the filters lets through.

        Raises:
            LakeError: it is absent or damaged.
        """
        import pyarrow as pa
        from pyarrow import parquet

        try:
            found: Any = parquet.read_table(self._path(name), filesystem=self._files, filters=filters)
        except (OSError, pa.ArrowException):
            raise LakeError(f"{self.uri(name)} cannot be read.", "look whether it is there and whole") from None
        frame: pd.DataFrame = found.to_pandas()
        return frame

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _reported(self) -> Iterator[None]:
        import pyarrow as pa

        try:
            yield
        except (OSError, pa.ArrowException) as error:
            says = str(error).split("\n", 1)[0]
            hint = f"look at the bucket, its permissions and the variables AWS_*; the store says: {says}"
            raise LakeError(f"{self.address} cannot be reached.", hint) from None
