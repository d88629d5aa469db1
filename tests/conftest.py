"""Fixtures for all tests."""

import os
from pathlib import Path

# Each test process and its children use one compute thread, because two processes run on two cores.
# Libraries read these variables when they are imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import hypothesis
import pytest
from fixtures.keys import ENVIRONMENT

from matchwright.settings import Settings, load_settings
from pipelines.environments import offer_environments

offer_environments()

pytest_plugins = [
    # Modules that others import come first: pytest rewrites the assertions only of modules that it imports itself.
    "fixtures.sharing",
    "fixtures.models",
    "fixtures.demo",
    "fixtures.endpoints",
    "fixtures.object_store",
    "fixtures.postgres",
    "fixtures.redis",
    "fixtures.register_run",
    "fixtures.registry",
    "fixtures.releases",
    "fixtures.spark",
    "fixtures.training_run",
    "running.groups",
    "running.left_out",
    "pytester",
]

# The time of an example depends on other work of the machine, so examples have no deadline.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set fixed keys, so that one test can verify the bundles of another test."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Default settings. All state is in a folder of this test."""
    return load_settings("local", home=tmp_path / "home", user="engineer")
