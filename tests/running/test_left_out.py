"""A test run prints how many slow tests it left out, also under xdist."""

from pathlib import Path

import pytest

TESTS = """
import pytest

def test_quick(): pass

@pytest.mark.slow
@pytest.mark.parametrize("number", range(3))
def test_slow(number): pass
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Runs a quick test and three slow ones with some options, and returns what was printed."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))  # for xdist's worker
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # loading them all takes longer than the tests
    pytester.makeini("[pytest]\nmarkers = slow")
    pytester.makepyfile(TESTS)
    return lambda *options: pytester.runpytest_inprocess("-p", "running.left_out", *options).stdout.str()


@pytest.mark.parametrize("xdist", [(), ("-p", "xdist.plugin", "-n", "1")])
def test_it_counts_what_it_left_out(run, xdist):
    assert "3 slow tests were left out. `make test-all` runs all tests." in run(*xdist, "-m", "not slow")


def test_if_all_tests_run_nothing_is_printed(run):
    assert "left out" not in run()
