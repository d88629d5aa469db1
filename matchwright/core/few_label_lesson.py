"""What a few judged pairs teach: each beside its rivals and alone, with fields blanked, and turned into another's.

Served pairs come with their rivals or without. Where labels are many, a share of the pairs repeated without
rivals teaches both; of a hundred labels a share is too few, so every pair is taught both ways.
"""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.names import context_names
from matchwright.core.compare.rivals import without_context
from matchwright.core.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.taught_comparisons import MadePairs, PairComparer

AS_JUDGED, BLANKED, COUNTER = "", "blanked", "counter"
"""What a pair of the lesson is: as it was judged, made to lack fields or rivals, or a match made another's."""


def few_label_lesson(
    left: pd.DataFrame,
    right: pd.DataFrame,
    comparisons: pd.DataFrame,
    labels: Any,
    spec: MatchSpec,
    corpus: Corpus,
) -> pd.DataFrame:
    """All pairs that a scorer learns from where labels are few.

    Args:
        left: record features of the judged pairs' left sides, one row per pair.
        right: those of the right sides.
        comparisons: of the judged pairs, with their context where the spec has one.
        labels: 1 for a match, else 0, shape (pairs,).
        spec: its ``model`` says how many pairs to make; with ``context_free: 0`` none is taught without its rivals.
        corpus: the corpus statistics.

    Returns:
        The comparisons' columns, ``label``, ``left_key``, and ``made``, one of the three above; judged pairs first.
    """
    left, right, whole = (frame.reset_index(drop=True) for frame in (left, right, comparisons))
    target, every = np.asarray(labels, dtype=np.int64), np.arange(len(whole))
    # rivals are taken from every pair below, and from no share of them here
    alone_apart = spec.model_copy(update={"model": spec.model.model_copy(update={"context_free": 0.0})})
    pairs = MadePairs(PairComparer(alone_apart, corpus, None, None), left, right, whole, target)
    extra, answers, rows = pairs.that_teach(np.ones(len(whole), dtype=bool))
    keys = left["record_key"].to_numpy(dtype=object)
    parts = [whole.assign(label=target, left_key=keys, made=AS_JUDGED)]
    if context_names(spec) and spec.model.context_free:
        parts.append(without_context(whole, every).assign(label=target, left_key=keys, made=BLANKED))
    if len(extra):
        made = np.where(answers != target[rows], COUNTER, BLANKED)
        parts.append(extra.assign(label=answers, left_key=keys[rows], made=made))
    return pd.concat(parts, ignore_index=True)
