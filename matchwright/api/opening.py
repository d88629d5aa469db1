"""Opening the environment for a call: as the commands do, but without leaving keys in the process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matchwright.errors import SettingsError
from matchwright.home import fault_of_path, fault_of_place, require_home, require_writable
from matchwright.secrets import IDENTIFIER_KEY, SIGNING_KEY, VERIFY_KEY, ensure_local_secrets, load_local_secrets
from matchwright.settings import Settings
from matchwright.storage import storage_reported
from pipelines.environments import open_environment


@contextmanager
def opened(home: Path | str | None, *, make: bool = False, needed: bool = True) -> Iterator[Settings]:
    """The environment's settings. During the block the keys of its home are environment variables.

    After the block these variables have their old values. So a process can work in two homes one after the other, and
    never signs with the keys of the other home.

    Args:
        home: the home's folder. If it is None, it is the one that a command would find from the current folder.
        make: in the environment ``local``, make the home and its keys if there are none.
        needed: in the environment ``local``, the home must exist.

    Raises:
        HomeError: there is no home, and one is needed.
        SettingsError: the environment has faults.
    """
    settings = open_environment()
    if home is not None:
        settings = settings.model_copy(update={"home": Path(home).absolute()})
        if fault := fault_of_path(settings.home) or fault_of_place(settings.home):
            raise SettingsError("This home cannot be used:", [fault])
    with _own_keys():
        if settings.environment == "local":
            if make:
                require_writable(settings.home)
                ensure_local_secrets(settings.home)
            elif needed:
                require_home(settings.home)
            load_local_secrets(settings.home)
        with storage_reported(settings.home):
            yield settings


@contextmanager
def _own_keys() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in (IDENTIFIER_KEY, SIGNING_KEY, VERIFY_KEY)}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
