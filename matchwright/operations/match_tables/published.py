"""The result of a run in the lake: one place for each target, which always has the last result."""

import re
import shutil
from pathlib import Path

from matchwright.adapters.lake.delta import TableVersion, current_version, frame_digest, read_table, write_table
from matchwright.errors import Fault, SettingsError
from matchwright.files import replacing_folder, write_whole
from matchwright.frozen import Frozen
from matchwright.operations.match_tables.outputs import CLUSTERS, PAIRS, REVIEW
from matchwright.operations.match_tables.register import QUARANTINE
from matchwright.operations.match_tables.run_folder import removed_if_unused

MATCHES, PUBLISHED = "matches", "tables.json"
LATEST = "latest"
_TARGET = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class PublishedTables(Frozen):
    """The versions of the lake tables that a run wrote: ``pairs``, ``clusters``, ``review`` and ``quarantine``."""

    run: str
    tables: dict[str, TableVersion]


def lake_address(lake_uri: str, spec_name: str, target: str) -> str:
    """Where the tables of a target lie.

    Raises:
        SettingsError: the target is no plain name.
    """
    if not _TARGET.fullmatch(target):
        hint = "write lower-case letters, digits, - and _, such as customers-and-leads"
        raise SettingsError("The tables cannot be matched in this way:", [Fault("target", "is no plain name", hint)])
    return f"{lake_uri.rstrip('/')}/{spec_name}/{MATCHES}/{target}"


def publish_quarantine(run: Path, address: str) -> TableVersion:
    """Move the quarantine table of a run to the lake, also if the tables did not hold the limits of the spec.

    Raises:
        LakeError: the lake cannot be written.
    """
    written = _written(run, address, QUARANTINE)
    shutil.rmtree(run / QUARANTINE)
    return written


def publish(run: Path, name: str, address: str) -> PublishedTables:
    """Write the tables of a complete run to the lake. What is there already is not written again.

    Each table is one commit. If this is killed between two of them, the next run writes the others. The quarantine
    table is in the lake alone afterwards.

    Args:
        run: the folder of the run.
        name: its name, which each row of pairs, clusters and review has in its column ``run``.
        address: of the target, see :func:`lake_address`.

    Raises:
        LakeError: the lake cannot be written.
    """
    earlier = _published(run)
    tables = {kind: _written(run, address, kind) for kind in (CLUSTERS, REVIEW, PAIRS)}
    tables[QUARANTINE] = earlier.tables[QUARANTINE] if earlier else _written(run, address, QUARANTINE)
    done = PublishedTables(run=name, tables=tables)
    write_whole(run / PUBLISHED, done.model_dump_json(indent=1) + "\n")
    shutil.rmtree(run / QUARANTINE, ignore_errors=True)
    return done


def forget_lost(run: Path) -> None:
    """Remove the folder of a run whose quarantine table the lake has no more, so that the tables are matched again."""
    earlier = _published(run)
    if earlier is None:
        return
    quarantine = earlier.tables[QUARANTINE]
    if current_version(quarantine.uri, quarantine.digest) is None:
        removed_if_unused(run)


def without_tables(run: Path, folder: Path) -> None:
    """Copy the files of a run that hold no record to a folder: the summary, the reports and where the tables lie."""
    with replacing_folder(folder) as draft:
        for file in run.iterdir():
            if file.is_file() and not file.name.startswith("."):
                shutil.copyfile(file, draft / file.name)


def remove_earlier(run: Path) -> None:
    """Remove the folders of other runs beside ``run``, but for one that another process works in."""
    for other in run.parent.iterdir():
        if other != run and other.is_dir():
            removed_if_unused(other)


def _published(run: Path) -> PublishedTables | None:
    """What the run wrote to the lake, if it was complete before."""
    file = run / PUBLISHED
    return PublishedTables.model_validate_json(file.read_text(encoding="utf-8")) if file.is_file() else None


def _written(run: Path, address: str, kind: str) -> TableVersion:
    frame = read_table(str(run / kind))
    return write_table(f"{address}/{kind}", frame, frame_digest(frame))
