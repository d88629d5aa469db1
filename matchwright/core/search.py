"""Seeded search for the scorer's hyperparameters within a budget; the spec's own values stay unless beaten."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matchwright.core.evaluate.bootstrap import Array, Estimate
from matchwright.core.evaluate.paired import log_losses, mean_over_queries
from matchwright.core.lesson import Lesson, learn
from matchwright.core.spec.model import ModelSpec, SearchSpec

if TYPE_CHECKING:
    import optuna

FOLDS = 3
MOST_TREES = 1000
"""A trial's bound where the spec's is lower: early stopping finds the number that a learning rate needs."""
_SEARCHED = ("depth", "learning_rate", "min_child_weight", "subsample", "columns_per_tree", "trees")


@dataclass(frozen=True)
class SearchResult:
    """The section to train with, and what the search saw (for ``train.json``)."""

    spec: ModelSpec
    report: dict[str, Any]

    @property
    def best_so_far(self) -> list[float]:
        """The lowest cross-validated log loss after each trial: (trials,)."""
        return [float(value) for value in np.minimum.accumulate([step["log_loss"] for step in self.report["history"]])]


def search_hyperparameters(
    taught: Lesson,
    validation: Lesson,
    spec: ModelSpec,
    budget: SearchSpec,
    progress: Callable[[int, float], None] | None = None,
) -> SearchResult:
    """Find hyperparameters by cross-validation, and take them if validation pairs confirm them.

    The first trial is the spec's own values; the others come from a tree-structured Parzen estimator (Bergstra
    et al., 2011, Algorithms for Hyper-Parameter Optimization). A trial's loss is that of the training pairs,
    each scored by a scorer that saw none of its left record's; the number of trees follows from early stopping
    on the validation pairs. The best of many trials looks better than it is, so the values found are taken only
    if they also lower the log loss of the validation pairs, which chose nothing but the number of trees, beyond
    noise. Deterministic for a given seed where ``trials`` ends the search.

    Args:
        taught: the training pairs.
        validation: the pairs that early stopping looks at.
        spec: the scorer's section of the match spec: its values and its seed.
        budget: how many trials, how many seconds; a trial that has begun is finished.
        progress: called with the trial (from 1) and its loss.

    Raises:
        TrainingError: fewer than ten pairs of a class in a fold.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    folds = _folds(taught.left_keys, spec.seed)
    losses: dict[int, Array] = {}
    tried: list[dict[str, Any]] = []

    def trial_loss(trial: "optuna.Trial") -> float:
        chosen = spec if trial.number == 0 else spec.model_copy(update=_suggested(trial, spec))
        losses[trial.number] = _cross_validated(taught, validation, folds, chosen)
        loss = float(losses[trial.number].mean())
        tried.append({"log_loss": loss, "values": {name: getattr(chosen, name) for name in _SEARCHED}})
        if progress is not None:
            progress(trial.number + 1, loss)
        return loss

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=spec.seed, n_startup_trials=8))
    study.optimize(trial_loss, n_trials=budget.trials, timeout=budget.seconds)
    best = min(range(len(tried)), key=lambda number: tried[number]["log_loss"])
    found = spec.model_copy(update=tried[best]["values"])
    change = mean_over_queries(losses[best] - losses[0], taught.left_keys, spec.seed)
    confirmed = _confirmation(taught, validation, spec, found) if best else Estimate(0.0, 0.0, 0.0)
    better = bool(confirmed.upper < 0)
    report = {
        "trials": len(tried),
        "ended_by": "trials" if len(tried) == budget.trials else "seconds",
        "default": tried[0],
        "best": tried[best],
        "cross_validated_change": change.as_dict(),
        "validation_change": confirmed.as_dict(),
        "used": "best" if better else "default",
        "reason": _reason(len(tried), best, confirmed, better),
        "history": tried,
    }
    return SearchResult(found if better else spec, report)


def _suggested(trial: "optuna.Trial", spec: ModelSpec) -> dict[str, Any]:
    return {
        "depth": trial.suggest_int("depth", 2, 8),
        "learning_rate": trial.suggest_float("learning_rate", 0.03, 0.3, log=True),
        "min_child_weight": trial.suggest_float("min_child_weight", 0.5, 20.0, log=True),
        "subsample": trial.suggest_float("subsample", 0.5, 1.0),
        "columns_per_tree": trial.suggest_float("columns_per_tree", 0.3, 1.0),
        "trees": max(spec.trees, MOST_TREES),
    }


def _folds(left_keys: np.ndarray[Any, Any], seed: int) -> np.ndarray[Any, Any]:
    """The fold of each pair: all pairs of a left record stand in one, (pairs,)."""
    records, number = np.unique(left_keys, return_inverse=True)
    return (np.random.default_rng(seed).permutation(len(records)) % FOLDS)[number]


def _cross_validated(taught: Lesson, validation: Lesson, folds: np.ndarray[Any, Any], spec: ModelSpec) -> Array:
    losses = np.zeros(len(taught.labels))
    for fold in range(FOLDS):
        held = folds == fold
        scorer = learn(taught.take(~held), validation, spec).scorer
        losses[held] = log_losses(scorer.margin(taught.comparisons[held]), taught.labels[held])
    return losses


def _confirmation(taught: Lesson, validation: Lesson, spec: ModelSpec, found: ModelSpec) -> Estimate:
    """Log loss of the validation pairs with the values found less that with the spec's."""
    new, old = (
        log_losses(learn(taught, validation, each).scorer.margin(validation.comparisons), validation.labels)
        for each in (found, spec)
    )
    return mean_over_queries(new - old, validation.left_keys, spec.seed)


def _reason(trials: int, best: int, change: Estimate, better: bool) -> str:
    if not best:
        return f"none of {trials} trials was better than the spec's own values"
    seen = f"log loss {change.value:+.5f} ({change.lower:+.5f} to {change.upper:+.5f}) on the validation pairs"
    if better:
        return f"the best of {trials} trials is better beyond noise: {seen}"
    return f"the best of {trials} trials is not better beyond noise, so the spec's values stay: {seen}"
