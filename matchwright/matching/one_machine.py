"""The engine of one machine: DuckDB joins the rules, and processes of this machine compare and score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchwright.core.candidates import CandidatePairs, RecordTable
from matchwright.core.candidates.blocks import Blocks
from matchwright.core.candidates.rules import joined_in_duckdb
from matchwright.core.candidates.table import Proposal
from matchwright.core.decide.decision import DecisionModel
from matchwright.matching.partitions import Report
from matchwright.matching.scoring import RegisterScoring
from matchwright.matching.working_folder import WorkingFolder


@dataclass(frozen=True)
class OneMachine:
    """Works with so many processes."""

    workers: int

    def join(self, table: RecordTable, blocks: Mapping[str, Sequence[Blocks]]) -> list[Proposal]:
        """See :class:`~matchwright.matching.engine.Engine`."""
        return joined_in_duckdb(table, blocks)

    def scoring(
        self,
        model: DecisionModel,
        table: RecordTable,
        pairs: CandidatePairs,
        working: WorkingFolder,
        size: int,
        report: Report,
    ) -> RegisterScoring:
        """See :class:`~matchwright.matching.engine.Engine`."""
        return RegisterScoring(model, table, pairs, working, size, self.workers, report)
