"""The registry follows its home: after a home was moved, its locations are written anew.

MLflow stores the absolute location of every artefact in its database. In a home that was moved, renamed or restored
elsewhere they would name a folder that is gone, and MLflow would write to that folder again.
"""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from matchwright.errors import RegistryError
from matchwright.settings import Settings

_log = logging.getLogger(__name__)
_ARTIFACTS = "/mlflow/artifacts"
_COLUMNS = {
    "experiments": ("artifact_location",),
    "runs": ("artifact_uri",),
    "logged_models": ("artifact_location",),
    "model_versions": ("source", "storage_location"),
}
"""Where MLflow's database names a location."""
_SECONDS = 30.0


def follow_home(settings: Settings) -> int:
    """Make the embedded registry name this home, if it names another one. Return how many locations were changed.

    One transaction changes all of them, so a killed process leaves either the old ones or the new ones. A store with an
    address of its own, or with artefacts elsewhere, is left alone.

    Raises:
        RegistryError: the database cannot be written.
    """
    file = settings.path("mlflow", "mlflow.db")
    if settings.registry.tracking_uri or settings.registry.artifact_uri or not file.is_file():
        return 0
    here = settings.artifact_uri
    if not _others(file, here):
        return 0
    try:
        with closing(sqlite3.connect(file, timeout=_SECONDS, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")  # another process may be doing the same
            before = _roots(database, here)
            changed = sum(_renamed(database, there, here) for there in before)
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise RegistryError(
            f"The home was moved, and its registry cannot be written ({type(error).__name__}).",
            f"make {file} writable, or move the home back",
        ) from error
    if changed:
        _log.warning("The home was moved here from another place: %d locations in its registry were updated.", changed)
    return changed


def _others(file: Path, here: str) -> list[str]:
    """The other places that the registry names. None if it cannot be read: MLflow reports that better."""
    try:
        # read-only, because a home that was not moved need not be writable
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=_SECONDS)) as database:
            return _roots(database, here)
    except sqlite3.Error:
        return []


def _roots(database: sqlite3.Connection, here: str) -> list[str]:
    rows = database.execute("SELECT artifact_location FROM experiments WHERE artifact_location LIKE 'file:%'")
    roots = {str(location).rpartition("/")[0] for (location,) in rows}
    return sorted(root for root in roots if root.endswith(_ARTIFACTS) and root != here)


def _renamed(database: sqlite3.Connection, there: str, here: str) -> int:
    length = len(there)
    return sum(
        database.execute(
            f"UPDATE {table} SET {column} = ? || substr({column}, ?) WHERE substr({column}, 1, ?) = ?",  # noqa: S608
            (here, length + 1, length + 1, f"{there}/"),
        ).rowcount
        for table, columns in _COLUMNS.items()
        for column in columns
    )
