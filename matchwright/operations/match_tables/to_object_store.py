"""Match whole tables into an object store: the run works in a local folder, and is published when it is complete."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matchwright.adapters.lake.delta import frame_digest, read_table, write_table
from matchwright.adapters.lake.store import Store
from matchwright.core.bundle import Bundle
from matchwright.errors import MatchingError
from matchwright.matching.partitions import Report, silent
from matchwright.operations.match_tables.complete_run import CompleteRun, identity_in
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.match import identity_of, match_tables, run_name
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.operations.match_tables.outputs import CLUSTERS, PAIRS, REVIEW
from matchwright.operations.match_tables.register import QUARANTINE
from matchwright.operations.match_tables.run_folder import ANOTHER_FOLDER, RUN, SUMMARY, RunIdentity, differing

TABLES = (CLUSTERS, REVIEW, PAIRS, QUARANTINE)
_TEMPORARY = "."
"""The first letter of the names of files that belong to nobody but the process that works in the folder."""


def match_to_object_store(
    bundle: Bundle,
    inputs: Sequence[MatchInput],
    address: str,
    runs: Path,
    options: MatchOptions | None = None,
    report: Report = silent,
) -> dict[str, Any]:
    """As :func:`~matchwright.operations.match_tables.match.match_tables`, with the result below ``address``.

    If the run is killed while it matches, it goes on in its local folder. If it is killed while it publishes, the same
    files are published again. The local folder is removed when all is published. A run that is published already is not
    run again.

    Args:
        bundle: decides.
        inputs: one table, or the left and the right one.
        address: such as ``s3://bucket/prefix``. It belongs to this run alone.
        runs: the local folder for the folders of runs.
        options: how.
        report: called after each partition.

    Returns:
        The content of ``summary.json``.

    Raises:
        MatchingError: the prefix belongs to another run, or holds other files.
        LakeError: the object store cannot be read or written.
        DataError: as in ``match_tables``, and so are QualityError, CandidateError and SettingsError.
    """
    options = options or MatchOptions()
    store, identity = Store(address), identity_of(bundle, inputs, options)
    _demand_own(store, identity)
    if store.read(SUMMARY) is not None:
        return CompleteRun(store, identity).summary()
    store.put(RUN, identity.content().encode())  # before the work, to say whose the prefix is, and that it is writable
    runs.mkdir(parents=True, exist_ok=True)
    runs.chmod(0o700)
    folder = runs / run_name(identity)
    summary = match_tables(bundle, inputs, folder, options, report)
    publish_run(folder, store, identity)
    shutil.rmtree(folder)
    return summary


def publish_run(folder: Path, store: Store, identity: RunIdentity) -> None:
    """Copy a complete run to an object store, so that a reader never takes a part of it for the whole.

    ``run.json`` is there already, and says whose the prefix is. Last comes ``summary.json``, which says that the run is
    complete. Each table is one commit. A table that is there already is not written again.

    Raises:
        MatchingError: another run has written there in the meantime.
        LakeError: the object store cannot be written.
    """
    for name in TABLES:
        table = read_table(str(folder / name))
        write_table(store.uri(name), table, frame_digest(table))
    files = (path for path in folder.iterdir() if path.is_file() and not path.name.startswith(_TEMPORARY))
    for path in sorted(files):
        if path.name not in (RUN, SUMMARY):
            store.copy(path.name, path)
    _demand_own(store, identity)
    store.copy(SUMMARY, folder / SUMMARY)


def _demand_own(store: Store, identity: RunIdentity) -> None:
    found = identity_in(store)
    if found is None and not store.is_empty():
        raise MatchingError(f"{store.address} holds files that no run wrote.", ANOTHER_FOLDER)
    if found is not None and (names := differing(found, identity)):
        raise MatchingError(
            f"{store.address} holds another run: its {' and '.join(names)} differ.",
            f"{ANOTHER_FOLDER}, or remove this one",
        )
