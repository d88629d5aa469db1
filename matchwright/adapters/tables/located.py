"""Where a table is: a file or a folder, local or in an object store."""

from enum import Enum
from typing import Any

from matchwright.adapters.tables.faults import unreadable
from matchwright.errors import DataError


class Kind(Enum):
    """What an address names."""

    FILE = "file"
    FOLDER = "folder"
    ABSENT = "absent"


def located(uri: str) -> tuple[Any, str, Kind]:
    """The file system of an address, the path in it, and what is there."""
    import pyarrow as pa
    from pyarrow import fs

    try:
        filesystem, path = fs.FileSystem.from_uri(uri) if "://" in uri else (fs.LocalFileSystem(), uri)
        found = filesystem.get_file_info(path).type
    except (OSError, pa.ArrowException) as error:
        raise closed(error) from None
    kinds = {fs.FileType.NotFound: Kind.ABSENT, fs.FileType.Directory: Kind.FOLDER}
    return filesystem, path, kinds.get(found, Kind.FILE)


def require(kind: Kind) -> None:
    """Refuse what is absent (DataError)."""
    if kind is Kind.ABSENT:
        raise unreadable("no such file", "look at the path")


def closed(error: Exception) -> DataError:
    """The error for what cannot be opened."""
    return unreadable(f"cannot be opened ({type(error).__name__})", "look at its path and permissions")
