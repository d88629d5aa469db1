"""Which tests run on the same worker of xdist, and in what order.

Tests of one file stay together, so that fixtures of a module are made once. So do all tests of a thing that is long to
make and that its tests change a little, such as the registry of a training run. These begin first: a long group that
begins last would keep one worker busy while the other is idle.
"""

import pytest

LONG = ("demo", "trained_run")
"""Fixtures whose tests form a group each, the longest first."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its group, and put the long groups first."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item)))
    items.sort(key=_turn)


def group_of(item: pytest.Item) -> str:
    """The long fixture that a test uses, else its file."""
    return next((name for name in LONG if name in _fixtures(item)), item.nodeid.partition("::")[0])


def _turn(item: pytest.Item) -> int:
    return next((turn for turn, name in enumerate(LONG) if name in _fixtures(item)), len(LONG))


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])
