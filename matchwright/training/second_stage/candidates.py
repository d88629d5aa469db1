"""The first stage's scores of all candidates that compete with a labelled pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.compare.names import context_names
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.register_limits import within_limits
from matchwright.core.models.scorer import Array, Scorer
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.among_candidates import context_among
from matchwright.training.datasets.candidate_sets import fit_of_pairs
from matchwright.training.datasets.labelled_pairs import LabelledPairs
from matchwright.training.datasets.prepare import Prepared
from matchwright.training.datasets.register_pairs import RegisterPairs

FOLDS = 5

Rows = np.ndarray[Any, np.dtype[np.integer[Any]]]


@dataclass(frozen=True)
class ScoredAlone:
    """What the first stage says of candidates of a register, so that they need not be compared for it again.

    ``rows`` are the numbers of the candidates among the ``pairs`` of the register. ``log_odds`` are those that each has
    alone, within ``limits``, shape (candidates, 2).
    """

    pairs: int
    rows: Rows
    log_odds: Array
    limits: "np.ndarray[tuple[int, int], np.dtype[np.float32]]"


@dataclass(frozen=True)
class ScoredCandidates:
    """Candidates and their log-odds alone, by the first stage and within what the register says.

    ``left`` and ``right`` are numbers of the records. ``rows`` is the row of each labelled candidate. ``served`` are
    the log-odds that the bundle gives. ``held_out`` are those of scorers that saw no pair of the candidate's left
    record. ``limits`` are the most and the least of each candidate, shape (candidates, 2), NaN where the register says
    nothing. ``alone`` has what the bundle gives for the candidates by their numbers in the register.
    """

    left: Rows
    right: Rows
    rows: Rows
    served: Array
    held_out: Array
    limits: "np.ndarray[tuple[int, int], np.dtype[np.float32]]"
    alone: ScoredAlone


def fold_of(left_keys: Any, seed: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The fold of each left record. All pairs of a record are in one fold."""
    salted = np.array([f"fold-{seed}:{key}" for key in left_keys], dtype=object)
    return np.asarray(pd.util.hash_array(salted, categorize=False) % FOLDS, dtype=np.int64)


def score_candidates(
    first: Scorer,
    held_out: Sequence[Scorer],
    prepared: Prepared,
    proposed: pd.DataFrame | RegisterPairs,
    frame: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
    register: RegisterEvidence | None = None,
) -> ScoredCandidates:
    """Score every candidate that shares a record with a labelled one.

    Args:
        first: the first stage.
        held_out: for each fold a scorer that was trained without the pairs of its left records.
        prepared: the labelled candidates and their comparisons.
        proposed: every candidate.
        frame: record features of all records.
        spec: the match spec.
        corpus: the corpus statistics.
        register: limits the log-odds; None if there is none.
    """
    labelled = prepared.labelled_candidates
    everything = RegisterPairs.of(frame, proposed).including(labelled)
    near = everything.with_records(everything.records_of(labelled))
    pairs = everything.take(near)
    # a competing candidate has competing candidates of its own, which the first stage reads too
    context = _context(everything, near, spec, corpus)
    trained = labelled["part"].to_numpy() == "train"
    fold = _folds(everything, labelled[trained], spec.model.seed)[pairs.left]
    served, own = np.empty(len(pairs)), np.empty(len(pairs))
    limits = np.full((len(pairs), 2), np.nan, dtype=np.float32)
    for rows, left, right in pairs.batches():
        compared = compare(left, right, spec, corpus, prepared.words, prepared.embeddings)
        compared = compared.assign(**{name: context[name].to_numpy()[rows] for name in context_names(spec)})
        if register is not None:
            limits[rows] = register.limits(left, right, compared, spec, corpus, of_register=True)
        served[rows] = own[rows] = first.log_odds(compared)
        for number, scorer in enumerate(held_out):
            inside = np.flatnonzero(fold[rows] == number)
            if len(inside):
                own[inside + rows.start] = scorer.log_odds(compared.iloc[inside].reset_index(drop=True))
    index = np.searchsorted(near, everything.rows_of(labelled))
    # training pairs were compared by words that were not learned from them
    for number, scorer in enumerate(held_out):
        inside = trained & (fold[index] == number)
        if inside.any():
            own[index[inside]] = scorer.log_odds(prepared.comparisons[inside])
    served, own = within_limits(served, limits), within_limits(own, limits)
    alone = ScoredAlone(len(everything), near, served, limits)
    return ScoredCandidates(pairs.left, pairs.right, index, served, own, limits, alone)


def _context(everything: RegisterPairs, rows: Rows, spec: MatchSpec, corpus: Corpus) -> pd.DataFrame:
    if not context_names(spec):
        return pd.DataFrame(index=range(len(rows)))
    fit = fit_of_pairs(everything, spec, corpus)
    return context_among(fit, everything.left, everything.right, spec, rows)


def _folds(everything: RegisterPairs, trained: pd.DataFrame, seed: int) -> Rows:
    """The fold of each record that is on the left of a training pair, else -1; shape (records,)."""
    folds = np.full(len(everything.frame), -1, dtype=np.int8)
    records = np.flatnonzero(everything.records_of(trained, "left_key"))
    folds[records] = fold_of(everything.keys[records], seed)
    return folds


def held_out_scores(pairs: LabelledPairs, scorers: Sequence[Scorer], seed: int) -> Array:
    """Log-odds of pairs by the scorers that saw no pair of their left records."""
    fold, values = fold_of(pairs.left_keys, seed), np.empty(len(pairs.labels))
    for number, scorer in enumerate(scorers):
        inside = fold == number
        if inside.any():
            values[inside] = scorer.log_odds(pairs.comparisons[inside])
    return values
