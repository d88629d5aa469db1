"""Fixtures for all tests."""

import os
from pathlib import Path

# One compute thread for each test process and its children: two processes run on two cores.
# Libraries read this when they are imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import hypothesis
import pytest
from fixtures.keys import ENVIRONMENT

from matchwright.settings import Settings, load_settings
from pipelines.environments import offer_environments

offer_environments()

pytest_plugins = [
    # whatever others import comes first: pytest rewrites the assertions of modules that it imports itself
    "fixtures.sharing",
    "fixtures.models",
    "fixtures.demo",
    "fixtures.endpoints",
    "fixtures.object_store",
    "fixtures.postgres",
    "fixtures.redis",
    "fixtures.registry",
    "fixtures.releases",
    "fixtures.training_run",
    "running.groups",
    "running.left_out",
    "pytester",
]

# The time of an example depends on how busy the machine is.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Known keys, so that one test can verify bundles of another."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The embedded defaults, with all state in a folder of this test."""
    return load_settings("local", home=tmp_path / "home", user="engineer")
