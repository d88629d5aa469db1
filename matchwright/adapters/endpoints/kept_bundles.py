"""Copies of bundles that a local endpoint serves from, one folder per digest."""

import filecmp
import json
import os
import re
import shutil
from collections.abc import Collection
from pathlib import Path

from matchwright.core.bundle.manifest import MANIFEST


def keep_bundle(bundle: Path, folder: Path, digest: str) -> Path:
    """Copy the bundle to ``folder/digest``, completely or not at all. A copy that differs is replaced."""
    kept = folder / digest
    if kept.exists() and (kept.samefile(bundle) or _alike(bundle, kept)):
        return kept
    draft = folder / f".{digest}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(bundle, draft)
    if kept.exists():
        damaged = folder / f".{digest}.{os.getpid()}.damaged"
        kept.rename(damaged)
        draft.rename(kept)
        shutil.rmtree(damaged)
    else:
        draft.rename(kept)
    return kept


def drop_bundles(folder: Path, keep: Collection[str]) -> None:
    """Remove the copies of all other bundles, and incomplete copies."""
    for entry in folder.iterdir():
        if re.fullmatch(r"\.?[0-9a-f]{64}(\..*)?", entry.name) and entry.name not in keep:
            shutil.rmtree(entry)


def bundle_label(bundle: Path) -> str:
    """Name and version of a bundle, for display. Empty if the folder has no bundle."""
    manifest = bundle / MANIFEST
    if not manifest.is_file():
        return ""
    document = json.loads(manifest.read_text(encoding="utf-8"))
    return f"{document['name']} {document['version']}"


def _alike(one: Path, other: Path) -> bool:
    names = sorted(path.name for path in one.iterdir())
    if names != sorted(path.name for path in other.iterdir()):
        return False
    _, mismatch, unreadable = filecmp.cmpfiles(one, other, names, shallow=False)
    return not mismatch and not unreadable
