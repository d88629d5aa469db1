"""The engine of one machine: DuckDB joins the rules, and processes of this machine compare and score."""

from dataclasses import dataclass

from matchwright.core.candidates import HERE, CandidatePairs, Methods, RecordTable
from matchwright.core.decide.decision import DecisionModel
from matchwright.matching.partitions import Report
from matchwright.matching.scoring import RegisterScoring
from matchwright.matching.working_folder import WorkingFolder


@dataclass(frozen=True)
class OneMachine:
    """Works with so many processes."""

    workers: int

    @property
    def records(self) -> None:
        """Records are prepared in this process."""

    @property
    def methods(self) -> Methods:
        """Candidates are proposed in this process."""
        return HERE

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
