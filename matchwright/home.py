"""The home: the one folder that holds the state of local runs, found from the current folder."""

import os
import re
from pathlib import Path

from matchwright.errors import Fault, HomeError, StorageError

NAME = ".matchwright"
_ROOT_MARKS = ("pyproject.toml", ".git")
_NOT_IN_A_PATH = re.compile(r"[#?\[\]*|^\\]|%[0-9A-Fa-f]{2}|[\x00-\x1f\x7f\ud800-\udfff]")


def find_home(start: Path, name: Path | str = NAME) -> Path:
    """The home of a command that runs in ``start``, as an absolute path. It may not exist yet.

    The home is in the nearest folder that holds ``name``, from ``start`` upwards. If none holds it, the home is in the
    nearest folder with ``pyproject.toml`` or ``.git``, else in ``start`` itself.
    """
    folders = [start.absolute(), *start.absolute().parents]
    holder = next((folder for folder in folders if (folder / name).is_dir()), None)
    project = next((folder for folder in folders if any((folder / mark).exists() for mark in _ROOT_MARKS)), None)
    return (holder or project or folders[0]) / name


def fault_of_path(folder: Path | str, key: str = "home") -> Fault | None:
    """The fault of a folder's path, if any. Libraries read some characters as a pattern, an escape or a query.

    The lake loses its history at ``#``, decodes ``%20``, and cannot hold ``[``, ``]``, ``|``, ``^`` and a backslash.
    DuckDB, which reads record features, takes ``?``, ``*`` and ``[`` for patterns. SQLite addresses end at ``?``. No
    library takes a character that is not text.
    """
    if found := _NOT_IN_A_PATH.search(str(folder)):
        held = found.group() if found.group().isprintable() else ascii(found.group())[1:-1]
        problem = f"the path holds '{held}', which the lake or the feature store would read as something else"
        return Fault(key, problem, f"name another folder with MATCHWRIGHT_{key.upper().replace('.', '__')}")
    return None


def fault_of_place(home: Path) -> Fault | None:
    """The fault of a home that is no folder, or that lies below a file."""
    nearest = _nearest(home)
    if nearest.is_dir():
        return None
    what = "is a file and not a folder" if nearest == home else f"lies below {nearest}, which is a file"
    return Fault("home", what, "name a folder with MATCHWRIGHT_HOME, or move the file")


def require_writable(home: Path) -> None:
    """Stop before anything is done if the home cannot be written or created.

    Raises:
        StorageError: its folder, or the nearest one above that exists, is read-only.
    """
    nearest = _nearest(home)
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise StorageError(
            f"The home {home} cannot be written: {nearest} is read-only.",
            "make it writable, or name another home with MATCHWRIGHT_HOME",
        )


def _nearest(path: Path) -> Path:
    """The path itself if it exists, else the nearest one above it."""
    # os.path.exists is false, and no error, for what may not be looked at
    return next(one for one in (path, *path.parents) if os.path.exists(one))


def require_home(home: Path) -> None:
    """Stop if there is no home: a command that only reads does not create one.

    Raises:
        HomeError: the folder does not exist.
    """
    if not home.is_dir():
        raise HomeError(
            f"There is no home here: {home} does not exist.",
            "run the command in your project's folder, or name its home with MATCHWRIGHT_HOME. "
            "'matchwright demo' and 'matchwright pipeline run train' create one",
        )
