"""Digests of what a result depends on besides its arguments: the code and the content of the input files."""

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from matchwright.errors import DataError

_PACKAGES = ("matchwright", "components", "feature_repo")
_OUTSIDE_OF_RESULTS = ("matchwright/cli.py", "matchwright/api/", "matchwright/commands/")


def code_digest() -> str:
    """SHA-256 over the code that makes results and the versions of its libraries.

    The engine's cache looks only at arguments. Without this digest it would return results of older code.
    """
    digest = hashlib.sha256()
    for name, path in _sources():
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for line in _libraries():
        digest.update(f"{line}\0".encode())
    return digest.hexdigest()


def data_digest(locations: Iterable[str]) -> str:
    """SHA-256 over the content of local files and of the files in local folders; of a Delta table, its current version.

    A file in an object store is not read here, so it counts as changed every time, and the data is read again. Missing
    files are not an error here: ingest reports them.
    """
    digest = hashlib.sha256()
    for location in locations:
        path = Path(location)
        if "://" in location:
            digest.update(uuid4().bytes)
        elif path.is_file():
            digest.update(_of_file(path))
        elif location and path.is_dir():  # an empty location is none, and not the current folder
            digest.update(_of_folder(path))
        digest.update(f"\0{location != ''}\0{path.suffix}\0".encode())
    return digest.hexdigest()


def _of_folder(path: Path) -> bytes:
    if (path / "_delta_log").is_dir():
        from matchwright.adapters.tables.read import content_digest

        with suppress(DataError):  # the step that reads it says why it cannot be read
            return bytes.fromhex(content_digest(str(path)))
    digest = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(path).as_posix()}\0".encode() + _of_file(file))
    return digest.digest()


def _of_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _sources() -> list[tuple[str, Path]]:
    found = []
    for package in _PACKAGES:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            root = Path(folder)
            found += [
                (f"{package}/{path.relative_to(root).as_posix()}", path)
                for path in root.rglob("*")
                if path.is_file() and "__pycache__" not in path.parts
            ]
    return sorted((name, path) for name, path in found if not name.startswith(_OUTSIDE_OF_RESULTS))


def _libraries() -> list[str]:
    """The installed versions of the libraries that this package requires, except those for development."""
    wanted = {
        re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower()
        for line in requires("matchwright") or ()
        if "extra == 'dev'" not in line.replace('"', "'")
    }
    return sorted(f"{name}=={_version(name)}" for name in wanted)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
