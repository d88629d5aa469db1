"""The tables of a run: what they are called, what they hold, and how to read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

import pandas as pd

from matchwright.adapters.tables.parts import TablePart, table_parts
from matchwright.adapters.tables.read import content_digest, current_version, file_bytes, read_input_table
from matchwright.errors import DataError, Fault
from matchwright.operations.match_tables.run_folder import InputTable


@dataclass(frozen=True)
class MatchInput:
    """A table to match.

    - ``read`` gives its rows as text, each time anew: the run does not keep them in memory.
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
            version = current_version(uri)
            digest = content_digest(uri, version)
        except DataError as error:
            faults += [Fault(f"{source}: {uri}", fault.problem, fault.hint) for fault in error.faults]
            continue
        table = InputTable(source=source, name=PurePosixPath(uri.rstrip("/")).name, digest=digest)  # type: ignore[arg-type]
        read, parts = partial(read_input_table, uri, version), partial(table_parts, uri, version)
        found.append(MatchInput(table, read, parts, file_bytes(uri)))
    if faults:
        raise DataError("The tables cannot be matched.", faults)
    return found
