"""The engine that the options of a run name."""

from collections.abc import Iterator
from contextlib import contextmanager

from matchwright.matching.engine import Engine
from matchwright.matching.one_machine import OneMachine
from matchwright.operations.match_tables.options import MatchOptions


@contextmanager
def engine_of(options: MatchOptions) -> Iterator[Engine]:
    """The engine for a run. What it starts is stopped afterwards.

    Raises:
        MatchingError: it is not installed, or its cluster cannot be reached.
    """
    if options.engine == "duckdb":
        yield OneMachine(options.workers)
        return
    from matchwright.adapters.spark import Cluster, SparkEngine, opened_session

    with opened_session(Cluster(options.master, options.connect), options.memory) as session:
        engine = SparkEngine(session)
        try:
            yield engine
        finally:
            engine.forget()
