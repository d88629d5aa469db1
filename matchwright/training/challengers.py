"""Challengers: other kinds of model on the same comparisons, compared with the scorer."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.spec.learning import Challenger, ModelSpec
from matchwright.evaluation.bootstrap import Array, means
from matchwright.evaluation.paired import Change, log_losses, mean_changes
from matchwright.evaluation.ranking import CUTOFF, compare_rankings, ranking_metrics
from matchwright.training.datasets.labelled_pairs import LabelledPairs, learn
from matchwright.training.models.boosted_trees import tree_parameters

RANKED_BY = "mrr"
"""The figure that a ranker is compared by, because it has no log loss."""


def challenge(
    kind: Challenger,
    training: LabelledPairs,
    validation: LabelledPairs,
    of_scorer: Array,
    spec: ModelSpec,
    limits: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """Train a challenger, and compare it with the scorer on the labelled validation pairs.

    Early stopping used these pairs for both, so the figures of both look too good.

    Args:
        kind: ``ranker`` (LambdaMART: Burges, 2010, From RankNet to LambdaRank to LambdaMART: An Overview), which
            orders the candidates of a left record and gives no probability, or ``torch``, a neural scorer.
        training: the scorer's training pairs. They may have comparisons that only the challenger reads.
        validation: the pairs for early stopping.
        of_scorer: the scorer's log-odds of the labelled validation pairs.
        spec: the scorer's section of the match spec.
        limits: the limits of disagreement, see :func:`~matchwright.core.compare.names.disagreement_limits`.

    Returns:
        ``figures`` of the challenger and of the ``scorer``, each with its interval, ``change`` (challenger less
        scorer, with a paired test over left records), ``better``, and ``finding``, the same in words.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    originals = validation.originals()
    if kind == "ranker":
        log_odds = _ranker(training.originals(), originals, spec)
    else:
        neural = spec.model_copy(update={"scorer": kind})
        log_odds = learn(training, validation, neural, limits=limits).scorer.log_odds(originals.comparisons)
    keys, labels = originals.left_keys, originals.labels
    figures, own = (ranking_metrics(keys, scores, labels, seed=spec.seed) for scores in (log_odds, of_scorer))
    change = compare_rankings(keys, of_scorer, log_odds, labels, seed=spec.seed)
    if kind != "ranker":
        old, new = ({"log_loss": log_losses(each, labels)} for each in (of_scorer, log_odds))
        figures |= means(new, keys, spec.seed)
        own |= means(old, keys, spec.seed)
        change |= mean_changes(old, new, keys, spec.seed)
    compared_by = RANKED_BY if kind == "ranker" else "log_loss"
    better, finding = _finding(compared_by, change[compared_by])
    return {
        "figures": {name: figure.as_dict() for name, figure in figures.items()},
        "scorer": {name: figure.as_dict() for name, figure in own.items()},
        "change": {name: figure.as_dict() for name, figure in change.items()},
        "better": better,
        "finding": finding,
    }


def _ranker(training: LabelledPairs, originals: LabelledPairs, spec: ModelSpec) -> Array:
    """Scores of the labelled validation pairs by a ranker. The candidates of a left record are one query."""
    import xgboost

    names = list(training.comparisons.columns)

    def matrix(dataset: LabelledPairs) -> Any:
        query = np.unique(dataset.left_keys, return_inverse=True)[1]
        order = np.argsort(query, kind="stable")
        values = _values(dataset.comparisons[names])[order]
        return xgboost.DMatrix(values, dataset.labels[order], qid=query[order], missing=np.nan)

    booster = xgboost.train(
        {
            **tree_parameters(names, spec),
            "objective": "rank:ndcg",
            "eval_metric": f"ndcg@{CUTOFF}",
            "min_child_weight": 0.0,  # a query's second derivatives are far smaller than a pair's
            "subsample": spec.subsample,
            "colsample_bytree": spec.columns_per_tree,
        },
        matrix(training),
        num_boost_round=spec.trees,
        evals=[(matrix(originals), "valid")],
        early_stopping_rounds=spec.early_stopping,
        verbose_eval=False,
    )
    best = booster[: booster.best_iteration + 1]
    return np.asarray(best.inplace_predict(_values(originals.comparisons[names])), dtype=np.float64)


def _values(comparisons: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.ascontiguousarray(comparisons.to_numpy(dtype=np.float32))


def _finding(name: str, change: Change) -> tuple[bool, str]:
    sign = -1.0 if name == "log_loss" else 1.0
    gain, low, high = sign * change.value, *sorted((sign * change.lower, sign * change.upper))
    what = f"in {name.replace('_', ' ')}"
    if not change.beyond_noise:
        return False, f"no better: {gain:+.5f} {what} ({low:+.5f} to {high:+.5f}; p {change.p_value:.3f})"
    span = f"{abs(gain):.5f} {what} ({low:+.5f} to {high:+.5f} in its favour; p {change.p_value:.3f})"
    return gain > 0, f"{'better' if gain > 0 else 'worse'} by {span}"
