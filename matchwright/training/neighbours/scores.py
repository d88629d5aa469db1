"""The log-odds of every candidate of the register, and of the further candidates that neighbours propose."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from matchwright.core.compare import compare
from matchwright.core.compare.competing_scores import with_scores
from matchwright.core.compare.names import context_names
from matchwright.core.models.neighbours import further_candidates, household_fields, pair_evidence, pair_evidence_names
from matchwright.core.models.neighbours.measures import considered
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.register_limits import limits_of_scores, within_limits
from matchwright.core.models.scorer import Scorer
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import Columns
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import LEAST, LIMIT
from matchwright.evaluation.candidates.labels import label_candidates
from matchwright.training.datasets.among_candidates import AmongAll
from matchwright.training.datasets.candidate_sets import fit_of_pairs
from matchwright.training.datasets.prepare import Prepared
from matchwright.training.datasets.register_pairs import Mask, RegisterPairs
from matchwright.training.datasets.split import assign_candidates
from matchwright.training.second_stage.candidates import ScoredAlone

UNCALIBRATED = 5.0
"""So much more log-odds a candidate may have once it is calibrated, where it is left out for having few."""

Whole = np.ndarray[Any, np.dtype[np.int64]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]
Limits = np.ndarray[Any, np.dtype[np.float32]]

NO_PART = ""
BY_NEIGHBOURS = "neighbours"
"""What proposed a further candidate."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RegisterScorer:
    """Scores candidates of a register: ``frame`` has the record features of all its records.

    ``alone`` is what the first stage of the scorer has said of candidates before; None to compare all of them for it.
    """

    frame: pd.DataFrame
    scorer: Scorer
    prepared: Prepared
    register: RegisterEvidence | None
    spec: MatchSpec
    corpus: Corpus
    alone: ScoredAlone | None = None

    @property
    def one_table(self) -> bool:
        """Whether the records are of one table, which is deduplicated."""
        return bool(self.frame["record_key"].str.startswith("left:").all())

    def score(self, pairs: pd.DataFrame | RegisterPairs, kept: Mask | None = None) -> pd.DataFrame:
        """All candidates with ``log_odds`` by the scorer, before calibration, with limits and what neighbours read.

        They are in the order of :class:`RegisterPairs`. Each is compared with its competing candidates. A candidate
        that was used in training has a score that is more certain than that of another one.

        Args:
            pairs: every candidate.
            kept: the candidates to give whatever their score is, shape (pairs,). Of the others only those that
                neighbours may look at are given. None to give all.
        """
        pairs = RegisterPairs.of(self.frame, pairs)
        return self.framed(pairs, *self.scored(pairs, kept))

    def score_alone(self, pairs: pd.DataFrame | RegisterPairs) -> pd.DataFrame:
        """:meth:`score` for pairs whose competing candidates are not known."""
        pairs = RegisterPairs.of(self.frame, pairs)
        log_odds, limits = self._empty(len(pairs))
        evidence = [self._no_evidence]
        for rows, one, other, compared in self._compared(pairs, None):
            evidence.append(pair_evidence(one, other, compared, self.spec, self.corpus))
            limits[rows] = self._limits(one, other, compared)
            log_odds[rows] = self.scorer.log_odds(self._read(compared, limits[rows], None))
        return self.framed(pairs, log_odds, limits, np.arange(len(pairs)), np.concatenate(evidence))

    def scored(self, pairs: RegisterPairs, kept: Mask | None) -> tuple[Numbers, Limits, Whole, Limits]:
        """The log-odds and limits of all candidates, those to give, and what neighbours read of these."""
        context = self._context(pairs)
        first = self.scorer.first if isinstance(self.scorer, TwoStageScorer) else self.scorer
        log_odds, limits = self._empty(len(pairs))
        given, evidence = [np.empty(0, dtype=np.int64)], [self._no_evidence]

        def give(rows: slice, one: Columns, other: Columns, compared: pd.DataFrame) -> None:
            read = pair_evidence(one, other, compared, self.spec, self.corpus)
            chosen = np.ones(len(read), dtype=bool)
            if kept is not None:
                chosen = kept[rows] | self._may_be_considered(log_odds[rows], limits[rows], read)
            given.append(np.flatnonzero(chosen) + rows.start)
            evidence.append(read[chosen])

        for at, one, other, compared in self._compared(pairs, context, self._known(pairs, log_odds, limits)):
            log_odds[at], limits[at] = first.log_odds(compared), self._limits(one, other, compared)
            if not isinstance(self.scorer, TwoStageScorer):
                limits[at] = self._of_scores(self._read(compared, limits[at], None))
                give(at, one, other, compared)
        if isinstance(self.scorer, TwoStageScorer):
            scores = AmongAll.by_score(within_limits(log_odds, limits), pairs.left, pairs.right)
            for rows, one, other, compared in self._compared(pairs, context):  # to keep them would take much memory
                read = self._read(compared, limits[rows], scores.scores(rows, self.spec.sources.alike))
                log_odds[rows], limits[rows] = self.scorer.log_odds(read), self._of_scores(read)
                give(rows, one, other, compared)
        return log_odds, limits, np.concatenate(given), np.concatenate(evidence)

    def _known(self, pairs: RegisterPairs, log_odds: Numbers, limits: Limits) -> Whole | None:
        """Fill in what the first stage has said of candidates before. Gives the others; None if these are all."""
        known = self.alone
        if known is None or known.pairs != len(pairs) or not isinstance(self.scorer, TwoStageScorer):
            return None
        log_odds[known.rows], limits[known.rows] = known.log_odds, known.limits
        unknown = np.ones(len(pairs), dtype=bool)
        unknown[known.rows] = False
        return np.flatnonzero(unknown)

    def _may_be_considered(self, log_odds: Numbers, limits: Limits, read: Limits) -> Mask:
        """Whether neighbours may look at a candidate once its score is calibrated; see :func:`considered`."""
        likely = np.fmax(log_odds, limits[:, 1]) + UNCALIBRATED
        return considered(likely, likely, read, pair_evidence_names(self.spec), household_fields(self.spec))

    def _empty(self, pairs: int) -> tuple[Numbers, Limits]:
        """Room for the log-odds and the limits."""
        return np.empty(pairs), np.full((pairs, 2), np.nan, dtype=np.float32)

    @property
    def _no_evidence(self) -> Limits:
        return np.empty((0, len(pair_evidence_names(self.spec))), dtype=np.float32)

    def framed(
        self, pairs: RegisterPairs, log_odds: Numbers, limits: Limits, rows: Whole, evidence: Limits
    ) -> pd.DataFrame:
        read = pd.DataFrame(evidence, columns=list(pair_evidence_names(self.spec)))
        found = pairs.pair_keys(rows).assign(
            log_odds=log_odds[rows], **{LIMIT: limits[rows, 0], LEAST: limits[rows, 1]}
        )
        return pd.concat([found, read], axis=1)

    def _read(self, compared: pd.DataFrame, limits: Limits, scores: pd.DataFrame | None) -> pd.DataFrame:
        """What the scorer reads: the comparisons with the limits, and with the scores of competing candidates."""
        if self.register is not None:
            compared = compared.assign(**{LIMIT: limits[:, 0], LEAST: limits[:, 1]})
        return with_scores(compared, scores) if isinstance(self.scorer, TwoStageScorer) else compared

    def _of_scores(self, read: pd.DataFrame) -> Limits:
        """The limits among competing candidates, shape (pairs, 2); NaN without register evidence."""
        if self.register is None:
            return np.full((len(read), 2), np.nan, dtype=np.float32)
        return np.asarray(logit(limits_of_scores(read)), dtype=np.float32)

    def _context(self, pairs: RegisterPairs) -> AmongAll | None:
        if not context_names(self.spec):
            return None
        return AmongAll.by_fit(fit_of_pairs(pairs, self.spec, self.corpus), pairs.left, pairs.right, self.spec)

    def _compared(
        self, pairs: RegisterPairs, context: AmongAll | None, chosen: Whole | None = None
    ) -> Iterator[tuple[Any, Columns, Columns, pd.DataFrame]]:
        """Batches of all pairs, or of the chosen ones: their rows, the features of both sides, and the comparisons."""
        for part, left, right in pairs.batches(chosen):
            rows = part if chosen is None else chosen[part]
            compared = compare(left, right, self.spec, self.corpus, self.prepared.words, self.prepared.embeddings)
            if context is not None:
                own = context.context(rows, self.spec)
                compared = compared.assign(**{str(name): own[name].to_numpy() for name in own})
            yield rows, left, right, compared

    def _limits(self, left: Columns, right: Columns, compared: pd.DataFrame) -> Limits:
        """The most and the least that the register says of each pair alone, shape (pairs, 2), or NaN."""
        if self.register is None:
            return np.full((len(compared), 2), np.nan, dtype=np.float32)
        return self.register.limits(left, right, compared, self.spec, self.corpus, of_register=True)


