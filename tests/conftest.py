"""Fixtures every test may use."""

import base64
from pathlib import Path

import pytest
from fixtures.models import SIGNING_KEY

from matchwright.secrets import IDENTIFIER_KEY, VERIFY_KEY, verify_key_of
from matchwright.secrets import SIGNING_KEY as SIGNING_NAME
from matchwright.settings import Settings, load_settings
from pipelines.environments import offer_environments

offer_environments()

pytest_plugins = [
    "fixtures.endpoints",
    "fixtures.models",
    "fixtures.object_store",
    "fixtures.postgres",
    "fixtures.redis",
    "fixtures.registry",
    "fixtures.releases",
    "fixtures.training_run",
]


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Known keys, so that bundles of one test can be verified in another."""
    monkeypatch.setenv(IDENTIFIER_KEY, base64.b64encode(b"identifier-key-of-the-test-suite").decode())
    monkeypatch.setenv(SIGNING_NAME, base64.b64encode(SIGNING_KEY).decode())
    monkeypatch.setenv(VERIFY_KEY, verify_key_of(SIGNING_KEY))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The embedded defaults, all state in a folder of this test."""
    return load_settings("local", home=tmp_path / "home", user="engineer")
