"""The first stage's scores of all candidates that compete with a labelled pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.compare.competing import context_of
from matchwright.core.compare.engine import record_fit
from matchwright.core.compare.names import context_names
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.register_limits import within_limits
from matchwright.core.models.scorer import Array, Scorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.candidate_sets import competing_with
from matchwright.training.datasets.labelled_pairs import LabelledPairs
from matchwright.training.datasets.prepare import Prepared

BATCH = 100_000
"""Candidates compared at a time. This bounds memory and does not change results."""
FOLDS = 5


@dataclass(frozen=True)
class ScoredCandidates:
    """Candidates and their log-odds alone, by the first stage and within what the register says.

    ``pairs`` has left_key and right_key. ``rows`` is the row in it of each labelled candidate. ``served`` are the
    log-odds that the bundle gives. ``held_out`` are those of scorers that saw no pair of the candidate's left record.
    ``limits`` are the most and the least of each candidate, shape (candidates, 2), NaN where the register says nothing.
    """

    pairs: pd.DataFrame
    rows: "np.ndarray[tuple[int], np.dtype[np.intp]]"
    served: Array
    held_out: Array
    limits: Array


def fold_of(left_keys: Any, seed: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The fold of each left record. All pairs of a record are in one fold."""
    salted = np.array([f"fold-{seed}:{key}" for key in left_keys], dtype=object)
    return np.asarray(pd.util.hash_array(salted, categorize=False) % FOLDS, dtype=np.int64)


def score_candidates(
    first: Scorer,
    held_out: Sequence[Scorer],
    prepared: Prepared,
    proposed: pd.DataFrame,
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
        proposed: left_key and right_key of every candidate.
        frame: record features of all records.
        spec: the match spec.
        corpus: the corpus statistics.
        register: limits the log-odds; None if there is none.
    """
    labelled = prepared.labelled_candidates
    everything = pd.concat([labelled[PAIR_KEYS], proposed[PAIR_KEYS]]).drop_duplicates(ignore_index=True)
    # a competing candidate has competing candidates of its own, which the first stage reads too
    fit = _fit(everything, frame, spec, corpus)
    everything = everything.join(context_of(fit, everything["left_key"], everything["right_key"], spec))
    pairs = competing_with(labelled, proposed)
    context = pairs.merge(everything, how="left", on=PAIR_KEYS, validate="one_to_one")
    trained = labelled["part"].to_numpy() == "train"
    fold = np.where(
        pairs["left_key"].isin(labelled.loc[trained, "left_key"]), fold_of(pairs["left_key"], spec.model.seed), -1
    )
    served, own = np.empty(len(pairs)), np.empty(len(pairs))
    limits = np.full((len(pairs), 2), np.nan)
    for start in range(0, len(pairs), BATCH):
        rows = np.arange(start, min(start + BATCH, len(pairs)))
        left, right = (columns_of(rows_of(frame, pairs[key].iloc[rows])) for key in PAIR_KEYS)
        compared = compare(left, right, spec, corpus, prepared.words, prepared.embeddings)
        compared = compared.assign(**{name: context[name].to_numpy()[rows] for name in context_names(spec)})
        if register is not None:
            limits[rows] = register.limits(left, right, compared, spec, corpus, of_register=True)
        served[rows] = own[rows] = first.log_odds(compared)
        for number, scorer in enumerate(held_out):
            inside = fold[rows] == number
            if inside.any():
                own[rows[inside]] = scorer.log_odds(compared[inside])
    index = pd.MultiIndex.from_frame(pairs).get_indexer(pd.MultiIndex.from_frame(labelled[PAIR_KEYS]))
    # training pairs were compared by words that were not learned from them
    for number, scorer in enumerate(held_out):
        inside = trained & (fold[index] == number)
        if inside.any():
            own[index[inside]] = scorer.log_odds(prepared.comparisons[inside])
    return ScoredCandidates(pairs, index, within_limits(served, limits), within_limits(own, limits), limits)


def held_out_scores(pairs: LabelledPairs, scorers: Sequence[Scorer], seed: int) -> Array:
    """Log-odds of pairs by the scorers that saw no pair of their left records."""
    fold, values = fold_of(pairs.left_keys, seed), np.empty(len(pairs.labels))
    for number, scorer in enumerate(scorers):
        inside = fold == number
        if inside.any():
            values[inside] = scorer.log_odds(pairs.comparisons[inside])
    return values


def _fit(pairs: pd.DataFrame, frame: pd.DataFrame, spec: MatchSpec, corpus: Corpus) -> Array:
    if not context_names(spec):
        return np.zeros(len(pairs))
    return record_fit(rows_of(frame, pairs["left_key"]), rows_of(frame, pairs["right_key"]), spec, corpus)
