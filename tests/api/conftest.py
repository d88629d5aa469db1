"""Fixtures for the Python API: a home with a registered version, and bundles."""

import shutil
from pathlib import Path

import pytest
from fixtures.keys import ENVIRONMENT
from fixtures.releases import Stage

from matchwright.adapters import registry
from matchwright.core.bundle import Bundle, load_bundle


@pytest.fixture
def released_home(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose champion is version 1 of persons. Only the home has the keys. A variable names the home."""
    registry.set_alias(stage.settings, "persons", "champion", "1")
    home = stage.settings.home
    (home / "secrets.env").write_text("".join(f"{name}={value}\n" for name, value in ENVIRONMENT.items()))
    for name in ENVIRONMENT:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(home))
    return home


@pytest.fixture
def bundle(trained_bundle: Path, verify_key: bytes) -> Bundle:
    """A verified bundle of persons."""
    return load_bundle(trained_bundle, verify_key)


@pytest.fixture
def limited_bundle(register_bundle: Path, verify_key: bytes) -> Bundle:
    """A verified bundle of persons that knows its own register: 800 and 800 records."""
    return load_bundle(register_bundle, verify_key)


@pytest.fixture
def altered_bundle(trained_bundle: Path, tmp_path: Path) -> Path:
    """A bundle that was changed after signing: the threshold for a match is lower."""
    folder = Path(shutil.copytree(trained_bundle, tmp_path / "altered"))
    (folder / "bands.json").write_text('{"review_from": 0.1, "match_from": 0.2}')
    return folder
