"""From two records to a decision: comparisons, score, band and reasons."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare, comparison_names
from matchwright.core.compare.competing import any_context, without_context
from matchwright.core.compare.competing_scores import with_scored_names
from matchwright.core.compare.engine import DECIMALS
from matchwright.core.compare.frames import framed
from matchwright.core.compare.information import OfRegister
from matchwright.core.decide.bands import SCORE_DECIMALS, Bands
from matchwright.core.decide.calibrator import Calibrator, log_odds
from matchwright.core.decide.candidates import among_candidates
from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.decide.outcomes import DecidedPairs, Decision, Scores, ScoresOfPairs
from matchwright.core.decide.prior import restated
from matchwright.core.decide.rule_reasons import changes, nothing_compared, with_candidates, with_register
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.models.neighbours import Neighbours
from matchwright.core.models.network import Embeddings
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.register_limits import limited
from matchwright.core.models.register_rise import least_rise
from matchwright.core.models.scorer import Scorer
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.models.unsupervised import FellegiSunterScorer
from matchwright.core.reasons import (
    Catalogue,
    EvidenceFigures,
    Hint,
    Reason,
    evidence,
    give_reasons,
    group_contributions,
    settling_hints,
)
from matchwright.core.reasons.evidence import Levels, not_identical
from matchwright.core.records.columns import Table, columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import LEAST, LIMIT, LITTLE_EVIDENCE, SWAPPED, UNCONFIRMED

FEWEST_KNOWN = 2
"""The fewest fields that both records must have for a match, where more than one field is compared."""

SMALLEST_CHANGE = 0.02
"""What the register changes in a score is a reason from so much on, or if it changes the band. Between 0.999 and 0.9999
lie many log-odds, and no decision."""

Array = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

__all__ = ["DecidedPairs", "Decision", "DecisionModel", "Reason"]


@dataclass(frozen=True)
class DecisionModel:
    """Everything that turns a pair into a decision.

    ``prior_shift`` is added to the log-odds of every pair, to restate the scores for the register that the model is
    used on (see :mod:`matchwright.core.decide.prior`). None: they are for the register that the model learned from.

    ``neighbours`` says what the other predicted matches of a pair's records add to its score. Only a caller that has
    scored all candidates of a register knows them, so :meth:`score` and :meth:`decide` never use them.
    """

    spec: MatchSpec
    corpus: Corpus
    scorer: Scorer
    calibrator: Calibrator
    bands: Bands
    catalogue: Catalogue
    figures: EvidenceFigures = field(default_factory=EvidenceFigures)
    words: LearnedWords | None = None
    embeddings: Embeddings | None = None
    register: RegisterEvidence | None = None
    prior_shift: float | None = None
    neighbours: Neighbours | None = None

    def compare(
        self, left: Table, right: Table, known: tuple[str, ...] = (), of_register: OfRegister = False
    ) -> pd.DataFrame:
        """Comparisons of row-aligned record features.

        ``known`` names the sides (``left``, ``right``) for whose records the pairs hold all candidates. On these
        sides each pair is compared with its competing candidates. On the other sides that context is missing.

        ``of_register`` says whether a record of each pair is of the register that the bundle learned from, for all
        pairs or with shape (pairs,). Then a value that the corpus does not hold is one that one or two records of the
        register have. It says as much as training counted. Otherwise nobody knows how common it is, and it says no
        more than an average one. With shape (pairs, counted fields), it is said of the values of each field.
        """
        one, other = columns_of(left), columns_of(right)
        comparisons = compare(one, other, self.spec, self.corpus, self.words, self.embeddings)
        if self.register is not None:
            limits = self.register.limits(one, other, comparisons, self.spec, self.corpus, of_register)
            names = (*comparisons.columns, LIMIT, LEAST)
            comparisons = framed(np.column_stack([comparisons.to_numpy(), limits]), names)
        keys = one["record_key"], other["record_key"]
        return among_candidates(comparisons, *keys, known, self.scorer, self.spec)

    @cached_property
    def comparison_names(self) -> tuple[str, ...]:
        """The columns of :meth:`compare`."""
        names = tuple(comparison_names(self.spec, self.embeddings.fields if self.embeddings else ()))
        names += (LIMIT, LEAST) if self.register is not None else ()
        return with_scored_names(names)[0] if isinstance(self.scorer, TwoStageScorer) else names

    def score(self, comparisons: pd.DataFrame) -> Array:
        """Calibrated probability that each pair matches, shape (pairs,).

        Where the bundle has register evidence, the agreeing values set limits. Where the prior is restated, the
        scores are for the stated register.
        """
        if not len(comparisons):
            return np.zeros(0)
        return self._scores(self.scorer.log_odds(comparisons), comparisons).rounded

    def score_without_limit(self, comparisons: pd.DataFrame) -> Array:
        """:meth:`score` without the limit of register evidence: it says who is a predicted partner of a record."""
        return self.scores(comparisons).unlimited

    def scores(self, comparisons: pd.DataFrame) -> ScoresOfPairs:
        """:meth:`score` and :meth:`score_without_limit` together: the scorer is asked once."""
        if not len(comparisons):
            return ScoresOfPairs(np.zeros(0), np.zeros(0), np.zeros(0))
        log_odds = self.scorer.log_odds(comparisons)
        found = self._scores(log_odds, comparisons)
        unlimited = np.round(restated(found.own, self.prior_shift), SCORE_DECIMALS)
        return ScoresOfPairs(found.rounded, np.asarray(unlimited), log_odds)

    def _scores(self, scorer_log_odds: Array, comparisons: pd.DataFrame) -> Scores:
        own = self.calibrator.apply(scorer_log_odds)
        within = limited(own, comparisons)
        final = restated(within, self.prior_shift)
        return Scores(own, within, final, np.round(final, SCORE_DECIMALS))

    def band(self, scores: Array, comparisons: pd.DataFrame) -> np.ndarray[Any, Any]:
        """The band of each pair: that of its score, except that two rules send a match to ``review``.

        The first rule: no identity field agrees, not even partly. The second rule: at most one field is known in both
        records. The labelled pairs had more evidence in common, so the score is not reliable for such a pair.
        """
        return self._decided(scores, evidence(comparisons, self.spec))[0]

    def _decided(self, scores: Array, levels: Levels) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The band of each pair, and the code of the rule that sent a match to review; empty where no rule did."""
        bands = self.bands.assign(scores)
        matches = bands == "match"
        held = np.full(len(bands), "", dtype=object)
        if matches.any():
            if len(self.spec.compared) >= FEWEST_KNOWN:
                known = (_stacked(levels, self.spec.compared) != "MISSING").sum(axis=0)
                held[matches & (known < FEWEST_KNOWN)] = LITTLE_EVIDENCE
            if self.spec.identity:
                own = _stacked(levels, self.spec.identity)
                agrees = ((own == "AGREES") | (own == "PARTLY_AGREES")).any(axis=0)
                swapped = [name for name in (f"{one}_{SWAPPED}" for one in self.spec.identity) if name in levels]
                if swapped:
                    agrees |= (_stacked(levels, swapped) == "AGREES").any(axis=0)
                held[matches & ~agrees] = UNCONFIRMED
        bands[held != ""] = "review"
        return bands, held

    def reasons(self, comparisons: pd.DataFrame, top: int = 4) -> list[tuple[Reason, ...]]:
        """At most ``top`` reasons of each pair, the most important first."""
        contributions, _ = self.scorer.contributions(comparisons)
        return self._reasons(comparisons, contributions, evidence(comparisons, self.spec), top)

    def _reasons(
        self, comparisons: pd.DataFrame, contributions: Array, levels: Levels, top: int
    ) -> list[tuple[Reason, ...]]:
        per_group = group_contributions(contributions, self.scorer.names)
        return give_reasons(levels, per_group, self.catalogue, top, self.figures, not_identical(comparisons))

    def _matters(self, own: Array, final: Array) -> Mask:
        """Whether the register changes a scorer's own scores enough to be a reason, shape (pairs,)."""
        without = restated(own, self.prior_shift)
        other_band = self.bands.assign(without) != self.bands.assign(final)
        return np.asarray(other_band | (np.abs(final - without) >= SMALLEST_CHANGE))

    def _moved_by_candidates(self, comparisons: pd.DataFrame, scores: Array, levels: Levels) -> dict[int, float]:
        """The rows whose band the competing candidates change, and by how much they change the log-odds."""
        rows = np.flatnonzero(any_context(comparisons))
        if not len(rows):
            return {}
        alone = without_context(comparisons, rows)
        alone_scores, of_rows = self.score(alone), {group: level[rows] for group, level in levels.items()}
        moved = self._decided(alone_scores, of_rows)[0] != self._decided(scores[rows], of_rows)[0]
        change = log_odds(scores[rows]) - log_odds(alone_scores)
        return {int(rows[index]): round(float(change[index]), DECIMALS) for index in np.flatnonzero(moved)}

    def limit_rise(self, before: pd.DataFrame, after: pd.DataFrame) -> Array:
        """How much the limit of register evidence rises at least from some comparisons to others, shape (pairs,)."""
        return least_rise(self.register, before, after, self.spec) if self.register else np.zeros(len(before))

    def hints(self, comparisons: pd.DataFrame) -> list[Hint | None]:
        """What would settle each of these pairs, which must all be in review."""
        found = settling_hints(self, comparisons, evidence(comparisons, self.spec), self.figures)
        return [hint and replace(hint, text=self.catalogue.hint_text(hint)) for hint in found]

    def decide(
        self,
        left: Table,
        right: Table,
        top: int = 4,
        known: tuple[str, ...] = (),
        of_register: OfRegister = False,
    ) -> list[Decision]:
        """One decision per row-aligned pair of record features, with at most ``top`` reasons each.

        ``known`` and ``of_register``: see :meth:`compare`.
        """
        comparisons = self.compare(left, right, known, of_register)
        return self.decide_compared(comparisons, top) if len(comparisons) else []

    def decide_compared(
        self, comparisons: pd.DataFrame, top: int = 4, neighbours: Array | None = None
    ) -> list[Decision]:
        """Decisions from comparisons. A decision can be replayed this way from its logged comparisons.

        A model that replays a decision has the ``prior_shift`` of its line in the decision log. ``neighbours`` is what
        the neighbours of each pair add to its log-odds, shape (pairs,), of
        :meth:`~matchwright.core.models.neighbours.Neighbours.contributions` for the scores of all candidates of a
        register. Pairs that they change get no hint, because a hint is about the evidence of the pair alone.
        """
        found = self.decided(comparisons, top, neighbours)
        names = comparisons.columns.tolist()
        numbers = comparisons.to_numpy(dtype=np.float64).tolist()
        return [
            Decision(
                score,
                band,
                given,
                {n: None if isnan(v) else round(v, DECIMALS) for n, v in zip(names, row, strict=True)},
                hint,
            )
            for score, band, given, row, hint in zip(
                found.scores.tolist(), found.bands.tolist(), found.reasons, numbers, found.hints, strict=True
            )
        ]

    def decided(self, comparisons: pd.DataFrame, top: int = 4, neighbours: Array | None = None) -> DecidedPairs:
        """As :meth:`decide_compared`, for many pairs whose comparisons nobody needs again."""
        explained = self.scorer.explain(comparisons)
        found = self._scores(explained.log_odds, comparisons)
        scores = found.rounded if neighbours is None else with_neighbours(found.rounded, neighbours)
        levels = evidence(comparisons, self.spec)
        bands, held = self._decided(scores, levels)
        reasons = self._reasons(comparisons, explained.contributions, levels, top)
        for changed, change in changes(found.rounded, scores).items():
            reasons[changed] = (self.catalogue.neighbours(change), *reasons[changed])[:top]
        nothing = nothing_compared(levels)
        for shifted, change in changes(found.limited, found.restated).items():
            reasons[shifted] = (self.catalogue.register_prior(change), *reasons[shifted])[:top]
        matters = self._matters(found.own, found.restated) & ~nothing
        for moved, change in changes(found.own, found.limited).items():
            if matters[moved]:
                reasons[moved] = with_register(reasons[moved], change, self.catalogue)[:top]
        for moved, change in self._moved_by_candidates(comparisons, found.rounded, levels).items():
            reasons[moved] = with_candidates(reasons[moved], change, self.catalogue)[:top]
        for row in np.flatnonzero(nothing):
            reasons[row] = (self.catalogue.nothing_compared(), *reasons[row])[:top]
        for row in np.flatnonzero(held != ""):
            rule = self.catalogue.unconfirmed() if held[row] == UNCONFIRMED else self.catalogue.little_evidence()
            reasons[row] = (rule, *reasons[row])[:top]
        if isinstance(self.scorer, FellegiSunterScorer):
            for row in np.flatnonzero(bands == "review"):
                reasons[row] = (self.catalogue.unsupervised(), *reasons[row])[:top]
        hints: list[Hint | None] = [None] * len(bands)
        review = np.flatnonzero((bands == "review") & (scores == found.rounded))
        if len(review):
            for row, hint in zip(review, self.hints(comparisons.iloc[review].reset_index(drop=True)), strict=True):
                hints[row] = hint
        return DecidedPairs(scores, bands, reasons, hints)


def _stacked(levels: Levels, groups: Iterable[str]) -> np.ndarray[Any, Any]:
    """The levels of groups as one array, shape (groups, pairs)."""
    return np.array([levels[group] for group in groups], dtype=object)
