"""A scorer from few labels: boosted trees with the unsupervised start as a prior.

Trees learn little from a few hundred labelled pairs, and no pairs are left for early stopping and calibration. So the
unsupervised start gives soft labels to unlabelled candidates. Together these count as ``PRIOR_PAIRS`` labelled pairs
(distillation, Hinton et al. 2015). The soft labels are not rescaled. The labelled pairs were chosen because their
scores were uncertain, so a scale learned from them would make all scores too uncertain. The number of trees and the
scores for calibration come from cross-fitting: a pair is scored by trees that were fitted without the pairs of its left
record. The result is an ordinary scorer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.models.boosted_trees import XGBoostScorer
from matchwright.core.models.neutral import with_neutral
from matchwright.core.models.scorer import Labels
from matchwright.core.models.unsupervised import FellegiSunterScorer
from matchwright.core.spec.learning import ModelSpec
from matchwright.errors import TrainingError
from matchwright.training.models.boosted_trees import as_scorer, tree_parameters
from matchwright.training.models.neutral import neutral_values, without_flags

Array = np.ndarray[Any, np.dtype[np.float64]]

FEW_LABELS = 1_000
"""Training with fewer labelled pairs uses this method."""

LEAST_TEST_SHARE = 0.3
"""The least share of entities in the test part. With so few pairs, a smaller part gives no useful figures."""

PRIOR_PAIRS = 1_000.0
"""The weight of all soft labels together, in labelled pairs.

On the validation parts of benchmark sets 300 is as good, and 3,000 is worse with 100 labels.
"""

PRIOR_SAMPLE = 4_000
"""The most unlabelled candidates that get a soft label."""

EVEN = 0.5
"""From this soft label on, a pair counts as a match where neutral values are found."""

FOLDS = 5
FEWEST_PER_CLASS = 5
FEWEST_ROUNDS = 20
MIN_CHILD_WEIGHT = 0.5
"""The most that is used. With the spec's own value a leaf might need more pairs than there are."""


@dataclass(frozen=True)
class FewLabelScorer:
    """The scorer, and the log losses per round.

    ``held_out_log_odds``, shape (pairs,), are the log-odds of each pair from trees that did not see it.
    """

    scorer: XGBoostScorer
    held_out_log_odds: Array
    train_losses: tuple[float, ...]
    validation_losses: tuple[float, ...]


def require_enough(labels: Labels) -> None:
    """Refuse to train with fewer than five labelled pairs of a class. Augmented pairs do not count.

    Raises:
        TrainingError: there are fewer.
    """
    target = np.asarray(labels)
    positives, negatives = int((target == 1).sum()), int((target == 0).sum())
    if min(positives, negatives) < FEWEST_PER_CLASS:
        raise TrainingError(
            f"The scorer has {positives} matching and {negatives} other pairs to learn from; it needs "
            f"{FEWEST_PER_CLASS} of each.",
            "label more pairs with `matchwright label`, or set labels: none for an unsupervised start",
        )


