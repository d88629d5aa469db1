"""Fetch the bundle of a registered version for a step that needs its files."""

from pathlib import Path

from matchwright.adapters.registry import champion, download_bundle
from matchwright.core.bundle import verify_bundle
from matchwright.errors import RegistryError
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings


def fetch_champion(*, settings: Settings, name: str, version: str = "", bundle: Path) -> dict[str, str]:
    """Download and verify the bundle of ``version``, or of the champion, into the folder ``bundle``.

    Returns:
        name, version and digest.

    Raises:
        RegistryError: there is no such version, or no version was released yet.
        BundleError: the bundle does not verify.
    """
    if not version:
        serving = champion(settings, name)
        if serving is None:
            raise RegistryError(f"Model '{name}' has no champion.", f"release one first: matchwright release {name}")
        version = serving.version
    _, digest = verify_bundle(download_bundle(settings, name, version, bundle), secret(VERIFY_KEY))
    return {"name": name, "version": version, "digest": digest}
