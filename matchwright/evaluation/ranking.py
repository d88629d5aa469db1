"""Ranking metrics: how high the right record is ranked among the candidates of its query.

A query is a left record with at least one true pair. In one table a pair has no direction, so the left record is the
one that comes first by key.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from matchwright.evaluation.bootstrap import REPLICATES, Array, Estimate, means
from matchwright.evaluation.paired import Change, mean_changes
from matchwright.evaluation.wilson import wilson_interval

CUTOFF = 10
"""NDCG covers this many ranks."""

_MEASURES = ("mrr", "hit_at_1", f"ndcg_at_{CUTOFF}")


def ranking_metrics(
    left_keys: ArrayLike,
    scores: ArrayLike,
    labels: ArrayLike,
    missed: ArrayLike | None = None,
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> dict[str, Estimate]:
    """Mean reciprocal rank, share of queries with a true pair at rank 1, and NDCG, over all queries.

    Among equal scores the wrong pairs are ranked first. A true pair that blocking missed has no rank, but counts in
    the ideal order. A query whose true pairs were all missed scores 0. Järvelin and Kekäläinen (2002), Cumulated
    Gain-Based Evaluation of IR Techniques, with gains of 0 and 1.

    Args:
        left_keys: the left record of each pair, (pairs,).
        scores: any score that orders the pairs, (pairs,); ignored where ``missed``.
        labels: 1, 0 or -1 (unknown), (pairs,). Unknown pairs are left out, which makes the figures look better.
        missed: True for labelled pairs that are not candidates, (pairs,); only true ones count.
        replicates: bootstrap replicates.
        seed: of the resampling.

    Returns:
        mrr, hit_at_1 and ndcg_at_10, each in [0, 1] with its interval from resampled queries (Wilson's where all
        queries give the same value), and ``queries``, their number, without an interval. NaN without queries.
    """
    gains = _per_query(*_prepared(left_keys, scores, labels, missed))
    by_measure = dict(zip(_MEASURES, gains.T, strict=True))
    estimates = means(by_measure, None, seed, replicates)
    known = {name: _not_certain(estimate, by_measure[name]) for name, estimate in estimates.items()}
    return {**known, "queries": Estimate(float(len(gains)))}


def compare_rankings(
    left_keys: ArrayLike,
    old: ArrayLike,
    new: ArrayLike,
    labels: ArrayLike,
    missed: ArrayLike | None = None,
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> dict[str, Change]:
    """:func:`ranking_metrics` of the ``new`` scores less those of the ``old``, with a paired test over queries.

    Returns:
        mrr, hit_at_1 and ndcg_at_10; NaN without queries.
    """
    before, after = (
        dict(zip(_MEASURES, _per_query(*_prepared(left_keys, scores, labels, missed)).T, strict=True))
        for scores in (old, new)
    )
    return mean_changes(before, after, None, seed, replicates)


def _prepared(
    left_keys: ArrayLike, scores: ArrayLike, labels: ArrayLike, missed: ArrayLike | None
) -> tuple[np.ndarray[Any, Any], Array, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """For the pairs of queries: query number in key order, score, whether true and whether missed."""
    keys, score, label = np.asarray(left_keys, dtype=object), np.asarray(scores, dtype=np.float64), np.asarray(labels)
    lost = np.zeros(len(keys), dtype=bool) if missed is None else np.asarray(missed, dtype=bool)
    used = (label >= 0) & ~(lost & (label != 1))
    query, true = np.unique(keys[used], return_inverse=True)[1], label[used] == 1
    asked = np.bincount(query[true], minlength=int(query.max(initial=-1)) + 1) > 0
    inside = asked[query]
    number = np.cumsum(asked) - 1
    return number[query[inside]], score[used][inside], true[inside], lost[used][inside]


def _per_query(query: np.ndarray[Any, Any], score: Array, true: np.ndarray[Any, Any], lost: Any) -> Array:
    """Reciprocal rank, hit and NDCG of each query, shape (queries, 3)."""
    queries = int(query.max(initial=-1)) + 1
    wanted = np.bincount(query[true], minlength=queries)
    query, score, true = query[~lost], score[~lost], true[~lost]
    order = np.lexsort((true, -score, query))  # wrong pairs before true ones of the same score
    query, true = query[order], true[order]
    first_row = np.searchsorted(query, np.arange(queries))
    index = np.arange(len(query)) - first_row[query] + 1
    reciprocal = np.zeros(queries)
    np.maximum.at(reciprocal, query[true], 1.0 / index[true])
    near = true & (index <= CUTOFF)
    gained = np.bincount(query[near], 1.0 / np.log2(index[near] + 1.0), minlength=queries)
    ideal = np.cumsum(1.0 / np.log2(np.arange(CUTOFF) + 2.0))
    best = ideal[np.minimum(wanted, CUTOFF) - 1]
    return np.column_stack([reciprocal, reciprocal == 1.0, gained / best])


def _not_certain(mean: Estimate, values: Array) -> Estimate:
    """Wilson's interval where all queries give the same value: the bootstrap interval would have no width."""
    if not len(values) or values.min() < values.max():
        return mean
    lower, upper = wilson_interval(values.sum(), len(values))
    return Estimate(mean.value, min(float(lower), mean.value), max(float(upper), mean.value))
