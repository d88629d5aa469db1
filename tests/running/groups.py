"""Which tests run on the same worker of xdist, and in what order.

Tests of one file stay together, so that a module's fixture is made once. Files that share a slow fixture and change it,
such as the registry of a training run, also stay together. These groups run first: if a long group ran last, one worker
would be busy while the other is idle.

xdist's own ``--dist loadgroup`` does not work: with pytest 9.2 it ignores its ``xdist_group`` marks.
"""

from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = {
    "demo": ("test_demo.py", "test_readme.py"),
    "trained_run": (
        "test_evaluate.py",
        "test_explain.py",
        "test_imported_scorer_step.py",
        "test_register.py",
        "test_train.py",
    ),
}
"""The slow fixtures of a session, the slowest first, and the files that use each."""

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
        pytest.UsageError: a test uses a slow fixture, and its file is not in the fixture's group.
    """
    for item in items:
        group = group_of(item.nodeid)
        for fixture in TOGETHER.keys() & set(getattr(item, "fixturenames", ())):
            if fixture != group:
                raise pytest.UsageError(f"{item.nodeid} uses {fixture}: add its file to TOGETHER in {__file__}")
    items.sort(key=lambda item: _TURN.get(group_of(item.nodeid), len(_TURN)))
