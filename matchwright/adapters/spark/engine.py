"""The engine: what a run asks of Spark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matchwright.adapters.spark.blocking import joined_in_spark
from matchwright.adapters.spark.scoring import SparkScoring
from matchwright.core.candidates import CandidatePairs, RecordTable
from matchwright.core.candidates.blocks import Blocks
from matchwright.core.candidates.table import Proposal
from matchwright.core.decide.decision import DecisionModel
from matchwright.matching.partitions import Report
from matchwright.matching.working_folder import WorkingFolder


@dataclass(frozen=True)
class SparkEngine:
    """Works in a Spark session; see :class:`~matchwright.matching.engine.Engine`."""

    session: Any

    def join(self, table: RecordTable, blocks: Mapping[str, Sequence[Blocks]]) -> list[Proposal]:
        """The pairs of the blocks of each rule."""
        return joined_in_spark(self.session, table, blocks)

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
        return SparkScoring(self.session, model, table, pairs, working, report)
