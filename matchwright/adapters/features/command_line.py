"""Run Feast's own command line on the feature store that the settings name."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from matchwright.adapters.features.connect import store_config
from matchwright.adapters.features.definitions import definitions, feature_sets, source_path
from matchwright.errors import FeatureStoreError
from matchwright.settings import PREFIX, Settings

_SQLITE = "sqlite:///"


def all_definitions(settings: Settings, config: Path) -> dict[str, Any]:
    """Feast's objects of every feature version, by name. Versions may share an entity, which is listed once.

    Args:
        settings: the environment that holds the feature sets.
        config: the ``feature_store.yaml`` that Feast uses.

    Raises:
        FeatureStoreError: ``config`` names another registry. Feast would delete from it what is not defined here.
    """
    theirs = yaml.safe_load(os.path.expandvars(config.read_text(encoding="utf-8")))["registry"]["path"]
    ours = store_config(settings)["registry"]["path"]
    if _absolute(theirs) != _absolute(ours):
        raise FeatureStoreError(
            f"{config.name} does not name the feature registry of the home {settings.home}.",
            "use 'python -m feature_repo', which follows MATCHWRIGHT_HOME and MATCHWRIGHT_ENVIRONMENT, "
            "or unset them to work on the project's own home",
        )
    found: dict[str, Any] = {}
    for feature_set in feature_sets(settings):
        found |= definitions(feature_set, source_path(settings, feature_set.name))
    return found


def run_feast(settings: Settings, repository: Path, arguments: Sequence[str]) -> None:
    """Run a ``feast`` command on ``repository`` with a ``feature_store.yaml`` made from the settings."""
    from feast.cli.cli import cli
    from feast.constants import FEAST_FS_YAML_FILE_PATH_ENV_NAME

    # a temporary file outside the repository, because it may hold the online store's password
    handle, path = tempfile.mkstemp(suffix=".yaml")
    # Feast changes to the repository's folder before it reads the definitions, which open the settings again
    os.environ |= {f"{PREFIX}HOME": str(settings.home.absolute()), FEAST_FS_YAML_FILE_PATH_ENV_NAME: path}
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yaml.safe_dump(store_config(settings), file)
        cli(["-c", str(repository), *arguments], standalone_mode=False)
    finally:
        os.unlink(path)


def _absolute(registry: str) -> str:
    """The registry with an absolute path: SQLite reads a path relative to the current folder."""
    is_file = registry.startswith(_SQLITE)
    return f"{_SQLITE}{Path(registry.removeprefix(_SQLITE)).resolve()}" if is_file else registry
