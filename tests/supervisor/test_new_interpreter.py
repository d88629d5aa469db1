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
    with pytest.raises(MatchwrightError, match=r"was ended\.\nHint: .*memory"):
        in_new_interpreter(signal.raise_signal, signal.SIGKILL)


def test_it_ends_with_the_process_that_started_it(tmp_path):
    work, began = tmp_path / "work.py", tmp_path / "began"
    work.write_text(f"import os, time; open({str(began)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    start = "import runpy; from matchwright.supervisor.new_interpreter import in_new_interpreter as call;"
    parent = subprocess.Popen([sys.executable, "-c", f"{start} call(runpy.run_path, {str(work)!r})"])
    worker = psutil.Process(int(until(lambda: began.is_file() and began.read_text())))
    assert runs(worker)
    parent.kill()
    parent.wait()
    assert until(lambda: not runs(worker))


def runs(process):
    # the first process of a container may never ask for the exit status of one that ended
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def until(condition):
    end = time.monotonic() + 60
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found
