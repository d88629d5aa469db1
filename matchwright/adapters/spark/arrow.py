"""How many rows go between Spark and Python at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"


@contextmanager
def rows_at_once(session: Any, rows: int) -> Iterator[None]:
    """Let a batch between Spark and Python have at most ``rows`` rows. By default it has 10,000, however large."""
    before = session.conf.get(_ROWS)
    session.conf.set(_ROWS, rows)
    try:
        yield
    finally:
        session.conf.set(_ROWS, before)
