"""Load a decision bundle, from a folder or from the registry."""

import logging
import re
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matchwright.adapters.registry import VersionInfo, challenger, champion, download_bundle, version_info
from matchwright.api.opening import opened
from matchwright.core.bundle import Bundle, register_use, use_on
from matchwright.core.bundle import load_bundle as load_folder
from matchwright.errors import DAMAGED, BundleError, RegistryError
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings
from matchwright.stated_register import StatedRegister
from matchwright.stated_register import stated_register as read_stated

_log = logging.getLogger(__name__)
_REGISTRY = "models:"
_REGISTERED = re.compile(r"models:/([^/@]+)(?:/(\d+)|@(\w+))")
_ALIASES = {"champion": champion, "challenger": challenger}


def load_bundle(
    source: Path | str,
    *,
    home: Path | str | None = None,
    stated_register: StatedRegister | Mapping[str, Any] | None = None,
) -> Bundle:
    """Verify a decision bundle and load it.

    Every file's hash and the signature are checked, and the bundle must reproduce its golden pairs.

    Args:
        source: the bundle's folder, or a registered model. ``models:/persons/1`` is version 1,
            ``models:/persons@champion`` is the released version, and ``models:/persons@challenger`` is the newest
            version whose gates passed.
        home: the home whose registry and keys are used. If it is not given, it is the one that a command would find.
        stated_register: the register that the bundle is used on: ``left_records`` and ``right_records``. A warning is
            logged if it is much larger than the one that the bundle learned from. With ``restate_prior``, every score
            is restated for it; ``matches`` is then an estimate of its matching pairs. Without it, the scores are for
            the register that the bundle learned from.

    Returns:
        The bundle: its ``model`` decides, ``card()`` is the model card in Markdown, and ``digest`` identifies it. The
        files of a registered bundle are a copy that is deleted with this object.

    Raises:
        BundleError: the folder holds no signed bundle, or the bundle is corrupt.
        RegistryError: there is no such version.
        HomeError: the source is a registered model, and there is no home.
        SettingsError: the stated register has faults, or the bundle cannot be restated for it.

    Example:
        >>> import matchwright
        >>> bundle = matchwright.load_bundle("models:/persons@champion")
        >>> bundle.model.spec.description
        'The same natural person in two registers'
        >>> sorted(bundle.model.spec.identity)
        ['date_of_birth', 'given_name', 'surname']
    """
    named = str(source)
    stated = None if stated_register is None else read_stated(stated_register)
    if not named.startswith(_REGISTRY):
        with opened(home, needed=False):
            bundle = use_on(load_folder(Path(source), secret(VERIFY_KEY)), stated)
        register_use(bundle).log(_log)
        return bundle
    with opened(home) as settings:
        version = _version(settings, named)
        folder = tempfile.mkdtemp(prefix="matchwright-bundle-")
        try:
            fetched = download_bundle(settings, version.name, version.version, Path(folder, "bundle"))
            bundle = use_on(load_folder(fetched, secret(VERIFY_KEY)), stated)
            if bundle.digest != version.digest:
                raise BundleError(f"{named} holds another bundle than was registered.", DAMAGED)
        except BaseException:
            shutil.rmtree(folder)
            raise
    register_use(bundle).log(_log)
    weakref.finalize(bundle, shutil.rmtree, folder, ignore_errors=True)
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
