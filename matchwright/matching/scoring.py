"""Scoring all candidates of a register, in passes over partitions.

1. Compare the records of each pair. The comparisons are kept in the working folder. Before that, count the values of
   the tables: a value that the corpus does not hold is rare if few records of the tables have it.
2. Over all pairs: compare each pair with its competing candidates by fit.
3. The first stage scores each pair as if it were alone.
4. Over all pairs: compare each pair with its competing candidates by these scores.
5. The scorer scores each pair. A pair gets the score that it would have if all pairs were in memory at once.
6. In one table that is deduplicated, neighbours change the scores, and propose further pairs.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates import CandidatePairs, RecordTable
from matchwright.core.compare.competing import fit_of
from matchwright.core.compare.competing_scores import SCORED_NAMES
from matchwright.core.compare.frames import framed
from matchwright.core.compare.names import context_names
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.models.neighbours import Neighbours, applies_to, further_candidates, pair_evidence
from matchwright.core.models.register_limits import within_register
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.records.columns import Columns, columns_of, take
from matchwright.core.records.numbered import NumberedColumns
from matchwright.matching.competing import context_over_all, scores_over_all
from matchwright.matching.frequencies import known_frequencies, of_pairs
from matchwright.matching.partitions import Report, partitions, run_partitions, silent
from matchwright.matching.working_folder import WorkingFolder

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Positions = np.ndarray[Any, np.dtype[np.int32]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class ScoredPairs:
    """All pairs of a register with their scores, each array of shape (pairs,).

    The pairs after the first ``candidates`` ones are further pairs, which neighbours propose. ``alone`` are the scores
    before neighbours, and ``added`` is what neighbours add to the log-odds of each.
    """

    left: Positions
    right: Positions
    scores: Numbers
    alone: Numbers
    added: Numbers
    candidates: int

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True)
class RegisterScoring:
    """Scores the candidates of a register.

    Args:
        model: the decision model.
        table: record features of all records.
        pairs: all candidates.
        working: where the results of partitions are kept. Those that are there already are not computed again.
        size: the pairs of a partition.
        workers: processes that work on partitions.
        report: called after each partition.
    """

    model: DecisionModel
    table: RecordTable
    pairs: CandidatePairs
    working: WorkingFolder
    size: int
    workers: int = 1
    report: Report = field(default=silent)

    def score(self) -> ScoredPairs:
        """The score of every candidate, and of the further pairs that neighbours propose."""
        if not len(self.pairs):
            none = np.empty(0)
            return ScoredPairs(self.pairs.left, self.pairs.right, none, none, none, 0)
        self.known_frequencies()  # once, and not in every process
        self._run("comparing", "fit", self._compare)
        if self._context:
            self.working.made("context", self._context_of_all)
        if isinstance(self.model.scorer, TwoStageScorer):
            self._run("scoring alone", "first", self._score_first)
            self.working.made("scored", self._scores_of_all)
        self._run("scoring", "final", self._score_final)
        final = self._whole("final")
        neighbours = self._neighbours
        if neighbours is None:
            scores = np.ascontiguousarray(final[:, 0])
            added = np.zeros(len(scores))
            return ScoredPairs(self.pairs.left, self.pairs.right, scores, scores, added, len(scores))
        further = self._further()
        left = np.concatenate([self.pairs.left, further["left"]])
        right = np.concatenate([self.pairs.right, further["right"]])
        alone, unlimited = (np.concatenate([final[:, at], further["scores"][:, at]]) for at in (0, 1))
        del final
        evidence = np.concatenate([self._whole("evidence"), further["evidence"]])
        added = self.working.made(
            "neighbours", lambda: neighbours.contributions(left, right, alone, unlimited, evidence)
        )
        return ScoredPairs(left, right, with_neighbours(alone, added), alone, np.array(added), len(self.pairs))

    def comparisons(self, rows: "np.ndarray[Any, np.dtype[np.intp]]") -> pd.DataFrame:
        """The comparisons of some pairs, as the scorer reads them; ``rows`` are rising numbers of :meth:`score`."""
        found = [
            self._compared(number, rows[(rows >= part.start) & (rows < part.stop)], part)
            for number, part in enumerate(self._slices)
            if np.searchsorted(rows, part.start) < np.searchsorted(rows, part.stop)
        ]
        beyond = rows[rows >= len(self.pairs)] - len(self.pairs)
        if len(beyond):
            found.append(self.working.read("further_comparisons")[beyond])
        names = self.model.comparison_names
        values = np.concatenate(found) if found else np.empty((0, len(names)), dtype=np.float32)
        return framed(values, names)

    def compare_alone(self, left: Positions, right: Positions) -> pd.DataFrame:
        """The comparisons of pairs by position, without their competing candidates."""
        of_register = of_pairs(self.known_frequencies(), left, right)
        return self.model.compare(take(self._columns, left), take(self._columns, right), of_register=of_register)

    def known_frequencies(self) -> Mask:
        """Whether the corpus knows how frequent each value is, shape (records, counted fields)."""
        return self.working.made(
            "frequencies", lambda: known_frequencies(self._columns, self.model.spec, self.model.corpus)
        )

    @property
    def _neighbours(self) -> Neighbours | None:
        """What neighbours add, where they say anything."""
        return self.model.neighbours if applies_to(self.model.spec, self.table.one_table) else None

    def _read_by_neighbours(self, left: Positions, right: Positions, compared: pd.DataFrame) -> Any:
        model, sides = self.model, (take(self._columns, left), take(self._columns, right))
        return pair_evidence(*sides, compared, model.spec, model.corpus)

    @cached_property
    def _slices(self) -> list[slice]:
        return partitions(len(self.pairs), self.size)

    @cached_property
    def _columns(self) -> Columns:
        return NumberedColumns.of(columns_of(self.table.features), plain=("record_key", "record_id", "source"))

    @cached_property
    def _context(self) -> list[int]:
        return [self.model.comparison_names.index(name) for name in context_names(self.model.spec)]

    @cached_property
    def _by_score(self) -> list[int]:
        names = self.model.comparison_names
        return [names.index(name) for name in SCORED_NAMES] if SCORED_NAMES[0] in names else []

    def _run(self, stage: str, kept: str, work: Any) -> None:
        run_partitions(
            stage,
            self._slices,
            lambda number: self.working.has(f"{kept}/{number:06d}"),
            work,
            self.workers,
            self.report,
        )

    def _whole(self, kept: str) -> Numbers:
        return np.concatenate([self.working.read(f"{kept}/{number:06d}") for number in range(len(self._slices))])

    def _compare(self, number: int, part: slice) -> None:
        left, right = self.pairs.left[part], self.pairs.right[part]
        compared = self.compare_alone(left, right)
        if self._neighbours is not None:
            self.working.write(f"evidence/{number:06d}", self._read_by_neighbours(left, right, compared))
        self.working.write(f"comparisons/{number:06d}", compared.to_numpy(dtype=np.float32))
        self.working.write(f"fit/{number:06d}", fit_of(compared, self.model.spec))

    def _context_of_all(self) -> Any:
        return context_over_all(self._whole("fit"), self.pairs.left, self.pairs.right, self.model.spec)

    def _scores_of_all(self) -> Any:
        return scores_over_all(self._whole("first"), self.pairs.left, self.pairs.right, self.model.spec)

    def _compared(self, number: int, rows: Any, part: slice) -> Any:
        """The comparisons of rows of a partition with those of competing candidates that are known so far."""
        values = np.array(self.working.read(f"comparisons/{number:06d}")[rows - part.start])
        if self._context:
            values[:, self._context] = self.working.read("context")[rows]
        if self._by_score and self.working.has("scored"):
            values[:, self._by_score] = self.working.read("scored")[rows]
        return values

    def _frame(self, number: int, part: slice) -> pd.DataFrame:
        values = self._compared(number, np.arange(part.start, part.stop), part)
        return framed(values, self.model.comparison_names)

    def _score_first(self, number: int, part: slice) -> None:
        compared = self._frame(number, part)
        first = self.model.scorer.first.log_odds(compared)  # type: ignore[attr-defined]
        self.working.write(f"first/{number:06d}", within_register(first, compared))

    def _score_final(self, number: int, part: slice) -> None:
        self.working.write(f"final/{number:06d}", np.column_stack(self.model.scores(self._frame(number, part))))

    def _further(self) -> dict[str, Any]:
        """The further pairs that neighbours propose: their positions, and their scores as pairs alone."""
        if not self.working.has("further_scores"):
            log_odds = self._whole("final")[:, 2]
            ends = further_candidates(self.pairs.left, self.pairs.right, log_odds)
            left, right = (np.asarray(end, dtype=np.int32) for end in ends)
            compared = self.compare_alone(left, right)
            self.working.write("further_left", left)
            self.working.write("further_right", right)
            self.working.write("further_comparisons", compared.to_numpy(dtype=np.float32))
            self.working.write("further_evidence", self._read_by_neighbours(left, right, compared))
            self.working.write("further_scores", np.column_stack(self.model.scores(compared)[:2]))
        names = ("left", "right", "scores", "evidence")
        return {name: np.array(self.working.read(f"further_{name}")) for name in names}
