"""A registered bundle, verified and loaded from a copy that is deleted with it."""

import re
import shutil
import tempfile
import weakref
from pathlib import Path

from matchwright.adapters.registry import VersionInfo, challenger, champion, download_bundle, version_info
from matchwright.core.bundle import Bundle, load_bundle
from matchwright.errors import DAMAGED, BundleError, RegistryError
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings

PREFIX = "models:"
_REGISTERED = re.compile(r"models:/([^/@]+)(?:/(\d+)|@(\w+))")
_ALIASES = {"champion": champion, "challenger": challenger}


def load_registered(settings: Settings, named: str) -> Bundle:
    """The bundle of ``models:/NAME/VERSION`` or ``models:/NAME@ALIAS``.

    Raises:
        RegistryError: there is no such version.
        BundleError: the bundle is corrupt, or is not the one that was registered.
    """
    version = _version(settings, named)
    folder = tempfile.mkdtemp(prefix="matchwright-bundle-")
    try:
        fetched = download_bundle(settings, version.name, version.version, Path(folder, "bundle"))
        bundle = load_bundle(fetched, secret(VERIFY_KEY))
        if bundle.digest != version.digest:
            raise BundleError(f"{named} holds another bundle than was registered.", DAMAGED)
    except BaseException:
        shutil.rmtree(folder)
        raise
    # the model is kept by what the bundle is replaced with, such as one for a stated register
    weakref.finalize(bundle.model.spec, shutil.rmtree, folder, ignore_errors=True)
    return bundle


def _version(settings: Settings, named: str) -> VersionInfo:
    found = _REGISTERED.fullmatch(named)
    if found is None or (found[3] and found[3] not in _ALIASES):
        raise RegistryError(
            f"'{named}' names no registered model.",
            f"write models:/NAME/VERSION, or models:/NAME@ALIAS with {' or '.join(_ALIASES)}",
        )
    name, number, alias = found.groups()
    if number:
        return version_info(settings, name, number)
    version = _ALIASES[alias](settings, name)
    if version is None:
        hint = "matchwright release puts an approved version there" if alias == "champion" else "train one"
        raise RegistryError(f"Model '{name}' has no {alias}.", hint)
    return version
