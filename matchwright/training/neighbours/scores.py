"""The log-odds of every candidate of the register, and of the further candidates that neighbours propose."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from matchwright.core.compare import compare
from matchwright.core.compare.competing import context_of
from matchwright.core.compare.competing_scores import competing_scores, with_scores
from matchwright.core.compare.engine import record_fit
from matchwright.core.compare.names import context_names
from matchwright.core.models.neighbours import further_candidates, pair_evidence, pair_evidence_names
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.register_limits import limits_of_scores, within_limits
from matchwright.core.models.scorer import Scorer
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import Columns, columns_of, take
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import LEAST, LIMIT
from matchwright.evaluation.candidates.labels import label_candidates
from matchwright.training.datasets.prepare import Prepared
from matchwright.training.datasets.split import assign_candidates

BATCH = 100_000
"""Candidates compared at a time. This bounds memory and does not change results."""

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Limits = np.ndarray[Any, np.dtype[np.float32]]

NO_PART = ""
BY_NEIGHBOURS = "neighbours"
"""What proposed a further candidate."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RegisterScorer:
    """Scores candidates of a register: ``frame`` has the record features of all its records."""

    frame: pd.DataFrame
    scorer: Scorer
    prepared: Prepared
    register: RegisterEvidence | None
    spec: MatchSpec
    corpus: Corpus

    @property
    def one_table(self) -> bool:
        """Whether the records are of one table, which is deduplicated."""
        return bool(self.frame["record_key"].str.startswith("left:").all())

    def score(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """All candidates with ``log_odds`` by the scorer, before calibration, with limits and what neighbours read.

        Each is compared with its competing candidates. A candidate that was used in training has a score that is more
        certain than that of another one.

        Args:
            pairs: left_key and right_key of every candidate.
        """
        context = self._context(pairs)
        two_stages = isinstance(self.scorer, TwoStageScorer)
        first = self.scorer.first if isinstance(self.scorer, TwoStageScorer) else self.scorer
        log_odds, limits, evidence = self._empty(len(pairs))
        for rows, one, other, compared in self._compared(pairs, context):
            log_odds[rows], limits[rows] = first.log_odds(compared), self._limits(one, other, compared)
            evidence[rows] = pair_evidence(one, other, compared, self.spec, self.corpus)
            if not two_stages:
                limits[rows] = self._of_scores(self._read(compared, limits[rows], None))
        if two_stages:
            left, right = (pairs[key].to_numpy(object) for key in PAIR_KEYS)
            scores = competing_scores(within_limits(log_odds, limits), left, right, self.spec.sources.alike)
            for rows, _, _, compared in self._compared(pairs, context):  # to keep them would take much memory
                read = self._read(compared, limits[rows], scores.iloc[rows])
                log_odds[rows], limits[rows] = self.scorer.log_odds(read), self._of_scores(read)
        return self._scored(pairs, log_odds, limits, evidence)

    def score_alone(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """:meth:`score` for pairs whose competing candidates are not known."""
        log_odds, limits, evidence = self._empty(len(pairs))
        for rows, one, other, compared in self._compared(pairs, None):
            evidence[rows] = pair_evidence(one, other, compared, self.spec, self.corpus)
            limits[rows] = self._limits(one, other, compared)
            log_odds[rows] = self.scorer.log_odds(self._read(compared, limits[rows], None))
        return self._scored(pairs, log_odds, limits, evidence)

    def _empty(self, pairs: int) -> tuple[Numbers, Limits, Limits]:
        """Room for the log-odds, the limits, and what neighbours read."""
        limits, evidence = (
            np.full((pairs, width), np.nan, dtype=np.float32) for width in (2, len(pair_evidence_names(self.spec)))
        )
        return np.empty(pairs), limits, evidence

    def _scored(self, pairs: pd.DataFrame, log_odds: Numbers, limits: Limits, evidence: Limits) -> pd.DataFrame:
        read = pd.DataFrame(evidence, columns=list(pair_evidence_names(self.spec)), index=pairs.index)
        found = pairs[PAIR_KEYS].assign(log_odds=log_odds, **{LIMIT: limits[:, 0], LEAST: limits[:, 1]})
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

    def _context(self, pairs: pd.DataFrame) -> pd.DataFrame | None:
        if not context_names(self.spec):
            return None
        fits = [record_fit(left, right, self.spec, self.corpus) for _, left, right in self._sides(pairs)]
        fit = np.concatenate([np.zeros(0), *fits])
        return context_of(fit, pairs["left_key"], pairs["right_key"], self.spec)

    def _compared(
        self, pairs: pd.DataFrame, context: pd.DataFrame | None
    ) -> Iterator[tuple[slice, Columns, Columns, pd.DataFrame]]:
        """Batches of pairs: their rows, the record features of both sides, and the comparisons."""
        for rows, left, right in self._sides(pairs):
            compared = compare(left, right, self.spec, self.corpus, self.prepared.words, self.prepared.embeddings)
            if context is not None:
                compared = compared.assign(**{str(name): context[name].to_numpy()[rows] for name in context})
            yield rows, left, right, compared

    def _limits(self, left: Columns, right: Columns, compared: pd.DataFrame) -> Limits:
        """The most and the least that the register says of each pair alone, shape (pairs, 2), or NaN."""
        if self.register is None:
            return np.full((len(compared), 2), np.nan, dtype=np.float32)
        return self.register.limits(left, right, compared, self.spec, self.corpus, of_register=True)

    def _sides(self, pairs: pd.DataFrame) -> Iterator[tuple[slice, Columns, Columns]]:
        columns, index = columns_of(self.frame), pd.Index(self.frame["record_key"])
        one, other = (index.get_indexer(pairs[key]) for key in PAIR_KEYS)
        for start in range(0, len(pairs), BATCH):
            rows = slice(start, start + BATCH)
            yield rows, take(columns, one[rows]), take(columns, other[rows])


def score_register(
    scorer: RegisterScorer, proposed: pd.DataFrame, labelled: pd.DataFrame, parts: "pd.Series[str]"
) -> pd.DataFrame:
    """Score all candidates of a register, and the further candidates that follow from their scores.

    Args:
        scorer: scores them.
        proposed: left_key and right_key of every candidate.
        labelled: the labelled pairs.
        parts: the part of every record.

    Returns:
        left_key, right_key, log_odds, the limits, what neighbours read, proposed_by (:data:`BY_NEIGHBOURS` for a
        further one), label (-1: not labelled) and part (empty: none).
    """
    scored = scorer.score(proposed)
    ends = further_candidates(
        scored["left_key"].to_numpy(object), scored["right_key"].to_numpy(object), scored["log_odds"].to_numpy()
    )
    further = scorer.score_alone(pd.DataFrame(dict(zip(PAIR_KEYS, ends, strict=True)), dtype=object))
    _log.info("neighbours: %d candidates scored, and %d further ones", len(scored), len(further))
    pairs = pd.concat([scored.assign(proposed_by="blocking"), further.assign(proposed_by=BY_NEIGHBOURS)])
    pairs = pairs.reset_index(drop=True)
    found = label_candidates(pairs, labelled, scorer.frame["record_key"], scorer.spec.labels).candidates
    assigned, _ = assign_candidates(found.loc[found["label"] >= 0, PAIR_KEYS], parts)
    return found.assign(part=assigned["part"].reindex(found.index).fillna(NO_PART))