def score_register(
    scorer: RegisterScorer,
    proposed: pd.DataFrame | RegisterPairs,
    labelled: pd.DataFrame,
    parts: "pd.Series[str]",
    sampled: "pd.Series[bool] | None" = None,
) -> pd.DataFrame:
    """Score all candidates of a register, and the further candidates that follow from their scores.

    Args:
        scorer: scores them.
        proposed: every candidate.
        labelled: the labelled pairs.
        parts: the part of every record.
        sampled: whether each record is in the sample, by record key. Candidates of others have no part, and are given
            only where neighbours may look at them. None if every record is.

    Returns:
        left_key, right_key, log_odds, the limits, what neighbours read, proposed_by (:data:`BY_NEIGHBOURS` for a
        further one), label (-1: not labelled) and part (empty: none).
    """
    everything = RegisterPairs.of(scorer.frame, proposed)
    kept = None
    if sampled is not None:
        kept = np.zeros(len(everything), dtype=bool)
        kept[everything.rows_of(scorer.prepared.labelled_candidates)] = True
    log_odds, limits, given, evidence = scorer.scored(everything, kept)
    ends = further_candidates(everything.left, everything.right, log_odds)
    keys = (everything.keys[end] for end in ends)
    further = scorer.score_alone(pd.DataFrame(dict(zip(PAIR_KEYS, keys, strict=True)), dtype=object))
    scored = scorer.framed(everything, log_odds, limits, given, evidence)
    _log.info("neighbours: %d candidates scored, and %d further ones", len(everything), len(further))
    pairs = pd.concat([scored.assign(proposed_by="blocking"), further.assign(proposed_by=BY_NEIGHBOURS)])
    pairs = pairs.reset_index(drop=True)
    found = label_candidates(pairs, labelled, scorer.frame["record_key"], scorer.spec.labels).candidates
    assigned, _ = assign_candidates(found.loc[found["label"] >= 0, PAIR_KEYS], parts, sampled)
    return found.assign(part=assigned["part"].reindex(found.index).fillna(NO_PART))
