"""Where the state of a local run lies: one folder, the home, found from whichever folder a command runs in."""

import re
from pathlib import Path

from matchwright.errors import Fault, HomeError

NAME = ".matchwright"
_ROOT_MARKS = ("pyproject.toml", ".git")
_NOT_IN_A_PATH = re.compile(r"[#?\[\]]|%[0-9A-Fa-f]{2}")


def find_home(start: Path, name: Path | str = NAME) -> Path:
    """The home of a command that runs in ``start``, as an absolute path; it need not exist.

    The nearest of ``start`` and the folders above it that holds ``name`` wins. Where none holds it, the home
    belongs to the project: the nearest folder with ``pyproject.toml`` or ``.git``, else ``start`` itself.
    """
    folders = [start.absolute(), *start.absolute().parents]
    holder = next((folder for folder in folders if (folder / name).is_dir()), None)
    project = next((folder for folder in folders if any((folder / mark).exists() for mark in _ROOT_MARKS)), None)
    return (holder or project or folders[0]) / name


def fault_of_path(home: Path) -> Fault | None:
    """What is wrong with the home's path: the lake and the registry take it for a URL."""
    if found := _NOT_IN_A_PATH.search(str(home)):
        return Fault("home", f"the path holds '{found.group()}', which the lake cannot take", "name another folder")
    return None


def require_home(home: Path) -> None:
    """Refuse to go on where there is no home: a command that only reads makes none.

    Raises:
        HomeError: the folder does not exist.
    """
    if not home.is_dir():
        raise HomeError(
            f"There is no home here: {home} does not exist.",
            "run the command in your project's folder, or name its home with MATCHWRIGHT_HOME; "
            "'matchwright demo' and 'matchwright pipeline run train' make one",
        )
