"""The XGBoost scorer: comparisons to log-odds, with exact additive contributions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from matchwright.core.compare.names import constraints
from matchwright.core.scorer.protocol import Array, Labels, Progress, TrainedScorer, demand_both_classes, matrix_of
from matchwright.core.spec.model import ModelSpec
from matchwright.errors import DAMAGED, BundleError
from matchwright.threads import COMPUTE_THREADS


@dataclass(frozen=True)
class XGBoostScorer:
    """A boosted-tree model over named comparisons; ``booster`` is an ``xgboost.Booster``."""

    booster: Any
    names: tuple[str, ...]

    def margin(self, comparisons: pd.DataFrame) -> Array:
        """Log-odds of a match, shape (pairs,), before calibration."""
        values = self.booster.inplace_predict(matrix_of(comparisons, self.names), predict_type="margin")
        return np.asarray(values, dtype=np.float64).ravel()

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the margin, shape (pairs, comparisons), and the base value.

        Exact tree SHAP values: Lundberg et al. (2020), From local explanations to global understanding.
        """
        import xgboost

        matrix = xgboost.DMatrix(matrix_of(comparisons, self.names), missing=np.nan, nthread=COMPUTE_THREADS)
        values = np.asarray(self.booster.predict(matrix, pred_contribs=True), dtype=np.float64)
        values = values.reshape(len(comparisons), len(self.names) + 1)
        base = float(values[0, -1]) if len(values) else 0.0
        return values[:, :-1], base

    def save(self, path: Path) -> None:
        """Write ``scorer.ubj``, the comparisons' names inside it."""
        path.write_bytes(bytes(self.booster.save_raw("ubj")))

    @classmethod
    def load(cls, path: Path) -> "XGBoostScorer":
        """Read what :meth:`save` wrote; scores on one thread.

        Raises:
            BundleError: the file is not a scorer with named comparisons.
        """
        import xgboost

        booster = xgboost.Booster({"nthread": COMPUTE_THREADS})
        try:
            booster.load_model(bytearray(path.read_bytes()))
        except xgboost.core.XGBoostError as error:
            raise BundleError("The scorer cannot be read.", DAMAGED) from error
        names = booster.attr("comparisons")
        if not names:
            raise BundleError("The scorer does not name its comparisons.", "train it with matchwright")
        return cls(booster, tuple(names.split(",")))


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
    # inplace_predict and a reload both start from the same bytes: nothing of the training session is left in them
    best.set_attr(comparisons=",".join(names), best_iteration=None, best_score=None)
    fresh = xgboost.Booster({"nthread": COMPUTE_THREADS})
    fresh.load_model(bytearray(best.save_raw("ubj")))
    return TrainedScorer(
        XGBoostScorer(fresh, tuple(names)), tuple(history["train"]["logloss"]), tuple(history["valid"]["logloss"])
    )


def _Progress(report: Progress) -> Any:  # noqa: N802 - stands for a class xgboost must supply
    import xgboost

    class Progress(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            report(epoch + 1, cast("float", evals_log["valid"]["logloss"][-1]))
            return False

    return Progress()
