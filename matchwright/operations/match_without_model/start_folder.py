"""The folder ``start`` in a run's folder: the drafted spec, the bundle and the estimate, each written whole."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from matchwright.errors import MatchingError, MatchwrightError
from matchwright.files import write_whole
from matchwright.frozen import Frozen
from matchwright.operations.match_tables.run_folder import START, WORKING, InputTable, demand_usable

IDENTITY, SPEC, BUNDLE, ESTIMATE, LOCK = "start.json", "spec.yaml", "bundle", "estimate.json", ".lock"
DEFAULT = "matches"
_ANOTHER = "name another folder with --out"


class StartIdentity(Frozen):
    """What a start is made from.

    - ``inputs``: the tables.
    - ``spec``: the digest of the spec that was given, or empty for a draft.
    - ``link_and_dedupe``: whether pairs are also looked for within each of two tables.
    """

    format: Literal[1] = 1
    inputs: tuple[InputTable, ...]
    spec: str = ""
    link_and_dedupe: bool = False


@dataclass(frozen=True)
class StartFolder:
    """The folder of one start that this process works in."""

    run: Path

    @property
    def folder(self) -> Path:
        """The folder itself."""
        return self.run / START

    @property
    def spec(self) -> Path:
        """The spec: drafted, or as it was given."""
        return self.folder / SPEC

    @property
    def bundle(self) -> Path:
        """The bundle of the scorer without labels."""
        return self.folder / BUNDLE

    @property
    def estimate(self) -> Path:
        """What is known of the precision."""
        return self.folder / ESTIMATE


@contextmanager
def opened_start(run: Path, identity: StartIdentity) -> Iterator[StartFolder]:
    """The start in a run's folder. If the same start was killed in it, it goes on where it was.

    Raises:
        MatchingError: the folder holds something else, or another process works in it.
    """
    demand_usable(run)
    if run.is_file():
        raise MatchingError(f"{run} is a file.", _ANOTHER)
    held = _identity(run)
    if held is None and run.exists() and any(run.iterdir()):
        raise MatchingError(f"{run} holds files that no such run wrote.", _ANOTHER)
    if held is not None and held != identity:
        raise MatchingError(
            f"{run} holds another run: its tables, its spec or how they are matched differ.",
            f"{_ANOTHER}, or remove it",
        )
    start = StartFolder(run)
    start.folder.mkdir(parents=True, exist_ok=True)
    with (start.folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise MatchingError(f"Another run works in {run}.", f"wait for it, or {_ANOTHER}") from None
        if held is None:
            write_whole(start.folder / IDENTITY, identity.model_dump_json(indent=1) + "\n")
        try:
            yield start
        except MatchwrightError:
            if held is None and not start.bundle.exists():
                _remove(start)  # tables that cannot be matched leave nothing behind
            raise


def default_folder(beside: Path, identity: StartIdentity) -> Path:
    """The first of ``matches``, ``matches-2`` and so on that is free, or that holds this very run.

    Args:
        beside: the folder in which they are looked for.
        identity: of the run.
    """
    return next(
        folder
        for number in range(1, 10_000)
        for folder in [beside / (DEFAULT if number == 1 else f"{DEFAULT}-{number}")]
        if not folder.exists() or _identity(folder) == identity
    )


def _remove(start: StartFolder) -> None:
    for made in (start.folder, start.run / WORKING):
        shutil.rmtree(made, ignore_errors=True)
    if not any(start.run.iterdir()):
        start.run.rmdir()


def _identity(run: Path) -> StartIdentity | None:
    path = run / START / IDENTITY
    if not path.is_file():
        return None
    try:
        return StartIdentity.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError):
        raise MatchingError(f"{path} cannot be read.", _ANOTHER) from None
