"""Work in a new interpreter: results, errors, and what happens when one of the two processes is ended."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from matchwright.errors import DataError, Fault, MatchwrightError
from matchwright.supervisor.new_interpreter import in_new_interpreter


def refuse(problem):
    raise DataError("The tables do not fit.", [Fault("left: name", problem, "add it")])


def test_it_gives_what_the_function_gives():
    assert in_new_interpreter(divmod, 17, 5) == (3, 2)
    assert in_new_interpreter(os.getpid) != os.getpid()


def test_an_error_is_the_same_here():
    with pytest.raises(DataError) as raised:
        in_new_interpreter(refuse, "is missing")
    with pytest.raises(DataError) as here:
        refuse("is missing")
    assert str(raised.value) == str(here.value)
    assert raised.value.faults == here.value.faults


def test_an_ended_process_is_an_error_with_a_hint():
    with pytest.raises(MatchwrightError, match="was ended\\.\nHint: .*memory"):
        in_new_interpreter(signal.raise_signal, signal.SIGKILL)


def test_it_ends_with_the_process_that_started_it():
    script = (
        "import time; from matchwright.supervisor.new_interpreter import in_new_interpreter;"
        "in_new_interpreter(time.sleep, 600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    workers = until(lambda: working(parent.pid))
    parent.kill()
    parent.wait()
    assert until(lambda: not any(map(runs, workers)))


def runs(process):
    # the first process of a container may never ask for the exit status of one that ended
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def working(parent):
    """The child processes in which the function runs: loky's others do nothing but wait."""
    found = [child for child in psutil.Process(parent).children() if "popen_loky_posix" in " ".join(child.cmdline())]
    return [child for child in found if child.num_threads() > 2]


def until(condition):
    end = time.monotonic() + 60
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found
