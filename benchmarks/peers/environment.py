"""A virtual environment for a peer, with the versions that its requirements pin. The library needs none of them."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from matchwright.errors import MatchwrightError

ENVIRONMENTS = Path("build/peers")
DONE = ".complete"


class PeerError(MatchwrightError):
    """A peer could not be installed or did not run to its end."""


def environment(folder: Path, environments: Path = ENVIRONMENTS) -> Path:
    """The Python of a peer's environment, which is made unless there is one with these versions.

    Args:
        folder: of the peer, with its requirements.txt. Every package in it is pinned, so none is resolved.
        environments: where environments are kept.

    Raises:
        PeerError: the packages could not be installed.
    """
    requirements = folder / "requirements.txt"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    made = environments.absolute() / f"{folder.name}-{digest}"
    python = made / "bin" / "python"
    if (made / DONE).exists():
        return python
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(made)], check=True)
        subprocess.run([*install, "--requirement", str(requirements)], check=True, env=clean_variables())
    except subprocess.CalledProcessError as error:
        raise PeerError(
            f"The packages of {requirements} were not installed: {error}",
            "look at what pip printed above; the peers need an index of Python packages",
        ) from error
    (made / DONE).touch()
    return python


def clean_variables() -> dict[str, str]:
    """The environment variables without what would show a peer the packages of this environment."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
