"""The lock installs on every Python 3.11. Debian 12 has 3.11.2."""

from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

LOCK = Path(__file__).parents[2] / "requirements.lock"
SPARK = LOCK.with_name("requirements-spark.lock")
OLDEST_PYTHON = "3.11.0"


def locked(lock: Path = LOCK) -> list[Requirement]:
    lines = (line.strip() for line in lock.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def test_the_lock_names_each_package_once_with_its_version():
    names = [requirement.name.lower() for requirement in locked()]
    assert len(names) == len(set(names)) > 200
    assert all(str(requirement.specifier).startswith("==") for requirement in locked())


@pytest.mark.parametrize("requirement", locked(), ids=lambda requirement: requirement.name)
def test_every_locked_package_accepts_the_oldest_python(requirement):
    installed = distribution(requirement.name)
    assert requirement.specifier.contains(installed.version.partition("+")[0])
    assert SpecifierSet(installed.metadata.get("Requires-Python") or "").contains(OLDEST_PYTHON)


def test_the_packages_of_spark_are_in_a_lock_of_their_own():
    beside = {requirement.name for requirement in locked(SPARK)}
    assert {"pyspark", "py4j"} < beside
    assert beside.isdisjoint(requirement.name for requirement in locked())
    assert all(str(requirement.specifier).startswith("==") for requirement in locked(SPARK))
