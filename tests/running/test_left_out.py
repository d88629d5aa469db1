"""A test run prints the number of slow tests that it did not run, also with xdist."""

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
    """A function that runs a quick test and three slow tests with the given options, and returns the output."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))  # for the xdist worker
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # loading all plugins takes longer than the tests
    pytester.makeini("[pytest]\nmarkers = slow")
    pytester.makepyfile(TESTS)
    return lambda *options: pytester.runpytest_inprocess("-p", "running.left_out", *options).stdout.str()


@pytest.mark.parametrize("xdist", [(), ("-p", "xdist.plugin", "-n", "1")])
def test_the_number_of_slow_tests_that_did_not_run_is_printed(run, xdist):
    assert "3 slow tests were left out. `make test-all` runs all tests." in run(*xdist, "-m", "not slow")


def test_no_number_is_printed_if_all_tests_run(run):
    assert "left out" not in run()
