"""The error for a table that cannot be read."""

from matchwright.errors import DataError, Fault


def unreadable(problem: str, hint: str) -> DataError:
    """The error for one fault of a file. Neither text may quote a value of the file."""
    return DataError("A file cannot be read.", [Fault("", problem, hint)])
