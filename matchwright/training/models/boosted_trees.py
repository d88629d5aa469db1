"""Fitting boosted trees under monotone constraints."""

from typing import Any, cast

import numpy as np
import pandas as pd

from matchwright.core.compare.names import constraints
from matchwright.core.models.boosted_trees import XGBoostScorer
from matchwright.core.models.scorer import Labels, Progress, TrainedScorer, demand_both_classes
from matchwright.core.spec.learning import ModelSpec
from matchwright.threads import COMPUTE_THREADS


def train_boosted_trees(
    comparisons: pd.DataFrame,
    labels: Labels,
    validation: pd.DataFrame,
    validation_labels: Labels,
    spec: ModelSpec,
    progress: Progress | None = None,
) -> TrainedScorer:
    """Boost trees under monotone constraints, stopped early on validation log loss; no class weights.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    import xgboost

    target = np.asarray(labels, dtype=np.float32)
    demand_both_classes(target)
    names = list(comparisons.columns)
    matrix = comparisons.to_numpy(dtype=np.float32)
    parameters = {
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "max_depth": spec.depth,
        "eta": spec.learning_rate,
        "min_child_weight": spec.min_child_weight,
        "subsample": spec.subsample,
        "colsample_bytree": spec.columns_per_tree,
        "monotone_constraints": tuple(constraints(names)),
        "seed": spec.seed,
        "nthread": COMPUTE_THREADS,
    }
    history: dict[str, dict[str, list[float]]] = {}
    booster = xgboost.train(
        parameters,
        xgboost.DMatrix(matrix, target, missing=np.nan),
        num_boost_round=spec.trees,
        evals=[
            (xgboost.DMatrix(matrix, target, missing=np.nan), "train"),
            (xgboost.DMatrix(validation[names].to_numpy(dtype=np.float32), validation_labels, missing=np.nan), "valid"),
        ],
        evals_result=history,
        early_stopping_rounds=spec.early_stopping,
        verbose_eval=False,
        callbacks=[_Progress(progress)] if progress else None,
    )
    best = booster[: booster.best_iteration + 1]
    # a reload from bytes, so that this scorer and one that is loaded later give equal numbers
    best.set_attr(comparisons=",".join(names), best_iteration=None, best_score=None)
    fresh = xgboost.Booster({"nthread": COMPUTE_THREADS})
    fresh.load_model(bytearray(best.save_raw("ubj")))
    return TrainedScorer(
        XGBoostScorer(fresh, tuple(names)), tuple(history["train"]["logloss"]), tuple(history["valid"]["logloss"])
    )


def _Progress(report: Progress) -> Any:  # noqa: N802 - returns an instance of a subclass of xgboost's callback
    import xgboost

    class Progress(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            report(epoch + 1, cast("float", evals_log["valid"]["logloss"][-1]))
            return False

    return Progress()
