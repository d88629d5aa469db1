"""Which tests run on the same worker of xdist, and in what order.

Tests of one file stay together, so that a fixture of a module is made once. So do the files that use a thing that takes
long to make and that they change a little, such as the registry of a training run. These begin first: a long group that
begins last would keep one worker busy while the other is idle.

xdist's own ``--dist loadgroup`` cannot do it: with pytest 9.2 it ignores its ``xdist_group`` marks.
"""

from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = {
    "demo": ("test_demo.py", "test_readme.py"),
    "trained_run": ("test_evaluate.py", "test_explain.py", "test_import.py", "test_register.py", "test_train.py"),
}
"""A session's long fixtures, the longest first, and the files that use each."""

_FIXTURE_OF = {file: fixture for fixture, files in TOGETHER.items() for file in files}
_TURN = {fixture: turn for turn, fixture in enumerate(TOGETHER)}


class Groups(LoadFileScheduling):
    """Gives each worker a group at a time."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The long fixture that a test's file uses, else the file."""
    file = nodeid.partition("::")[0]
    return _FIXTURE_OF.get(PurePosixPath(file).name, file)


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups | None:
    return Groups(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long groups first.

    Raises:
        pytest.UsageError: a test uses a long fixture that it does not share a worker with.
    """
    for item in items:
        group = group_of(item.nodeid)
        for fixture in TOGETHER.keys() & set(getattr(item, "fixturenames", ())):
            if fixture != group:
                raise pytest.UsageError(f"{item.nodeid} uses {fixture}: add its file to TOGETHER in {__file__}")
    items.sort(key=lambda item: _TURN.get(group_of(item.nodeid), len(_TURN)))
