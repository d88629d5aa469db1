"""Fitting boosted trees under monotone constraints."""

from typing import Any, cast

import numpy as np

from matchwright.core.compare.names import constraints
from matchwright.core.models.boosted_trees import XGBoostScorer
from matchwright.core.models.neutral import with_neutral
from matchwright.core.models.scorer import Progress, TrainedScorer, demand_both_classes
from matchwright.core.spec.learning import ModelSpec
from matchwright.threads import COMPUTE_THREADS
from matchwright.training.models.averaging import averaged
from matchwright.training.models.neutral import neutral_values, without_flags
from matchwright.training.models.scorer_data import ScorerData

SEED_STEP = 1_000
"""The seeds of averaged models differ by this, so that those of neighbouring seeds have none in common."""


def train_boosted_trees(data: ScorerData, spec: ModelSpec, progress: Progress | None = None) -> TrainedScorer:
    """Boost trees under monotone constraints, stopped early on validation log loss; no class weights.

    With ``average_of`` several times, each time with another seed; the losses are those of the first one.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    import xgboost

    target = np.asarray(data.labels, dtype=np.float32)
    demand_both_classes(target)
    names = list(without_flags(data.comparisons))
    neutral = neutral_values(data.comparisons[names], target, data.limits)
    matrix, held = (
        with_neutral(table[names].to_numpy(dtype=np.float32), neutral, tuple(names))
        for table in (data.comparisons, data.validation)
    )
    parameters = {
        **tree_parameters(names, spec),
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "min_child_weight": spec.min_child_weight,
        "subsample": spec.subsample,
        "colsample_bytree": spec.columns_per_tree,
    }
    # one object for training and its losses: XGBoost keeps its predictions from round to round
    training = xgboost.DMatrix(matrix, target, missing=np.nan)
    validation = xgboost.DMatrix(held, data.validation_labels, missing=np.nan)
    boosters, losses = [], []
    for number in range(spec.average_of):
        history: dict[str, dict[str, list[float]]] = {}
        booster = xgboost.train(
            {**parameters, "seed": spec.seed + number * SEED_STEP},
            training,
            num_boost_round=spec.trees,
            evals=[(training, "train"), (validation, "valid")],
            evals_result=history,
            early_stopping_rounds=spec.early_stopping,
            verbose_eval=False,
            callbacks=[_callback(progress)] if progress else None,
        )
        boosters.append(booster[: booster.best_iteration + 1])
        losses.append([tuple(history[part]["logloss"]) for part in ("train", "valid")])
    best = averaged(boosters) if len(boosters) > 1 else boosters[0]
    best.set_attr(best_iteration=None, best_score=None)
    return TrainedScorer(as_scorer(best, names, neutral), *losses[0])


def tree_parameters(names: list[str], spec: ModelSpec) -> dict[str, Any]:
    """The parameters of XGBoost that all trees have. Monotone constraints follow from the comparisons' ``names``."""
    return {
        "tree_method": "hist",
        "max_depth": spec.depth,
        "eta": spec.learning_rate,
        "monotone_constraints": tuple(constraints(names)),
        "seed": spec.seed,
        "nthread": COMPUTE_THREADS,
    }


def as_scorer(booster: Any, names: list[str], neutral: tuple[float, ...] = ()) -> XGBoostScorer:
    """A fitted ``xgboost.Booster`` as a scorer of the comparisons ``names``; they are written into the booster.

    The scorer is loaded from the booster's bytes, so that it gives the same numbers as one that is loaded later.
    """
    import xgboost

    booster.set_attr(comparisons=",".join(names), neutral=",".join(map(str, neutral)) or None)
    fresh = xgboost.Booster({"nthread": COMPUTE_THREADS})
    fresh.load_model(bytearray(booster.save_raw("ubj")))
    return XGBoostScorer(fresh, tuple(names), neutral)


def _callback(report: Progress) -> Any:
    """XGBoost's callback that reports each round. Its class is defined here, because XGBoost is imported late."""
    import xgboost

    class Reporting(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            report(epoch + 1, cast("float", evals_log["valid"]["logloss"][-1]))
            return False

    return Reporting()
