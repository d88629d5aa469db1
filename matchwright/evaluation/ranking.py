"""Ranking metrics: how high the right record stands among the candidates of its query.

A query is a left record with at least one true pair. In one table, where a pair has no direction, it
is the record that comes first by key.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from matchwright.evaluation.bootstrap import REPLICATES, Array, Estimate, means
from matchwright.evaluation.wilson import wilson_interval

CUTOFF = 10
"""NDCG looks at this many places."""

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
    """Mean reciprocal rank, share of queries with a true pair in first place, and NDCG, over all queries.

    Equal scores are taken at their worst: the wrong pairs stand first. A true pair that blocking missed
    stands at no place but counts in the ideal order, and a query of which all were missed scores 0.
    Järvelin and Kekäläinen (2002), Cumulated Gain-Based Evaluation of IR Techniques, with gains of 0 and 1.

    Args:
        left_keys: the left record of each pair, (pairs,).
        scores: any order-giving score, (pairs,); not looked at where ``missed``.
        labels: 1, 0 or -1 (unknown: the pair is left out, which flatters the figures), (pairs,).
        missed: True for labelled pairs that are no candidates, (pairs,); only true ones count.
        replicates: bootstrap replicates.
        seed: of the resampling.

    Returns:
        mrr, hit_at_1 and ndcg_at_10, each in [0, 1] with its interval from resampled queries (Wilson's
        where all queries are alike), and ``queries``, their number, without an interval. NaN without queries.
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
) -> dict[str, Estimate]:
    """What :func:`ranking_metrics` gives for ``new`` scores less that for ``old``, by paired bootstrap over queries.

    Returns:
        mrr, hit_at_1 and ndcg_at_10; NaN without queries.
    """
    gains = [_per_query(*_prepared(left_keys, scores, labels, missed)) for scores in (old, new)]
    return means(dict(zip(_MEASURES, (gains[1] - gains[0]).T, strict=True)), None, seed, replicates)


def _prepared(
    left_keys: ArrayLike, scores: ArrayLike, labels: ArrayLike, missed: ArrayLike | None
) -> tuple[np.ndarray[Any, Any], Array, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Query numbers in key order, scores, whether true and whether missed, of the pairs of queries alone."""
    keys, score, label = np.asarray(left_keys, dtype=object), np.asarray(scores, dtype=np.float64), np.asarray(labels)
    lost = np.zeros(len(keys), dtype=bool) if missed is None else np.asarray(missed, dtype=bool)
    used = (label >= 0) & ~(lost & (label != 1))
    query, true = np.unique(keys[used], return_inverse=True)[1], label[used] == 1
    asked = np.bincount(query[true], minlength=int(query.max(initial=-1)) + 1) > 0
    inside = asked[query]
    number = np.cumsum(asked) - 1
    return number[query[inside]], score[used][inside], true[inside], lost[used][inside]


def _per_query(query: np.ndarray[Any, Any], score: Array, true: np.ndarray[Any, Any], lost: Any) -> Array:
    """Reciprocal rank, hit and NDCG of each query: (queries, 3)."""
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
    """Wilson's interval where no query differs from another: resampling would claim to be certain."""
    if not len(values) or values.min() < values.max():
        return mean
    lower, upper = wilson_interval(values.sum(), len(values))
    return Estimate(mean.value, min(float(lower), mean.value), max(float(upper), mean.value))
