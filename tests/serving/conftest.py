"""Fixtures for the serving tests."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from fixtures.models import SIGNING_KEY
from fixtures.stores import Stores

from matchwright.core.bundle import Bundle, load_bundle
from matchwright.secrets import IDENTIFIER_KEY, VERIFY_KEY, verify_key_of


@pytest.fixture(scope="module")
def module_secrets() -> Iterator[None]:
    """The test keys for what lives as long as a module, such as a loaded runtime."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(IDENTIFIER_KEY, base64.b64encode(b"identifier-key-of-the-test-suite").decode())
        patch.setenv(VERIFY_KEY, verify_key_of(SIGNING_KEY))
        yield


@pytest.fixture(scope="module")
def bundle(trained_bundle: Path, verify_key: bytes) -> Bundle:
    return load_bundle(trained_bundle, verify_key)


@pytest.fixture
def stores(small_world) -> Stores:
    return Stores(small_world.features)
