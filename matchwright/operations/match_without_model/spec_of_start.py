"""The spec of a start: drafted from the tables and kept for a person to edit, or given."""

from collections.abc import Sequence
from pathlib import Path

from matchwright.core.spec import MatchSpec, load_spec
from matchwright.drafting import draft_spec, draft_text
from matchwright.drafting.tables import Lines
from matchwright.errors import DataError, Fault, MatchingError
from matchwright.files import write_whole
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_without_model.start_folder import StartFolder

_FEWEST_RECORDS = 2


def spec_of(
    start: StartFolder, inputs: Sequence[MatchInput], name: str, given: Path | None, lines: Lines | None = None
) -> MatchSpec:
    """The spec in the folder of the start. It is written there on the first try and never overwritten.

    Args:
        start: the folder.
        inputs: one table, or the left and the right one.
        name: of a drafted spec.
        given: a spec file to take in place of a draft.
        lines: gives the line of each row in the file of a table, for messages.

    Raises:
        DataError: no spec can be drafted from these tables.
        SpecError: the given spec has faults.
        MatchingError: somebody has edited the spec since the run began.
    """
    if not start.bundle.exists():
        text = _drafted(inputs, name, lines) if given is None else given.read_text(encoding="utf-8")
        if not start.spec.exists():
            load_spec(given) if given is not None else None
            write_whole(start.spec, text)
        elif start.spec.read_text(encoding="utf-8") != text:
            raise edited(start)
    return load_spec(start.spec)


def edited(start: StartFolder) -> MatchingError:
    """The error where the spec of a run is no longer the one that it began with."""
    return MatchingError(
        f"{start.spec} was edited since this run began with it.",
        f"pass it on with --spec {start.spec} and another folder as --out",
    )


def _drafted(inputs: Sequence[MatchInput], name: str, lines: Lines | None) -> str:
    tables = [given.read() for given in inputs]
    faults = [
        Fault(given.table.name, f"has {len(table)} record(s)", "give a table with a header and two records or more")
        for given, table in zip(inputs, tables, strict=True)
        if len(table) < (_FEWEST_RECORDS if len(tables) == 1 else 1)
    ]
    if faults:
        raise DataError("There is nothing to match.", faults)
    draft = draft_spec(tables[0], tables[1] if len(tables) > 1 else None, None, name, lines)
    return draft_text(draft)
