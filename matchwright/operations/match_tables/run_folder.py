"""The folder of a run: which run it belongs to, and whether the run is complete."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from matchwright.errors import DataError, MatchingError
from matchwright.files import write_whole
from matchwright.frozen import Frozen
from matchwright.home import fault_of_path
from matchwright.matching.working_folder import WorkingFolder

RUN, SUMMARY, REPORT, WORKING, LOCK = "run.json", "summary.json", "report.html", "working", ".lock"
SPEC = "spec.yaml"
"""The spec of the bundle, for the commands that come next."""
CANDIDATES = "candidates"
"""What is kept of the candidates in the working folder."""
START = "start"
"""The folder in a run's folder that a run without a model makes first."""
ANOTHER_FOLDER = "name another folder with --out"


class InputTable(Frozen):
    """A table that is matched: its source, the name of its file, and the SHA-256 of its content."""

    source: Literal["left", "right"]
    name: str
    digest: str


class RunIdentity(Frozen):
    """What a run is made from. The same identity gives the same tables, whenever and however often it runs."""

    format: Literal[1] = 1
    bundle: str
    spec: str
    inputs: tuple[InputTable, ...]
    options: dict[str, str | float | bool | None]
    features: str

    def content(self) -> str:
        """The content of ``run.json``."""
        return self.model_dump_json(indent=1) + "\n"


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run that this process works in."""

    folder: Path
    identity: RunIdentity

    @property
    def working(self) -> WorkingFolder:
        """What the stages keep. It holds record features, so only its owner may read it."""
        return WorkingFolder(self.folder / WORKING)

    @property
    def is_complete(self) -> bool:
        """Whether all of its tables are written."""
        return (self.folder / SUMMARY).is_file()

    def summary(self) -> dict[str, Any]:
        """The summary of a complete run."""
        found: dict[str, Any] = json.loads((self.folder / SUMMARY).read_text(encoding="utf-8"))
        return found

    def finish(self, summary: dict[str, Any]) -> None:
        """Write the summary, which says that the run is complete."""
        write_whole(self.folder / SUMMARY, json.dumps(summary, indent=1) + "\n")

    def clear(self) -> None:
        """Remove what only an incomplete run needs."""
        shutil.rmtree(self.folder / WORKING, ignore_errors=True)


@contextmanager
def opened_run(folder: Path, identity: RunIdentity) -> Iterator[RunFolder]:
    """The folder for a run. If the same run was killed in it, the run goes on where it was.

    Tables that cannot be matched leave nothing behind, so the folder is free for the corrected command.

    Raises:
        MatchingError: the folder belongs to another run or holds other files, or another process works in it.
    """
    demand_usable(folder)
    _demand_own(folder, identity)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise MatchingError(f"Another run works in {folder}.", f"wait for it, or {ANOTHER_FOLDER}") from None
        _demand_own(folder, identity)
        if not (folder / RUN).is_file():
            write_whole(folder / RUN, identity.content())
        os.makedirs(folder / WORKING, mode=0o700, exist_ok=True)
        try:
            yield RunFolder(folder, identity)
        except DataError:
            # a start without a model has made the candidates already
            if {item.name for item in (folder / WORKING).iterdir()} <= {CANDIDATES}:
                (folder / RUN).unlink()
            raise


def demand_usable(folder: Path) -> None:
    """Refuse a folder whose path the tables of a run cannot have, before any work is done (MatchingError)."""
    if fault := fault_of_path(folder):
        raise MatchingError(f"{folder} cannot hold a run: {fault.problem}.", ANOTHER_FOLDER)


def differing(one: RunIdentity, other: RunIdentity) -> list[str]:
    """What two runs were not made alike from."""
    return [name for name in RunIdentity.model_fields if getattr(one, name) != getattr(other, name)]


def removed_if_unused(folder: Path) -> bool:
    """Remove the folder of a run, complete or not, unless another process works in it."""
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        shutil.rmtree(folder)
        return True


def _demand_own(folder: Path, identity: RunIdentity) -> None:
    if folder.is_file():
        raise MatchingError(f"{folder} is a file.", ANOTHER_FOLDER)
    if not folder.exists():
        return
    found = _identity(folder)
    if found is None:
        if any(item.name not in (LOCK, WORKING, START) for item in folder.iterdir()):
            raise MatchingError(f"{folder} holds files that no run wrote.", ANOTHER_FOLDER)
        return
    names = differing(found, identity)
    if names:
        raise MatchingError(
            f"{folder} holds another run: its {' and '.join(names)} differ.",
            f"{ANOTHER_FOLDER}, or remove this one",
        )


def _identity(folder: Path) -> RunIdentity | None:
    path = folder / RUN
    if not path.is_file():
        return None
    try:
        return RunIdentity.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError):
        raise MatchingError(f"{path} cannot be read.", ANOTHER_FOLDER) from None
