"""How all commands load their settings."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from matchwright.settings import Settings

Environment = Annotated[str, typer.Option(help="The name of a file in pipelines/configs, or a path to such a file.")]

homes: "list[Path]" = []
"""The homes that this process has opened, the newest last: an error of the device names the home."""


def opened(environment: str) -> "Settings":
    """Settings for a command that may create a home. In ``local`` the keys are created on first use."""
    from matchwright.home import require_writable
    from matchwright.secrets import ensure_local_secrets

    settings = settings_of(environment)
    if settings.environment == "local":
        require_writable(settings.home)
        ensure_local_secrets(settings.home)
    return settings


def opened_to_read(environment: str) -> "Settings":
    """Settings for a command that creates no home and no keys.

    Raises:
        HomeError: the environment is ``local`` and there is no home here.
    """
    from matchwright.home import require_home
    from matchwright.secrets import load_local_secrets

    settings = settings_of(environment)
    if settings.environment == "local":
        require_home(settings.home)
        load_local_secrets(settings.home)
    return settings


def settings_of(environment: str) -> "Settings":
    """Settings for a command that needs no home."""
    from pipelines.environments import open_environment

    settings = open_environment(environment)
    homes.append(settings.home)
    return settings
