"""The tables of a run: what they are called, what they hold, and how to read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

import pandas as pd

from matchwright.adapters.tables.parts import TablePart, table_parts
from matchwright.adapters.tables.read import FileState, content_digest, current_version, file_states, read_input_table
from matchwright.errors import DataError, Fault
from matchwright.operations.match_tables.run_folder import InputTable


@dataclass(frozen=True)
class MatchInput:
    """A table to match.

    - ``read`` gives its rows as text, each time anew: the run does not keep them in memory. It raises DataError if they
      are no longer those of ``table``.
    - ``parts`` names the files that have its rows, so that they can be read elsewhere. None: it is in no file.
    - ``size`` is that of its files in bytes. It is 0 for a table that the caller holds in memory.
    """

    table: InputTable
    read: Callable[[], pd.DataFrame]
    parts: Callable[[], list[TablePart]] | None = None
    size: int = 0


def input_files(files: Mapping[str, str]) -> list[MatchInput]:
    """The tables in files or folders, local or in an object store, by source.

    Of a Delta table the run reads the version that is current now, also if it is written to meanwhile.

    Raises:
        DataError: some of them do not exist. All of them are named.
    """
    found, faults = [], []
    for source, uri in files.items():
        try:
            version, states = current_version(uri), file_states(uri)
            digest = content_digest(uri, version)
        except DataError as error:
            faults += [Fault(f"{source}: {uri}", fault.problem, fault.hint) for fault in error.faults]
            continue
        table = InputTable(source=source, name=PurePosixPath(uri.rstrip("/")).name, digest=digest)  # type: ignore[arg-type]
        read, parts = partial(_read_unchanged, uri, version, states), partial(table_parts, uri, version)
        found.append(MatchInput(table, read, parts, sum(file.size for file in states)))
    if faults:
        raise DataError("The tables cannot be matched.", faults)
    return found


def _read_unchanged(uri: str, version: int | None, states: tuple[FileState, ...]) -> pd.DataFrame:
    """The rows of a table whose files are still as they were: a run must not give its clusters to other rows."""
    rows = read_input_table(uri, version)
    if version is None and file_states(uri) != states:
        hint = "put it back as it was and run again, or name another folder with --out"
        fact = f"{PurePosixPath(uri.rstrip('/')).name} was changed while the run worked."
        raise DataError(fact, [Fault("", "its rows are not those that were matched", hint)])
    return rows
