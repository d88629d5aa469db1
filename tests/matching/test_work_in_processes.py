"""Work in other processes: what it gives, and what it raises, is as if it had been done here."""

import pytest

from matchwright.errors import CandidateError, DataError, Fault, MatchwrightError
from matchwright.matching.partitions import in_processes


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_order_of_their_numbers(workers):
    assert list(in_processes(lambda number: number * number, 7, workers)) == [0, 1, 4, 9, 16, 25, 36]
    assert list(in_processes(lambda number: number, 0, workers)) == []


@pytest.mark.parametrize(
    "error",
    [
        DataError("The tables do not fit.", [Fault("left: name", "is missing", "add it"), Fault("", "is empty")]),
        CandidateError("Too many pairs.", "narrow the rule"),
        MatchwrightError("A fact."),
    ],
)
def test_an_error_is_the_same_here(error):
    def fail(number):
        raise error

    with pytest.raises(type(error)) as raised:
        list(in_processes(fail, 2, 2))
    assert str(raised.value) == str(error)
    assert vars(raised.value) == vars(error)
