"""What a few labelled pairs teach: each beside its competing candidates and alone, with missing fields, and turned into another's.

Served pairs come with their competing candidates or without. Where labels are many, a share of the pairs repeated without
competing candidates teaches both; of a hundred labels a share is too few, so every pair is taught both ways. Words are
learned as they are from many labels, and as there only from fifty matches on, which two hundred labels chosen
by ``matchwright label`` mostly have; with fewer their comparison stays missing.
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
from matchwright.training.augmentation import counter_examples
from matchwright.training.comparisons import COLUMN, MadePairs, PairComparer

MOST_TURNED = 4_000
"""Likely matches of which some are given another's identity."""

AS_LABELLED, MISSING_FIELDS, COUNTER = "", "missing_fields", "counter"
"""What a pair of the dataset is: as it was judged, made to lack fields or competing candidates, or a match made another's."""


def few_label_dataset(
    comparer: PairComparer, left: pd.DataFrame, right: pd.DataFrame, context: pd.DataFrame, labels: Any
) -> pd.DataFrame:
    """All pairs that a scorer learns from where labels are few.

    Args:
        comparer: trained on just these pairs; its spec's ``model`` says how many pairs to make, and with
            ``context_free: 0`` none is taught without its competing candidates.
        left: record features of the labelled pairs' left sides, one row per pair.
        right: those of the right sides.
        context: comparisons of the labelled pairs, of which those of context are taken.
        labels: 1 for a match, else 0, shape (pairs,).

    Returns:
        All comparisons, ``label``, ``left_key``, and ``made``, one of the three above; labelled pairs first.
    """
    spec = comparer.spec
    left, right = left.reset_index(drop=True), right.reset_index(drop=True)
    target, every = np.asarray(labels, dtype=np.int64), np.arange(len(left))
    competing = {name: context[name].to_numpy() for name in context_names(spec)}
    whole = comparer.compare(left, right, every).assign(**competing)
    # pairs without competing candidates are made of every pair below, so of no share of them here
    rest = spec.model_copy(update={"model": spec.model.model_copy(update={"context_free_augmentation": 0.0})})
    pairs = MadePairs(replace(comparer, spec=rest), left, right, whole, target)
    extra, answers, rows = pairs.for_training(np.ones(len(whole), dtype=bool))
    keys = left["record_key"].to_numpy(dtype=object)
    parts = [whole.assign(label=target, left_key=keys, made=AS_LABELLED)]
    if competing and spec.model.context_free_augmentation:
        parts.append(without_context(whole, every).assign(label=target, left_key=keys, made=MISSING_FIELDS))
    if len(extra):
        made = np.where(answers != target[rows], COUNTER, MISSING_FIELDS)
        parts.append(extra.assign(label=answers, left_key=keys[rows], made=made))
    return pd.concat(parts, ignore_index=True)


def unlike_candidates(
    left: pd.DataFrame, right: pd.DataFrame, log_odds: Any, spec: MatchSpec, corpus: Corpus
) -> pd.DataFrame:
    """Comparisons of pairs that are no match, made from candidates that nobody labelled.

    A household shares what is not identity, and the unsupervised start cannot know: of the candidates that it takes for
    matches, some are given another record's identity. None without identity fields in the spec.

    Args:
        left: record features of the candidates' left sides, one row per pair.
        right: those of the right sides.
        log_odds: the unsupervised start's log-odds, shape (pairs,).
        spec: its ``identity`` names the fields, ``model.counter_examples`` the share of the likely matches.
        corpus: the corpus statistics.
    """
    likely = np.flatnonzero(np.asarray(log_odds) > 0)
    likely = np.sort(np.random.default_rng(spec.model.seed).permutation(likely)[:MOST_TURNED])
    unlike, rows = counter_examples(right.iloc[likely].reset_index(drop=True), spec, spec.model.seed)
    return compare(left.iloc[likely[rows]].reset_index(drop=True), unlike, spec, corpus)


def with_words(
    comparisons: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, words: LearnedWords | None, spec: MatchSpec
) -> pd.DataFrame:
    """Comparisons made before any word was learned, with that of the words; the same where there are none."""
    if words is None:
        return comparisons
    return comparisons.assign(**{COLUMN: words.compare(learned_words_pairing(left, right, spec))})
