"""Files and folders that are written atomically: completely or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

PRIVATE = 0o600
"""The mode of a file that only its owner may read."""

_READABLE = 0o666  # the process's umask removes permissions from it


@contextmanager
def replacing(path: Path, mode: int = _READABLE) -> Iterator[IO[bytes]]:
    """A file to write to. It replaces ``path`` when the block ends without an error.

    A missing folder is created. A reader sees either the old content or the new one, also after a power cut.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        error.filename = error.filename or str(path)  # a failed write does not name its file
        raise
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes, mode: int = _READABLE) -> None:
    """Write a file of text (as UTF-8) or bytes; see :func:`replacing`."""
    with replacing(path, mode) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into. It replaces ``folder`` when the block ends without an error, and is else removed."""
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft, old = (folder.with_name(f".{folder.name}.{uuid4().hex}") for _ in range(2))
    draft.mkdir()
    try:
        yield draft
        if folder.exists():
            folder.replace(old)
        draft.replace(folder)
    finally:
        for rest in (draft, old):
            shutil.rmtree(rest, ignore_errors=True)
