"""The environments of this project: one YAML each, in the folder ``configs``."""

import os
from pathlib import Path

from matchwright.settings import CONFIGS, Settings, load_settings

FOLDER = Path(__file__).parent / "configs"


def offer_environments() -> None:
    """Set ``MATCHWRIGHT_CONFIGS`` to the folder, for this process and its children, unless it is set already."""
    os.environ.setdefault(CONFIGS, str(FOLDER))


def open_environment(environment: str = "") -> Settings:
    """The settings of an environment by its name here, or by a path to its file.

    Raises:
        SettingsError: there is no such environment, or it has faults.
    """
    offer_environments()
    return load_settings(environment)
