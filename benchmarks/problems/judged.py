"""The scores of a register judged by record: each record of the test part with all its pairs.

Every pair counts one half for each of its records. So pairs that blocking misses count as missed.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.problems.deduplicated import Scored
from matchwright.evaluation.bootstrap import Estimate, bootstrap
from matchwright.evaluation.reliability import MIDDLE

HALF = 0.5
SCORER, WITH_NEIGHBOURS, FURTHER, CLOSURE = (
    "scorer",
    "with neighbours",
    "and further candidates",
    "transitive closure",
)

Counts = tuple[np.ndarray, np.ndarray]
"""The predicted pairs of each record, and the true ones among them."""


def at_one_half(scored: Scored) -> dict[str, dict[str, Estimate]]:
    """Precision, recall, F1 and calibration gap of each method, where a pair is predicted from a score of one half on.

    Closure gives no scores, so it has no gap.
    """
    methods = _methods(scored)
    counts = {method: _of_pairs(scored, judged & (scores >= HALF)) for method, (scores, judged) in methods.items()}
    counts[CLOSURE] = _of_closure(scored, ~scored.further & (scored.scores >= HALF))
    found = {method: bootstrap(*_by_record(scored, [each]), _figures) for method, each in counts.items()}
    for method, (scores, judged) in methods.items():
        found[method]["gap"] = _gap(scored, scores, judged)
    return found


def at_chosen_threshold(trained: Sequence[Scored]) -> dict[str, Estimate]:
    """The mean F1 of several trainings by each method. The calibration part chooses the threshold of each of them."""
    found = {}
    for method in _methods(trained[0]):
        counts = []
        for scored in trained:
            scores, judged = _methods(scored)[method]
            counts.append(_of_pairs(scored, judged & (scores >= _best_threshold(scored, scores, judged))))
        found[method] = bootstrap(*_by_record(trained[0], counts), _mean_f1)["f1"]
    return found


def candidates_of(scored: Scored) -> tuple[float, float, float]:
    """The candidates of the test part, the true pairs among them, and all its true pairs."""
    candidates, hits = _of_pairs(scored, ~scored.further)
    candidates, hits, true = ((each * scored.tested).sum() / 2 for each in (candidates, hits, scored.true))
    return float(candidates), float(hits), float(true)


def _methods(scored: Scored) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The scores of each method, and which pairs it judges."""
    candidates = ~scored.further
    found = {SCORER: (scored.scores, candidates)}
    if scored.with_neighbours is not None:
        found[WITH_NEIGHBOURS] = scored.with_neighbours, candidates
        found[FURTHER] = scored.with_neighbours, np.ones_like(candidates)
    return found


def _best_threshold(scored: Scored, scores: np.ndarray, judged: np.ndarray) -> float:
    """The threshold with the best F1 in the calibration part, halfway to the next lower score."""
    left, right = scored.left[judged], scored.right[judged]
    weight = (scored.calibrated[left].astype(float) + scored.calibrated[right]) / 2
    rows = np.flatnonzero(weight)
    rows = rows[np.argsort(-scores[judged][rows], kind="stable")]
    ranked, weight = scores[judged][rows], weight[rows]
    hits = np.cumsum(weight * (scored.entity[left[rows]] == scored.entity[right[rows]]))
    f1 = 2 * hits / (np.cumsum(weight) + scored.true[scored.calibrated].sum() / 2)
    # a score that several pairs have counts with all of them
    last = np.flatnonzero(np.r_[ranked[1:] != ranked[:-1], True])
    best = int(np.argmax(f1[last]))
    return float(ranked[last[best : best + 2]].mean())


def _by_record(scored: Scored, counts: Sequence[Counts]) -> tuple[np.ndarray, np.ndarray]:
    """What each record of the test part adds to the sums: its true pairs, and what each training predicts and hits."""
    columns = [scored.true, *(column for each in counts for column in each)]
    return np.column_stack(columns)[scored.tested] / 2, scored.entity[scored.tested]


def _gap(scored: Scored, scores: np.ndarray, judged: np.ndarray) -> Estimate:
    uncertain = judged & (scores >= MIDDLE[0]) & (scores <= MIDDLE[1])
    left, right = scored.left[uncertain], scored.right[uncertain]
    errors = scores[uncertain] - (scored.entity[left] == scored.entity[right])
    record, errors = np.append(left, right), np.append(errors, errors)
    tested = scored.tested[record]
    values, of = np.column_stack([errors, np.ones(len(errors))])[tested], scored.entity[record[tested]]
    return bootstrap(values, of, lambda sums: {"gap": sums[..., 0] / np.maximum(sums[..., 1], 1)})["gap"]


def _of_pairs(scored: Scored, predicted: np.ndarray) -> Counts:
    left, right, size = scored.left[predicted], scored.right[predicted], len(scored.entity)
    true = (scored.entity[left] == scored.entity[right]).astype(float)
    pairs = np.bincount(left, minlength=size) + np.bincount(right, minlength=size)
    return pairs, np.bincount(left, true, size) + np.bincount(right, true, size)


def _of_closure(scored: Scored, predicted: np.ndarray) -> Counts:
    left, right, size = scored.left[predicted], scored.right[predicted], len(scored.entity)
    links = coo_array((np.ones(len(left)), (left, right)), shape=(size, size))
    component = connected_components(links, directed=False)[1].astype(np.int64)
    both = np.unique(component * size + scored.entity, return_inverse=True)[1]
    return np.bincount(component)[component] - 1, np.bincount(both)[both] - 1


def _figures(sums: np.ndarray) -> dict[str, np.ndarray]:
    true, predicted, hits = np.moveaxis(sums, -1, 0)
    return {
        "precision": hits / np.maximum(predicted, 1),
        "recall": hits / np.maximum(true, 1),
        "f1": 2 * hits / np.maximum(predicted + true, 1),
    }


def _mean_f1(sums: np.ndarray) -> dict[str, np.ndarray]:
    true, predicted, hits = sums[..., :1], sums[..., 1::2], sums[..., 2::2]
    return {"f1": (2 * hits / np.maximum(predicted + true, 1)).mean(axis=-1)}
