"""Fixtures for the serving tests."""

import base64
from collections.abc import Iterator

import pytest
from fixtures.models import SIGNING_KEY

from matchwright.secrets import IDENTIFIER_KEY, VERIFY_KEY, verify_key_of


@pytest.fixture(scope="module")
def module_secrets() -> Iterator[None]:
    """The test keys for what lives as long as a module, such as a loaded runtime."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(IDENTIFIER_KEY, base64.b64encode(b"identifier-key-of-the-test-suite").decode())
        patch.setenv(VERIFY_KEY, verify_key_of(SIGNING_KEY))
        yield
