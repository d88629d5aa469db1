"""The input tables of a training: which must be given, and when the example data is read instead."""

from collections.abc import Collection

from matchwright.adapters.example_data.febrl import FEBRL4
from matchwright.core.spec import MatchSpec
from matchwright.errors import Fault

INPUTS = RECORDS, RECORDS_RIGHT, PAIRS = "records", "records_right", "pairs"


def reads_example_data(given: Collection[str], environment: str) -> bool:
    """Whether a training reads the example data: in the environment ``local``, if no table is given."""
    return not given and environment == "local"


def faults_of_inputs(given: Collection[str], spec: MatchSpec, environment: str) -> list[Fault]:
    """The tables that the spec needs and that are not given, and those that it cannot use.

    Args:
        given: the names of the given tables, from ``INPUTS``.
        spec: the match spec.
        environment: the name of the environment.
    """
    if reads_example_data(given, environment):
        return []
    faults = []
    if spec.labels == "none" and PAIRS in given:
        hint = "write labels: partial (or complete) to use them, or leave out the pairs for an unsupervised start"
        faults.append(Fault(PAIRS, "are given, but the spec says labels: none", hint))
    for name in (RECORDS,) if spec.labels == "none" else (RECORDS, PAIRS):
        if name not in given:
            hint = f"name the file of {name}. Without any file, the environment local reads {FEBRL4}"
            faults.append(Fault(name, "is not given", hint))
    return faults
