"""The result of a run in the lake: one place for each target, which always has the last result."""

import re
import shutil
from pathlib import Path

from matchwright.adapters.lake.delta import TableVersion, frame_digest, read_table, write_table
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
    """Write the quarantine table of a run to the lake, also if the tables did not hold the limits of the spec.

    Raises:
        LakeError: the lake cannot be written.
    """
    return _published(run, address, QUARANTINE)


def publish(run: Path, name: str, address: str) -> PublishedTables:
    """Write the tables of a complete run to the lake. What is there already is not written again.

    Each table is one commit. If this is killed between two of them, the next run writes the others.

    Args:
        run: the folder of the run.
        name: its name, which each row of pairs, clusters and review has in its column ``run``.
        address: of the target, see :func:`lake_address`.

    Raises:
        LakeError: the lake cannot be written.
    """
    kinds = (QUARANTINE, CLUSTERS, REVIEW, PAIRS)
    return PublishedTables(run=name, tables={kind: _published(run, address, kind) for kind in kinds})


def without_tables(run: Path, folder: Path, published: PublishedTables | None = None) -> None:
    """Copy the files of a run that hold no record to a folder: the summary, the reports and where the tables lie."""
    with replacing_folder(folder) as draft:
        for file in run.iterdir():
            if file.is_file() and not file.name.startswith("."):
                shutil.copyfile(file, draft / file.name)
        if published is not None:
            write_whole(draft / PUBLISHED, published.model_dump_json(indent=1) + "\n")


def remove_earlier(run: Path) -> None:
    """Remove the folders of other runs beside ``run``, but for one that another process works in."""
    for other in run.parent.iterdir():
        if other != run and other.is_dir():
            removed_if_unused(other)


def _published(run: Path, address: str, kind: str) -> TableVersion:
    frame = read_table(str(run / kind))
    return write_table(f"{address}/{kind}", frame, frame_digest(frame))
