"""The engine protocol: who does the work of a run that grows with its pairs.

An engine joins the blocks of the candidate rules, and compares, scores and explains the pairs. Everything else of a run
is the same with every engine. So is the result, to the last bit of the scores.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from matchwright.core.candidates import CandidatePairs, RecordTable
from matchwright.core.candidates.blocks import Blocks
from matchwright.core.candidates.table import Proposal
from matchwright.core.decide.decision import Decision, DecisionModel
from matchwright.matching.frequencies import Mask
from matchwright.matching.partitions import Report
from matchwright.matching.scored_pairs import Rows, ScoredPairs
from matchwright.matching.working_folder import WorkingFolder

Bands = np.ndarray[Any, np.dtype[np.object_]]
"""The bands of pairs, shape (pairs,)."""


class Told(NamedTuple):
    """What a run keeps of a decision: its reason codes, joined by a bar, and the text of its hint, if it has one."""

    codes: str
    hint: str | None

    @classmethod
    def of(cls, decision: Decision) -> "Told":
        """What is kept of a decision."""
        codes = "|".join(reason.code for reason in decision.reasons)
        return cls(codes, None if decision.hint is None else decision.hint.text)


class Scoring(Protocol):
    """The scores of a register's candidates, and what is made of their comparisons afterwards.

    ``batches`` are rising row numbers of :meth:`score`, and rise from batch to batch.
    """

    @property
    def model(self) -> DecisionModel:
        """The decision model."""
        ...

    @property
    def table(self) -> RecordTable:
        """The records."""
        ...

    @property
    def pairs(self) -> CandidatePairs:
        """The candidates."""
        ...

    def known_frequencies(self) -> Mask:
        """Whether the corpus knows how frequent each value is, shape (records, counted fields)."""
        ...

    def score(self) -> ScoredPairs:
        """The score of every candidate, and of the further pairs that neighbours propose."""
        ...

    def bands(self, batches: Sequence[Rows], scored: ScoredPairs) -> Iterator[Bands]:
        """The bands of the pairs of each batch, by their scores and their comparisons."""
        ...

    def told(self, batches: Sequence[Rows], scored: ScoredPairs, top: int) -> Iterator[list[Told]]:
        """The reasons, at most ``top`` of each pair, and the hints of the pairs of each batch."""
        ...


class Engine(Protocol):
    """Does the work of a run."""

    def join(self, table: RecordTable, blocks: Mapping[str, Sequence[Blocks]]) -> list[Proposal]:
        """The pairs of the blocks of each rule; see :data:`~matchwright.core.candidates.rules.Join`."""
        ...

    def scoring(
        self,
        model: DecisionModel,
        table: RecordTable,
        pairs: CandidatePairs,
        working: WorkingFolder,
        size: int,
        report: Report,
    ) -> Scoring:
        """What scores the candidates of a register, ``size`` pairs at a time."""
        ...
