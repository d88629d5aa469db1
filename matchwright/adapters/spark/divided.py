"""How Spark divides the work of one action."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"
_PARTITIONS = "spark.sql.shuffle.partitions"


@contextmanager
def divided(session: Any, rows: int, partitions: int | None = None) -> Iterator[None]:
    """Settings of the session for the actions of a block.

    Args:
        session: of Spark.
        rows: the most rows of a batch between Spark and Python. By default it has 10,000, however large they are.
        partitions: those of a join; None leaves them as they are.
    """
    wanted = {_ROWS: rows} | ({} if partitions is None else {_PARTITIONS: partitions})
    before = {name: session.conf.get(name) for name in wanted}
    for name, value in wanted.items():
        session.conf.set(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            session.conf.set(name, value)
