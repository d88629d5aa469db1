"""Scoring all candidates of a register on Spark, in the passes of one machine.

The driver holds numbers: the positions of all pairs, their scores, and what competing candidates and neighbours say of
them. Record features and comparisons are with the executors.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from matchwright.adapters.spark.compared import ComparedPairs
from matchwright.adapters.spark.payload import Array, unpacked
from matchwright.adapters.spark.work import (
    ADDED,
    BY_SCORE,
    CONTEXT,
    SCORES,
    SentModel,
    banding,
    giving_reasons,
    scoring,
    scoring_first,
    scoring_further,
)
from matchwright.core.candidates import CandidatePairs, RecordTable
from matchwright.core.compare.names import context_names
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.neighbours import applies_to
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.matching.competing import context_over_all, scores_over_all
from matchwright.matching.engine import Bands, KeptReasons
from matchwright.matching.features import candidates_compete
from matchwright.matching.frequencies import Mask
from matchwright.matching.further import Considered, Further, further_pairs, moved_by_neighbours
from matchwright.matching.partitions import Progress, Report
from matchwright.matching.scored_pairs import Numbers, Positions, Rows, ScoredPairs
from matchwright.matching.working_folder import WorkingFolder

NONE = np.empty(0)


@dataclass
class SparkScoring:
    """Scores the candidates of a register; see :class:`~matchwright.matching.engine.Scoring`.

    Args:
        session: of Spark.
        cores: of the cluster.
        records: a Spark table of :data:`~matchwright.adapters.spark.records.PLACED`.
        model: the decision model.
        table: the records, without their features.
        pairs: all candidates.
        working: where what competing candidates say is kept, which is as large as all pairs.
        report: called when a stage begins and ends.
    """

    session: Any
    cores: int
    records: Any
    model: DecisionModel
    table: RecordTable
    pairs: CandidatePairs
    working: WorkingFolder
    report: Report
    _all_compared: list[ComparedPairs] = field(default_factory=list, init=False)
    _further: ComparedPairs | None = field(default=None, init=False)

    def score(self) -> ScoredPairs:
        """The score of every candidate, and of the further pairs that neighbours propose."""
        left, right, none = self.pairs.left, self.pairs.right, np.empty(0, dtype=np.intp)
        if not len(self.pairs):
            return ScoredPairs(left, right, NONE, 0, none, NONE)
        if candidates_compete(self.model):
            self._know_competing()
        parts = self._stage("scoring", lambda: self._compared.each(scoring(self._sent), **self._context(slice(None))))
        units = {unit: unpacked(content) for unit, content in parts.items()}
        scores: Numbers = self._compared.cells.whole({unit: one["scores"] for unit, one in units.items()})
        if not self._evidence:
            return ScoredPairs(left, right, scores, len(scores), none, NONE)
        return self._with_neighbours(scores, units)

    def bands(self, batches: Sequence[Rows], scored: ScoredPairs) -> Iterator[Bands]:
        """The bands of the pairs of each batch; see :class:`~matchwright.matching.engine.Scoring`."""
        rows = _together(batches)
        found = np.empty(len(rows), dtype=object)
        for places, content in self._of_rows(banding(self._sent), rows, **{SCORES: scored.scores[rows]}):
            found[places] = unpacked(content)["bands"].astype(object)
        yield from _apart(found, batches)

    def reasons_of(self, batches: Sequence[Rows], scored: ScoredPairs, top: int) -> Iterator[list[KeptReasons]]:
        """The reasons and hints of the pairs of each batch; see :class:`~matchwright.matching.engine.Scoring`."""
        rows = _together(batches)
        found = np.empty(len(rows), dtype=object)
        for places, content in self._of_rows(giving_reasons(self._sent, top), rows, **{ADDED: scored.added(rows)}):
            for place, one in zip(places, json.loads(content), strict=True):
                found[place] = KeptReasons(*one)
        for batch in _apart(found, batches):
            yield batch.tolist()

    def known_frequencies(self) -> Mask:
        """Whether the corpus knows how frequent each value is, shape (records, counted fields)."""
        return self.working.read("frequencies")

    def forget(self) -> None:
        """Let the executors remove the comparisons."""
        for compared in self._all_compared:
            compared.forget()

    @cached_property
    def _sent(self) -> SentModel:
        return SentModel.of(self.model)

    @cached_property
    def _evidence(self) -> bool:
        return self.model.neighbours is not None and applies_to(self.model.spec, self.table.one_table)

    @cached_property
    def _compared(self) -> ComparedPairs:
        """The candidates."""
        return self._comparing(self.pairs.left, self.pairs.right, self._evidence)

    def _comparing(self, left: Positions, right: Positions, evidence: bool) -> ComparedPairs:
        made = ComparedPairs.of(self.session, self.records, left, right, self._sent, evidence, self.cores)
        self._all_compared.append(made)
        return made

    def _know_competing(self) -> None:
        """Find what competing candidates say of each pair: first by their fit, then by the first stage's scores."""
        left, right, spec = self.pairs.left, self.pairs.right, self.model.spec
        cells = self._compared.cells
        if context_names(spec) and not self.working.has(CONTEXT):
            parts = self._stage("comparing", self._compared.fit)
            fit = cells.whole({unit: unpacked(content)["fit"] for unit, content in parts.items()})
            self.working.write(CONTEXT, context_over_all(fit, left, right, spec))
        if isinstance(self.model.scorer, TwoStageScorer) and not self.working.has(BY_SCORE):
            given = self._context(slice(None))
            parts = self._stage("scoring alone", lambda: self._compared.each(scoring_first(self._sent), **given))
            first = cells.whole({unit: unpacked(content)["first"] for unit, content in parts.items()})
            self.working.write(BY_SCORE, scores_over_all(first, left, right, spec))

    def _context(self, rows: "Rows | slice") -> dict[str, Array]:
        """What competing candidates say of some candidates, as far as it is known."""
        return {name: self.working.read(name)[rows] for name in (CONTEXT, BY_SCORE) if self.working.has(name)}

    def _with_neighbours(self, scores: Numbers, units: dict[int, dict[str, Array]]) -> ScoredPairs:
        cells, neighbours = self._compared.cells, self.model.neighbours
        assert neighbours is not None  # evidence is read for them
        ordered = sorted(units.items())
        rows, predicted = (
            np.concatenate([cells.rows(unit)[one[name]] for unit, one in ordered])
            for name in ("considered", "predicted")
        )
        unlimited, evidence = (np.concatenate([one[name] for _, one in ordered]) for name in ("unlimited", "evidence"))
        by_row = np.argsort(rows)
        considered = Considered(rows[by_row], unlimited[by_row], evidence[by_row])
        further = self._further_of(np.sort(predicted), evidence[:0])
        keep = partial(self.working.made, "neighbours")
        return moved_by_neighbours(self.pairs, scores, considered, further, neighbours, keep)

    def _further_of(self, predicted: Rows, no_evidence: Array) -> Further:
        left, right = further_pairs(self.pairs, predicted)
        if not len(left):
            return Further(left, right, NONE, NONE, no_evidence)
        compared = self._further = self._comparing(left, right, evidence=True)
        parts = self._stage("scoring further pairs", lambda: compared.each(scoring_further(self._sent)))
        units = {unit: unpacked(content) for unit, content in parts.items()}
        whole = [
            compared.cells.whole({unit: one[name] for unit, one in units.items()})
            for name in ("scores", "unlimited", "evidence")
        ]
        return Further(left, right, *whole)

    def _of_rows(self, of_units: Any, rows: Rows, **arrays: Array) -> Iterator[tuple[Rows, bytes]]:
        """Results for some pairs, candidates or further ones, with their places in ``rows``."""
        candidates = len(self.pairs)
        for first, places in ((0, np.flatnonzero(rows < candidates)), (candidates, np.flatnonzero(rows >= candidates))):
            if not len(places):
                continue
            compared = self._further if first else self._compared
            assert compared is not None  # rows beyond the candidates are of further pairs
            given = {name: values[places] for name, values in arrays.items()}
            given |= self._context(rows[places]) if first == 0 else {}
            for some, content in compared.some(of_units, rows[places] - first, **given):
                yield places[some], content

    def _stage(self, name: str, work: Callable[[], Any]) -> Any:
        pairs, begun = len(self.pairs), time.monotonic()
        self.report(Progress(name, 0, pairs, 0.0))
        found = work()
        self.report(Progress(name, pairs, pairs, time.monotonic() - begun))
        return found


def _together(batches: Sequence[Rows]) -> Rows:
    return np.concatenate([np.empty(0, dtype=np.intp), *batches])


def _apart(values: Array, batches: Sequence[Rows]) -> Iterator[Array]:
    start = 0
    for rows in batches:
        yield values[start : start + len(rows)]
        start += len(rows)
