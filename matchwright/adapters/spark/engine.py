"""The engine: what a run asks of Spark."""

from functools import cached_property, partial
from typing import Any

from matchwright.adapters.spark.blocking import joined_in_spark
from matchwright.adapters.spark.records import SparkRecords
from matchwright.adapters.spark.scoring import SparkScoring
from matchwright.adapters.spark.searching import embedding_on_executor, tfidf_on_executor
from matchwright.core.candidates import CandidatePairs, Methods, RecordTable
from matchwright.core.decide.decision import DecisionModel
from matchwright.matching.partitions import Report
from matchwright.matching.working_folder import WorkingFolder

CORES = 16
"""Processor cores of a cluster that does not say how many it has."""


class SparkEngine:
    """Works in a Spark session, for one run; see :class:`~matchwright.matching.engine.Engine`."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self._scorings: list[SparkScoring] = []

    @cached_property
    def records(self) -> SparkRecords:
        """The records of the run."""
        return SparkRecords(self.session, self._cores)

    @property
    def methods(self) -> Methods:
        """All methods run on executors."""
        placed = self.records.placed
        return Methods(
            join=partial(joined_in_spark, self.session),
            tfidf=partial(tfidf_on_executor, self.session, placed),
            embedding=partial(embedding_on_executor, self.session, placed),
        )

    def scoring(
        self,
        model: DecisionModel,
        table: RecordTable,
        pairs: CandidatePairs,
        working: WorkingFolder,
        size: int,
        report: Report,
    ) -> SparkScoring:
        """What scores the candidates of a register. Executors have their own size of a partition."""
        made = SparkScoring(self.session, self._cores, self.records.placed, model, table, pairs, working, report)
        self._scorings.append(made)
        return made

    def forget(self) -> None:
        """Let the executors remove what they keep for the run: the session may be used for other work."""
        for made in self._scorings:
            made.forget()
        self.records.forget()

    @cached_property
    def _cores(self) -> int:
        context = getattr(self.session, "_sc", None)  # a Spark Connect session has none
        return CORES if context is None else int(context.defaultParallelism)
