"""Packing a bundle as ``model.tar.gz``. The same bundle gives the same bytes."""

import gzip
import shutil
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from matchwright.errors import BundleError


def pack_bundle(folder: Path, archive: Path) -> None:
    """Write the bundle's files to the root of a ``.tar.gz``, without the times, owners and modes of this machine."""
    draft = archive.with_name(f".{archive.name}.draft")
    with (
        draft.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path in sorted(folder.iterdir()):
            entry = tarfile.TarInfo(path.name)
            entry.size, entry.mode = path.stat().st_size, 0o644
            with path.open("rb") as file:
                tar.addfile(entry, file)
    draft.replace(archive)


def unpack_bundle(archive: Path, folder: Path) -> None:
    """Unpack what :func:`pack_bundle` wrote.

    Raises:
        BundleError: the archive is damaged, or has a member that is not a file at its root.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with gzip.open(archive) as zipped, tarfile.open(fileobj=zipped, mode="r:") as tar:
            for member in tar:
                _unpack(tar, member, folder)
            while zipped.read(1 << 20):  # the checksum is at the end of the file, which tar alone does not read
                pass
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BundleError(f"{archive.name} cannot be unpacked.", "fetch the bundle again") from error


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one file. tarfile's own filter for this is not in every Python 3.11: Debian 12 has 3.11.2."""
    place = PurePosixPath(member.name)
    if member.isdir() and not place.parts:
        return  # other tools write the root itself as "."
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or len(place.parts) != 1 or place.name in ("", ".."):
        raise tarfile.ExtractError("not a file at the root of the archive")
    with content, (folder / place.name).open("wb") as file:
        shutil.copyfileobj(content, file)
