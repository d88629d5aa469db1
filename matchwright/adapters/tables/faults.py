"""The error for a table that cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from matchwright.errors import DataError, Fault


def unreadable(problem: str, hint: str) -> DataError:
    """The error for one fault of a file. Neither text may quote a value of the file."""
    return DataError("A file cannot be read.", [Fault("", problem, hint)])


@contextmanager
def named(uri: str) -> Iterator[None]:
    """Name the table in the error of the block."""
    try:
        yield
    except DataError as error:
        name = PurePosixPath(uri.replace("\\", "/")).name
        raise DataError(f"{name or 'A file'} cannot be read.", error.faults) from None
