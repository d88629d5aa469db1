"""Print at the end of a run how many slow tests were left out."""

from collections.abc import Sequence
from typing import Any

import pytest

_COUNT = pytest.StashKey[int]()
_OUTPUT = "slow_tests_left_out"


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_COUNT] = 0


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("slow"):
            item.config.stash[_COUNT] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the number from a worker of xdist to the process that started it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_OUTPUT] = session.config.stash[_COUNT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Read the number. Every worker collects all tests, so each has the same number."""
    node.config.stash[_COUNT] = getattr(node, "workeroutput", {}).get(_OUTPUT, 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.option.markexpr == "not slow":
        terminalreporter.write_line(f"{config.stash[_COUNT]} slow tests were left out. `make test-all` runs all tests.")
