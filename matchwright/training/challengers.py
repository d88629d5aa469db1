"""Other kinds of model on the same comparisons: does one do better than the scorer?"""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.names import constraints
from matchwright.core.models.scorer import TrainedScorer
from matchwright.core.spec.learning import Challenger, ModelSpec
from matchwright.evaluation.bootstrap import Array, Estimate
from matchwright.evaluation.paired import log_losses, mean_over_queries
from matchwright.evaluation.ranking import CUTOFF, compare_rankings, ranking_metrics
from matchwright.threads import COMPUTE_THREADS
from matchwright.training.dataset import Lesson, learn

RANKED_BY = "mrr"
"""The figure a ranker's verdict goes by: it has no log loss."""


def challenge(
    kind: Challenger, taught: Lesson, validation: Lesson, main: TrainedScorer, spec: ModelSpec
) -> dict[str, Any]:
    """One challenger's figures on the judged validation pairs beside the scorer's.

    Both were stopped early on these pairs, which flatters both.

    Args:
        kind: ``ranker`` (LambdaMART: Burges, 2010, From RankNet to LambdaRank to LambdaMART: An Overview), which
            orders the candidates of a left record and gives no probability, or ``torch``, a neural scorer.
        taught: the training pairs, the scorer's own; they may have comparisons that the challenger alone reads.
        validation: the pairs that early stopping looks at.
        main: the scorer that was trained on them.
        spec: the scorer's section of the match spec.

    Returns:
        ``figures`` and ``scorer`` (each figure with its interval), ``change`` (challenger less scorer, by paired
        bootstrap over left records), ``better`` and ``verdict`` in words.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    judged = validation.judged()
    own = main.scorer.margin(judged.comparisons)
    if kind == "ranker":
        margin = _ranker(taught.judged(), judged, spec)
    else:
        neural = spec.model_copy(update={"scorer": kind})
        margin = learn(taught, validation, neural).scorer.margin(judged.comparisons)
    keys, labels = judged.left_keys, judged.labels
    figures, beside = (ranking_metrics(keys, scores, labels, seed=spec.seed) for scores in (margin, own))
    change = compare_rankings(keys, own, margin, labels, seed=spec.seed)
    if kind != "ranker":
        new, old = log_losses(margin, labels), log_losses(own, labels)
        for found, values in ((figures, new), (beside, old), (change, new - old)):
            found["log_loss"] = mean_over_queries(values, keys, spec.seed)
    judged_by = RANKED_BY if kind == "ranker" else "log_loss"
    better, verdict = _verdict(judged_by, change[judged_by])
    return {
        "figures": {name: figure.as_dict() for name, figure in figures.items()},
        "scorer": {name: figure.as_dict() for name, figure in beside.items()},
        "change": {name: figure.as_dict() for name, figure in change.items()},
        "better": better,
        "verdict": verdict,
    }


def _ranker(taught: Lesson, judged: Lesson, spec: ModelSpec) -> Array:
    """What a ranker taught by the training pairs gives the judged ones; a left record's candidates are a query."""
    import xgboost

    names = list(taught.comparisons.columns)

    def matrix(lesson: Lesson) -> Any:
        query = np.unique(lesson.left_keys, return_inverse=True)[1]
        order = np.argsort(query, kind="stable")
        values = _values(lesson.comparisons[names])[order]
        return xgboost.DMatrix(values, lesson.labels[order], qid=query[order], missing=np.nan)

    booster = xgboost.train(
        {
            "objective": "rank:ndcg",
            "eval_metric": f"ndcg@{CUTOFF}",
            "tree_method": "hist",
            "max_depth": spec.depth,
            "eta": spec.learning_rate,
            "min_child_weight": 0.0,  # a query's second derivatives are far smaller than a pair's
            "subsample": spec.subsample,
            "colsample_bytree": spec.columns_per_tree,
            "monotone_constraints": tuple(constraints(names)),
            "seed": spec.seed,
            "nthread": COMPUTE_THREADS,
        },
        matrix(taught),
        num_boost_round=spec.trees,
        evals=[(matrix(judged), "valid")],
        early_stopping_rounds=spec.early_stopping,
        verbose_eval=False,
    )
    best = booster[: booster.best_iteration + 1]
    return np.asarray(best.inplace_predict(_values(judged.comparisons[names])), dtype=np.float64)


def _values(comparisons: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.ascontiguousarray(comparisons.to_numpy(dtype=np.float32))


def _verdict(name: str, change: Estimate) -> tuple[bool, str]:
    sign = -1.0 if name == "log_loss" else 1.0
    gain, low, high = sign * change.value, *sorted((sign * change.lower, sign * change.upper))
    what = name.replace("_", " ")
    span = f"{abs(gain):.5f} in {what} ({low:+.5f} to {high:+.5f} in its favour)"
    if low > 0:
        return True, f"better by {span}"
    return False, f"worse by {span}" if high < 0 else f"no better: {gain:+.5f} in {what} ({low:+.5f} to {high:+.5f})"
