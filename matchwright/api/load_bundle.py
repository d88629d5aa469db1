"""Load a decision bundle, from a folder or from the registry."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matchwright.api.opening import opened
from matchwright.core.bundle import Bundle, register_use, use_on
from matchwright.core.bundle import load_bundle as load_folder
from matchwright.operations.registered_bundle import PREFIX, load_registered
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.stated_register import StatedRegister
from matchwright.stated_register import stated_register as read_stated

_log = logging.getLogger(__name__)


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
    if not named.startswith(PREFIX):
        with opened(home, needed=False):
            bundle = use_on(load_folder(Path(source), secret(VERIFY_KEY)), stated)
        register_use(bundle).log(_log)
        return bundle
    with opened(home) as settings:
        bundle = use_on(load_registered(settings, named), stated)
    register_use(bundle).log(_log)
    return bundle
