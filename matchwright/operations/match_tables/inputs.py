"""The tables of a run: what they are called, what they hold, and how to read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import pandas as pd

from matchwright.adapters.tables.read import content_digest, current_version, read_input_table
from matchwright.errors import DataError, Fault
from matchwright.operations.match_tables.run_folder import InputTable


@dataclass(frozen=True)
class MatchInput:
    """A table to match. ``read`` gives its rows as text, each time anew: the run does not keep them in memory.

    ``local_bytes`` is the size of its files on this machine, 0 if there are none.
    """

    table: InputTable
    read: Callable[[], pd.DataFrame]
    local_bytes: int = 0


def input_files(files: Mapping[str, str]) -> list[MatchInput]:
    """The tables in files or folders, local or in an object store, by source.

    Of a Delta table the run reads the version that is current now, also if it is written to meanwhile.

    Raises:
        DataError: some of them do not exist. All of them are named.
    """
    found, faults = [], []
    for source, uri in files.items():
        try:
            version = current_version(uri)
            digest = content_digest(uri, version)
        except DataError as error:
            faults += [Fault(f"{source}: {uri}", fault.problem, fault.hint) for fault in error.faults]
            continue
        table = InputTable(source=source, name=PurePosixPath(uri.rstrip("/")).name, digest=digest)  # type: ignore[arg-type]
        found.append(MatchInput(table, partial(read_input_table, uri, version), _local_bytes(uri)))
    if faults:
        raise DataError("The tables cannot be matched.", faults)
    return found


def _local_bytes(uri: str) -> int:
    path = Path(uri)
    files = [path] if path.is_file() else path.rglob("*") if path.is_dir() else ()
    return sum(file.stat().st_size for file in files if file.is_file())