def train_on_few_labels(
    comparisons: pd.DataFrame,
    labels: Labels,
    groups: "Sequence[str] | np.ndarray[Any, Any]",
    unlabelled: pd.DataFrame,
    unsupervised: FellegiSunterScorer,
    spec: ModelSpec,
    unlike: pd.DataFrame | None = None,
    limits: Mapping[str, float] | None = None,
) -> FewLabelScorer:
    """Boost trees on few labels and on the soft labels of the unsupervised start.

    Args:
        comparisons: of the labelled pairs, one row per pair.
        labels: 1 for a match, else 0; shape (pairs,).
        groups: the left record's key; shape (pairs,). All pairs of a group are in one fold.
        unlabelled: comparisons of unlabelled candidates.
        unsupervised: the unsupervised start of the same candidates.
        spec: the scorer's settings; ``trees`` is the largest number of trees.
        unlike: comparisons of counter-examples. Each weighs as much as an unlabelled candidate.
        limits: the limits of disagreement, see :func:`~matchwright.core.compare.names.disagreement_limits`.

    Raises:
        TrainingError: fewer than five pairs of a class.
    """
    require_enough(labels)
    target = np.asarray(labels, dtype=np.float64)
    chosen = np.random.default_rng(spec.seed).permutation(len(unlabelled))[:PRIOR_SAMPLE]
    drawn = unlabelled.iloc[np.sort(chosen)].reset_index(drop=True)
    names = list(without_flags(comparisons))
    added = drawn.iloc[:0] if unlike is None else unlike
    soft = np.append(1 / (1 + np.exp(-unsupervised.log_odds(drawn))), np.zeros(len(added)))
    weight = PRIOR_PAIRS / max(len(drawn), 1)
    prior = pd.concat([drawn[names], added[names]], ignore_index=True)
    dataset = _FewLabelDataset(comparisons[names], target, prior, soft, weight, spec, limits or {})
    fold_of = _folds(groups, target, spec.seed)
    by_round = np.zeros((spec.trees, len(target)))
    for fold in range(FOLDS):
        held = fold_of == fold
        if held.any():
            fitted = dataset.boosted(~held, spec.trees)
            by_round[:, held] = _log_odds_by_round(fitted, comparisons[held], spec.trees)
    losses = np.log1p(np.exp(-np.where(target == 1, 1, -1) * by_round)).mean(axis=1)
    rounds = max(min(FEWEST_ROUNDS, spec.trees), int(losses.argmin()) + 1)
    everything = dataset.boosted(np.ones(len(target), dtype=bool), rounds)
    training = _log_odds_by_round(everything, comparisons, rounds)
    train_losses = np.log1p(np.exp(-np.where(target == 1, 1, -1) * training)).mean(axis=1)
    return FewLabelScorer(
        scorer=everything,
        held_out_log_odds=by_round[rounds - 1],
        train_losses=tuple(round(float(loss), 6) for loss in train_losses),
        validation_losses=tuple(round(float(loss), 6) for loss in losses[:rounds]),
    )


@dataclass(frozen=True)
class _FewLabelDataset:
    """Labelled pairs, and pairs with soft labels (``prior``, ``soft``), each of the same ``weight``."""

    comparisons: pd.DataFrame
    target: Array
    prior: pd.DataFrame
    soft: Array
    weight: float
    spec: ModelSpec
    limits: Mapping[str, float]

    def boosted(self, chosen: "np.ndarray[Any, np.dtype[np.bool_]]", rounds: int) -> XGBoostScorer:
        """Trees from the chosen labelled pairs and the prior."""
        import xgboost

        names = list(map(str, self.comparisons.columns))
        both = pd.concat([self.comparisons[chosen], self.prior], ignore_index=True)
        labels = np.append(self.target[chosen], self.soft)
        weights = np.append(np.ones(int(chosen.sum())), np.full(len(self.soft), self.weight))
        parameters = {
            **tree_parameters(names, self.spec),
            "objective": "binary:logistic",
            "base_score": 0.5,
            "min_child_weight": min(self.spec.min_child_weight, MIN_CHILD_WEIGHT),
        }
        neutral = neutral_values(both, labels >= EVEN, self.limits)
        matrix = with_neutral(both.to_numpy(dtype=np.float32), neutral, tuple(names))
        data = xgboost.DMatrix(matrix, labels, weight=weights, missing=np.nan)
        return as_scorer(xgboost.train(parameters, data, num_boost_round=rounds), names, neutral)


def _log_odds_by_round(scorer: XGBoostScorer, comparisons: pd.DataFrame, rounds: int) -> Array:
    """Log-odds after each round, shape (rounds, pairs): the sum of the leaves so far."""
    import xgboost

    matrix, predict = xgboost.DMatrix(scorer.matrix(comparisons), missing=np.nan), scorer.booster.predict
    steps = [predict(matrix, output_margin=True, iteration_range=(0, last)) for last in range(1, rounds + 1)]
    return np.asarray(steps, dtype=np.float64)


def _folds(groups: Any, target: Array, seed: int) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Folds that keep each group together and have similar shares of matches."""
    from sklearn.model_selection import StratifiedGroupKFold

    _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    folds = np.zeros(len(target), dtype=np.int64)
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for fold, (_, held) in enumerate(splitter.split(np.zeros(len(target)), target, codes)):
        folds[held] = fold
    return folds
