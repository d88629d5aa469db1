"""The groups of tests that run on the same xdist worker, and the order of the groups.

The tests of one file are one group, so that a module fixture is made once. Files that use and change the same slow
fixture, such as the registry of a training run, are also one group. These groups run first. If a long group ran last,
one worker would be busy while the other is idle.

The option ``--dist loadgroup`` of xdist does not work: with pytest 9.2 it ignores the ``xdist_group`` marks.
"""

from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = {
    "demo": ("test_demo.py", "test_readme.py"),
    "trained_run": (
        "test_competing_reasons.py",
        "test_decision_parity.py",
        "test_evaluate.py",
        "test_explain.py",
        "test_imported_scorer_step.py",
        "test_ranked_strangers.py",
        "test_register.py",
        "test_train.py",
        "test_whole_tables.py",
        "test_true_hints.py",
        "test_unseen_values.py",
    ),
    "register_run": (
        "test_explain_matches.py",
        "test_match_command.py",
        "test_match_tables.py",
        "test_neighbours_in_steps.py",
        "test_register_scoring.py",
        "test_spark_blocks.py",
        "test_spark_cluster.py",
        "test_spark_matches.py",
        "test_spark_session.py",
        "test_sampled_training.py",
    ),
}
"""The slow fixtures of a session and the files that use them. The slowest fixture is first."""

_FIXTURE_OF = {file: fixture for fixture, files in TOGETHER.items() for file in files}
_ORDER = {fixture: position for position, fixture in enumerate(TOGETHER)}


class Groups(LoadFileScheduling):
    """A scheduler that gives a worker one group at a time."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """Return the slow fixture that the file of a test uses. If there is none, return the file."""
    file = nodeid.partition("::")[0]
    return _FIXTURE_OF.get(PurePosixPath(file).name, file)


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups | None:
    return Groups(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the groups of slow fixtures first.

    Raises:
        pytest.UsageError: A test uses a slow fixture, but its file is not in the group of the fixture.
    """
    for item in items:
        group = group_of(item.nodeid)
        for fixture in TOGETHER.keys() & set(getattr(item, "fixturenames", ())):
            if fixture != group:
                raise pytest.UsageError(f"{item.nodeid} uses {fixture}: add its file to TOGETHER in {__file__}")
    items.sort(key=lambda item: _ORDER.get(group_of(item.nodeid), len(_ORDER)))
