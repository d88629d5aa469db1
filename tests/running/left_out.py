"""Print the number of skipped slow tests at the end of a run."""

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
    """Send the number from an xdist worker to the main process."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_OUTPUT] = session.config.stash[_COUNT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Receive the number from a worker. Every worker collects all tests, so all workers have the same number."""
    node.config.stash[_COUNT] = getattr(node, "workeroutput", {}).get(_OUTPUT, 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.option.markexpr == "not slow":
        terminalreporter.write_line(f"{config.stash[_COUNT]} slow tests were left out. `make test-all` runs all tests.")
