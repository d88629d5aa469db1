"""Errors of the device that holds the home: it is full, or it cannot be written.

Libraries report these in many ways, and often hide them behind an error of their own. So the whole chain of an
exception is searched.
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matchwright.errors import StorageError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_TEXTS = ("database or disk is full", "no space left on device", "disk quota exceeded", "file too large")
_READ_ONLY_TEXTS = ("attempt to write a readonly database", "read-only file system")
_NO_PERMISSION = {errno.EACCES, errno.EPERM}
_LITTLE = 1024 * 1024
"""In bytes: with less free space than this, a step cannot even write why it failed."""


def no_space(place: Path | str) -> StorageError:
    """The error of a full device."""
    return StorageError(
        f"No space is left on the device that holds {place}.",
        "make room, then run the same command again. Steps of a pipeline that succeeded are kept",
    )


def storage_error(error: BaseException, home: Path) -> StorageError | None:
    """The error to report instead of ``error``, if the device that holds the home is its cause."""
    for one in _chain(error):
        if isinstance(one, StorageError):
            return one
        number = one.errno if isinstance(one, OSError) else None
        text = str(one).lower()
        if number in _FULL or any(part in text for part in _FULL_TEXTS):
            return no_space(_place(one, home))
        read_only = number == errno.EROFS or any(part in text for part in _READ_ONLY_TEXTS)
        if read_only or (number in _NO_PERMISSION and _is_below(one, home)):
            return StorageError(
                f"{_place(one, home)} cannot be written: it is read-only.",
                "make it writable, or name another home with MATCHWRIGHT_HOME",
            )
    return None


@contextmanager
def storage_reported(home: Path) -> Iterator[None]:
    """Raise a :class:`StorageError` in place of any error in the block that a full or read-only device caused."""
    try:
        yield
    except Exception as error:
        found = storage_error(error, home)
        if found is None or found is error:
            raise
        raise found from error


def nearly_full(folder: Path) -> bool:
    """Whether hardly any space is left on the device that holds a folder."""
    return shutil.disk_usage(folder).free < _LITTLE


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all that are behind it. SQLAlchemy names the driver's error in ``orig``."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            behind = (one.__cause__, one.__context__, getattr(one, "orig", None), *getattr(one, "exceptions", ()))
            waiting += [other for other in behind if isinstance(other, BaseException)]


def _place(error: BaseException, home: Path) -> Path:
    """The home, or the file of the error if that lies elsewhere."""
    file = _file_of(error)
    return home if file is None or file.is_relative_to(home) else file


def _is_below(error: BaseException, home: Path) -> bool:
    file = _file_of(error)
    return file is not None and file.is_relative_to(home)


def _file_of(error: BaseException) -> Path | None:
    name = getattr(error, "filename", None)
    return Path(name).absolute() if isinstance(name, str) else None
