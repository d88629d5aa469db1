"""Feast's own command line, on the feature store that the settings name."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from matchwright.adapters.features.connect import store_config
from matchwright.adapters.features.definitions import definitions, feature_sets, source_path
from matchwright.settings import Settings


def all_definitions(settings: Settings) -> dict[str, Any]:
    """Feast's objects of every feature version, by name; an entity that versions share stands once."""
    found: dict[str, Any] = {}
    for feature_set in feature_sets(settings):
        found |= definitions(feature_set, source_path(settings, feature_set.name))
    return found


def run_feast(settings: Settings, repository: Path, arguments: Sequence[str]) -> int:
    """Run a ``feast`` command on ``repository`` with a ``feature_store.yaml`` made from the settings."""
    from feast.cli.cli import cli

    # outside the repository and only for this run: it may hold the online store's password
    handle, path = tempfile.mkstemp(suffix=".yaml")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yaml.safe_dump(store_config(settings), file)
        cli(["-c", str(repository), "-f", path, *arguments], standalone_mode=False)
    finally:
        os.unlink(path)
    return 0
