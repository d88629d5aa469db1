"""The groups of tests that run on one worker."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from running.groups import group_of, pytest_collection_modifyitems


@dataclass
class Item:
    """A collected test with only the attributes that the grouping reads."""

    nodeid: str
    fixturenames: tuple[str, ...] = ()


def test_the_tests_of_a_file_are_one_group_and_so_are_the_files_of_a_slow_fixture():
    assert group_of("tests/core/test_bands.py::test_a[x]") == group_of("tests/core/test_bands.py::test_b")
    assert group_of("tests/core/test_bands.py::test_a") != group_of("tests/core/test_decide.py::test_a")
    assert group_of("a/test_demo.py::test") == group_of("b/test_readme.py::test") == "demo"


def test_groups_of_slow_fixtures_run_first_and_the_others_keep_their_order():
    names = ["test_b.py::1", "test_train.py::2", "test_readme.py::3", "test_a.py::4"]
    items = [Item(name) for name in names]
    pytest_collection_modifyitems(items)
    assert [item.nodeid for item in items] == [names[2], names[1], names[0], names[3]]


def test_a_file_that_uses_a_slow_fixture_outside_its_group_is_refused():
    with pytest.raises(pytest.UsageError, match="add its file"):
        pytest_collection_modifyitems([Item("test_new.py::test", ("tmp_path", "trained_run"))])


def test_xdist_runs_all_files_of_a_group_on_one_worker(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))  # for the xdist workers
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    source = "def test(worker_id): pass\ndef test_again(worker_id): pass\n"
    pytester.makepyfile(**dict.fromkeys(("test_demo", "test_other", "test_readme"), source))
    options = ("-p", "xdist.plugin", "-p", "running.groups", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    shown = pytester.runpytest_inprocess(*options, "-v").stdout.str()
    worker = {line.split()[-1].partition("::")[0]: line[:5] for line in shown.splitlines() if "PASSED" in line}
    assert worker["test_demo.py"] == worker["test_readme.py"] != worker["test_other.py"]
