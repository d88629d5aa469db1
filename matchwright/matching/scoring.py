"""Scoring all candidates of a register, in passes over partitions.

1. Count the values of the tables: a value that the corpus does not hold is rare if few records of the tables have it.
2. Compare the records of each pair.
3. Where candidates compete: over all pairs, compare each pair with its competing candidates by fit. The first stage
   scores each pair as if it were alone, and over all pairs, each is compared with its competing candidates by these
   scores. The comparisons of all pairs are kept in the working folder for that.
4. The scorer scores each pair. A pair gets the score that it would have if all pairs were in memory at once. Where
   candidates do not compete, this is done at once with the comparing, and no comparisons are kept.
5. In one table that is deduplicated, neighbours change the scores, and propose further pairs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates import CandidatePairs, RecordTable
from matchwright.core.compare.competing import fit_of
from matchwright.core.compare.competing_scores import SCORED_NAMES
from matchwright.core.compare.frames import framed
from matchwright.core.compare.names import context_names
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.neighbours import Neighbours, applies_to, pair_evidence
from matchwright.core.models.neighbours.links import PREDICTED_FROM
from matchwright.core.models.register_limits import within_register
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.records.columns import Columns, take
from matchwright.matching.competing import context_over_all, scores_over_all
from matchwright.matching.engine import Bands, KeptReasons
from matchwright.matching.features import candidates_compete, numbered_features
from matchwright.matching.frequencies import known_frequencies, of_pairs
from matchwright.matching.further import Considered, Further, further_pairs, moved_by_neighbours
from matchwright.matching.partitions import Report, in_processes, partitions, run_partitions, silent
from matchwright.matching.scored_pairs import Numbers, Positions, Rows, ScoredPairs
from matchwright.matching.working_folder import WorkingFolder

Mask = np.ndarray[Any, np.dtype[np.bool_]]

WARMING = 256
"""Pairs that are compared before there are several processes. So what is known of all values is computed once."""


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
            return ScoredPairs(self.pairs.left, self.pairs.right, none, 0, np.empty(0, dtype=np.intp), none)
        # once, and not in every process
        self.known_frequencies()
        self.compare_alone(self.pairs.left[:WARMING], self.pairs.right[:WARMING])
        if candidates_compete(self.model):
            self._run("comparing", "fit", self._compare)
            if self._context:
                self.working.made("context", self._context_of_all)
            if isinstance(self.model.scorer, TwoStageScorer):
                if self._context:
                    self._run("scoring alone", "first", self._score_first)
                self.working.made("scored", self._scores_of_all)
            self._run("scoring", "scores", self._score_compared)
        else:
            self._run("comparing", "scores", self._compare_and_score)
        scores: Numbers = self._whole("scores")
        if self._neighbours is None:
            none = np.empty(0)
            return ScoredPairs(self.pairs.left, self.pairs.right, scores, len(scores), np.empty(0, dtype=np.intp), none)
        return self._with_neighbours(scores, self._neighbours)

    def comparisons(self, rows: Rows) -> pd.DataFrame:
        """The comparisons of some pairs, as the scorer reads them; ``rows`` are rising numbers of :meth:`score`."""
        names, of_candidates = self.model.comparison_names, rows[rows < len(self.pairs)]
        if not candidates_compete(self.model):
            found = [self.compare_alone(self.pairs.left[of_candidates], self.pairs.right[of_candidates]).to_numpy()]
        else:
            found = [
                self._compared(number, rows[(rows >= part.start) & (rows < part.stop)], part)
                for number, part in enumerate(self._slices)
                if np.searchsorted(rows, part.start) < np.searchsorted(rows, part.stop)
            ]
        beyond = rows[len(of_candidates) :] - len(self.pairs)
        if len(beyond):
            found.append(self.working.read("further_comparisons")[beyond])
        values = np.concatenate(found) if found else np.empty((0, len(names)), dtype=np.float32)
        return framed(values, names)

    def bands(self, batches: Sequence[Rows], scored: ScoredPairs) -> Iterator[Bands]:
        """The bands of the pairs of each batch; see :class:`~matchwright.matching.engine.Scoring`."""

        def of_batch(number: int) -> Bands:
            rows = batches[number]
            return self.model.band(scored.scores[rows], self.comparisons(rows))

        yield from in_processes(of_batch, len(batches), self.workers)

    def reasons_of(self, batches: Sequence[Rows], scored: ScoredPairs, top: int) -> Iterator[list[KeptReasons]]:
        """The reasons and hints of the pairs of each batch; see :class:`~matchwright.matching.engine.Scoring`."""

        def of_batch(number: int) -> list[KeptReasons]:
            rows = batches[number]
            added = scored.added(rows)
            return KeptReasons.of(self.model.decided(self.comparisons(rows), top, added if added.any() else None))

        yield from in_processes(of_batch, len(batches), self.workers)

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

    @cached_property
    def _slices(self) -> list[slice]:
        return partitions(len(self.pairs), self.size)

    @cached_property
    def _columns(self) -> Columns:
        return numbered_features(self.table)

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

    def _whole(self, kept: str) -> Any:
        return np.concatenate([self.working.read(f"{kept}/{number:06d}") for number in range(len(self._slices))])

    def _compare(self, number: int, part: slice) -> None:
        compared = self.compare_alone(self.pairs.left[part], self.pairs.right[part])
        self.working.write(f"comparisons/{number:06d}", compared.to_numpy(dtype=np.float32))
        if isinstance(self.model.scorer, TwoStageScorer) and not self._context:
            self._write_first(number, compared)  # nothing is still to come that the first stage reads
        self.working.write(f"fit/{number:06d}", fit_of(compared, self.model.spec))  # last: its presence says done

    def _compare_and_score(self, number: int, part: slice) -> None:
        self._score(number, part, self.compare_alone(self.pairs.left[part], self.pairs.right[part]))

    def _score_compared(self, number: int, part: slice) -> None:
        self._score(number, part, self._frame(number, part))

    def _score(self, number: int, part: slice, compared: pd.DataFrame) -> None:
        found, neighbours = self.model.scores(compared), self._neighbours
        if neighbours is not None:
            read = self._read_by_neighbours(self.pairs.left[part], self.pairs.right[part], compared)
            rows = np.flatnonzero(neighbours.considered(found.scores, found.unlimited, read))
            self.working.write(f"considered/{number:06d}", rows + part.start)
            self.working.write(f"unlimited/{number:06d}", found.unlimited[rows])
            self.working.write(f"evidence/{number:06d}", read[rows])
            predicted = np.flatnonzero(found.log_odds >= PREDICTED_FROM)
            self.working.write(f"predicted/{number:06d}", predicted + part.start)
        self.working.write(f"scores/{number:06d}", found.scores)  # last: its presence says done

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
        self._write_first(number, self._frame(number, part))

    def _write_first(self, number: int, compared: pd.DataFrame) -> None:
        first = self.model.scorer.first.log_odds(compared)  # type: ignore[attr-defined]
        self.working.write(f"first/{number:06d}", within_register(first, compared))

    def _with_neighbours(self, scores: Numbers, neighbours: Neighbours) -> ScoredPairs:
        """The scores with what neighbours change, and the further pairs that they propose."""
        found = self._further()
        alone, unlimited = found["scores"].T
        further = Further(found["left"], found["right"], alone, unlimited, found["evidence"])
        considered = Considered(self._whole("considered"), self._whole("unlimited"), self._whole("evidence"))
        keep = partial(self.working.made, "neighbours")
        each = partial(in_processes, workers=self.workers)
        return moved_by_neighbours(self.pairs, scores, considered, further, neighbours, keep, each)

    def _further(self) -> dict[str, Any]:
        """The further pairs that neighbours propose: their positions, and their scores as pairs alone."""
        if not self.working.has("further_scores"):
            left, right = further_pairs(self.pairs, self._whole("predicted"))
            compared = self.compare_alone(left, right)
            self.working.write("further_left", left)
            self.working.write("further_right", right)
            self.working.write("further_comparisons", compared.to_numpy(dtype=np.float32))
            self.working.write("further_evidence", self._read_by_neighbours(left, right, compared))
            self.working.write("further_scores", np.column_stack(self.model.scores(compared)[:2]))
        names = ("left", "right", "scores", "evidence")
        return {name: np.array(self.working.read(f"further_{name}")) for name in names}

    def _read_by_neighbours(self, left: Positions, right: Positions, compared: pd.DataFrame) -> Any:
        sides = take(self._columns, left), take(self._columns, right)
        return pair_evidence(*sides, compared, self.model.spec, self.model.corpus)
