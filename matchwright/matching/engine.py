"""The engine protocol: who does the work of a run that grows with its pairs.

An engine prepares the records, proposes pairs, and compares, scores and explains them. Everything else of a run is the
same with every engine. So is the result, to the last bit of the scores.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from matchwright.core.candidates import CandidatePairs, Methods, RecordTable
from matchwright.core.decide.decision import DecidedPairs, DecisionModel
from matchwright.matching.frequencies import Mask
from matchwright.matching.partitions import Report
from matchwright.matching.scored_pairs import Positions, Rows, ScoredPairs
from matchwright.matching.working_folder import WorkingFolder

Prepare = Callable[[bytes], tuple[bytes, pd.DataFrame]]
"""Reads and prepares a part: from what names it to facts about its rows, and the features of them all."""

Hashes = np.ndarray[Any, np.dtype[np.uint64]]
"""Hashes of values, shape (rows, 2); both are 0 where a value is missing."""

Bands = np.ndarray[Any, np.dtype[np.object_]]
"""The bands of pairs, shape (pairs,)."""


class KeptReasons(NamedTuple):
    """What a run keeps of a decision: its reason codes, joined by a bar, and the text of its hint, if it has one."""

    codes: str
    hint: str | None

    @classmethod
    def of(cls, decided: DecidedPairs) -> "list[KeptReasons]":
        """What is kept of the decisions about some pairs."""
        return [
            cls("|".join(reason.code for reason in reasons), None if hint is None else hint.text)
            for reasons, hint in zip(decided.reasons, decided.hints, strict=True)
        ]


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

    def reasons_of(self, batches: Sequence[Rows], scored: ScoredPairs, top: int) -> Iterator[list[KeptReasons]]:
        """The reasons, at most ``top`` of each pair, and the hints of the pairs of each batch."""
        ...


class PartRecords(Protocol):
    """Records that stay where the parts of their tables are read, in chunks of rows."""

    def prepare(self, parts: Sequence[bytes], prepare: Prepare) -> list[bytes]:
        """Prepare each part, and give its facts, in the order of ``parts``. Its features stay with the executors."""
        ...

    def hashes(self, names: Sequence[str], key: bytes) -> "dict[str, Hashes]":
        """The hashes of some features of all rows, in the order of the parts.

        See :func:`~matchwright.matching.coded.hashes_of`.
        """
        ...

    def place(self, positions: Positions, frequencies: Mask) -> None:
        """Say which records of a register the rows are.

        Args:
            positions: of each row, -1 for one that is in no register, shape (rows,).
            frequencies: whether the corpus knows how frequent the values of each record are, by position.
        """
        ...


class Engine(Protocol):
    """Does the work of a run."""

    @property
    def records(self) -> PartRecords | None:
        """Where records are prepared. None: in this process."""
        ...

    @property
    def methods(self) -> Methods:
        """Where candidates are proposed."""
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
