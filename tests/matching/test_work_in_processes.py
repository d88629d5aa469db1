"""Work in other processes: what it gives, and what it raises, is as if it had been done here."""

import os

import pytest

from matchwright.errors import CandidateError, DataError, Fault, MatchwrightError
from matchwright.matching.partitions import in_a_process, in_processes


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_order_of_their_numbers(workers):
    assert list(in_processes(lambda number: number * number, 7, workers)) == [0, 1, 4, 9, 16, 25, 36]
    assert list(in_processes(lambda number: number, 0, workers)) == []


def test_work_in_a_process_of_its_own_changes_nothing_here_but_its_files(tmp_path):
    seen = []

    def work():
        seen.append("there")
        (tmp_path / "process").write_text(str(os.getpid()))

    in_a_process(work)
    assert seen == []
    assert int((tmp_path / "process").read_text()) != os.getpid()


@pytest.mark.parametrize(
    "error",
    [
        DataError("The tables do not fit.", [Fault("left: name", "is missing", "add it"), Fault("", "is empty")]),
        CandidateError("Too many pairs.", "narrow the rule"),
        MatchwrightError("A fact."),
    ],
)
def test_an_error_is_the_same_here(error):
    def fail():
        raise error

    with pytest.raises(type(error)) as raised:
        in_a_process(fail)
    assert str(raised.value) == str(error)
    assert vars(raised.value) == vars(error)
