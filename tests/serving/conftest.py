"""Fixtures for the serving tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixtures.keys import keys_of_the_suite
from fixtures.stores import Stores

from matchwright.core.bundle import Bundle, load_bundle


@pytest.fixture(scope="module")
def module_secrets() -> Iterator[None]:
    """Set the test keys for the fixtures of a module, such as a loaded runtime."""
    with keys_of_the_suite():
        yield


@pytest.fixture(scope="module")
def bundle(trained_bundle: Path, verify_key: bytes) -> Bundle:
    return load_bundle(trained_bundle, verify_key)


@pytest.fixture
def stores(small_world) -> Stores:
    return Stores(small_world.features)
