"""The training pairs made from few labels: with and without context, with missing fields, and counter-examples.

A served pair may come with its competing candidates or without. With many labels a share of the pairs is repeated
without context. With a hundred labels a share is too small, so every pair is repeated. Words are learned from fifty
matches on, as with many labels. Two hundred labels chosen by ``matchwright label`` usually have that many. With fewer,
the comparison of learned words stays missing.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.compare.competing import without_context
from matchwright.core.compare.engine import learned_words_pairing
from matchwright.core.compare.names import context_names
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.augmentation import counter_examples
from matchwright.training.datasets.comparisons import COLUMN, MadePairs, PairComparer

MOST_LIKELY = 4_000
"""The most likely matches from which counter-examples are made."""

AS_LABELLED, MISSING_FIELDS, COUNTER = "", "missing_fields", "counter"
"""Values of ``made``: a pair as labelled, a pair that lacks fields or context, or a counter-example."""


def few_label_dataset(
    comparer: PairComparer, left: pd.DataFrame, right: pd.DataFrame, context: pd.DataFrame, labels: Any
) -> pd.DataFrame:
    """All training pairs where labels are few.

    Args:
        comparer: fitted on these pairs. Its spec's ``model`` says how many pairs to make. With
            ``context_free_augmentation: 0`` no pair is repeated without context.
        left: record features of the labelled pairs' left sides, one row per pair.
        right: those of the right sides.
        context: comparisons of the labelled pairs; only those of context are used.
        labels: 1 for a match, else 0, shape (pairs,).

    Returns:
        All comparisons, ``label``, ``left_key``, and ``made``, one of the three values above; labelled pairs first.
    """
    spec = comparer.spec
    left, right = left.reset_index(drop=True), right.reset_index(drop=True)
    target, every = np.asarray(labels, dtype=np.int64), np.arange(len(left))
    competing = {name: context[name].to_numpy() for name in context_names(spec)}
    whole = comparer.compare(left, right, every).assign(**competing)
    # every pair is repeated without context below, so none is here
    rest = spec.model_copy(update={"model": spec.model.model_copy(update={"context_free_augmentation": 0.0})})
    pairs = MadePairs(replace(comparer, spec=rest), left, right, whole, target)
    made = pairs.for_training(np.ones(len(whole), dtype=bool))
    extra, answers, rows = made.comparisons, made.labels, made.rows
    keys = left["record_key"].to_numpy(dtype=object)
    parts = [whole.assign(label=target, left_key=keys, made=AS_LABELLED)]
    if competing and spec.model.context_free_augmentation:
        parts.append(without_context(whole, every).assign(label=target, left_key=keys, made=MISSING_FIELDS))
    if len(extra):
        kinds = np.where(answers != target[rows], COUNTER, MISSING_FIELDS)
        parts.append(extra.assign(label=answers, left_key=keys[rows], made=kinds))
    return pd.concat(parts, ignore_index=True)


def unlike_candidates(
    left: pd.DataFrame, right: pd.DataFrame, log_odds: Any, spec: MatchSpec, corpus: Corpus
) -> pd.DataFrame:
    """Comparisons of counter-examples, made from unlabelled candidates.

    Members of a household agree in all fields except identity, and the unsupervised start cannot know that these do not
    match. So some of its likely matches get the identity of another record. Empty without identity fields in the spec.

    Args:
        left: record features of the candidates' left sides, one row per pair.
        right: those of the right sides.
        log_odds: the unsupervised start's log-odds, shape (pairs,).
        spec: its ``identity`` names the fields, ``model.counter_examples`` the share of the likely matches.
        corpus: the corpus statistics.
    """
    likely = np.flatnonzero(np.asarray(log_odds) > 0)
    likely = np.sort(np.random.default_rng(spec.model.seed).permutation(likely)[:MOST_LIKELY])
    unlike, rows = counter_examples(right.iloc[likely].reset_index(drop=True), spec, spec.model.seed)
    return compare(left.iloc[likely[rows]].reset_index(drop=True), unlike, spec, corpus)


def with_words(
    comparisons: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, words: LearnedWords | None, spec: MatchSpec
) -> pd.DataFrame:
    """The comparisons with that of the learned words added; unchanged without learned words."""
    if words is None:
        return comparisons
    return comparisons.assign(**{COLUMN: words.compare(learned_words_pairing(left, right, spec))})
