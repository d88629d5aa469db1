"""Packing a bundle as ``model.tar.gz``. The same bundle gives the same bytes."""

import gzip
import tarfile
import zlib
from pathlib import Path

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
        BundleError: the archive is damaged, or would write outside ``folder``.
    """
    try:
        with gzip.open(archive) as zipped, tarfile.open(fileobj=zipped, mode="r:") as tar:
            tar.extractall(folder, filter="data")
            while zipped.read(1 << 20):  # the checksum is at the end of the file, which tar alone does not read
                pass
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BundleError(f"{archive.name} cannot be unpacked.", "fetch the bundle again") from error
