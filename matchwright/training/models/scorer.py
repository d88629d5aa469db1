"""Fitting the kind of scorer that the spec names.

``xgboost`` boosts trees. ``torch`` fits a monotone network and exports it to ONNX.
:func:`~matchwright.core.models.onnx_graph.wrap_onnx` makes a scorer from an ONNX graph that was fitted with another
tool.
"""

from collections.abc import Mapping

import pandas as pd

from matchwright.core.models.scorer import Labels, Progress, TrainedScorer
from matchwright.core.spec.learning import ModelSpec
from matchwright.training.models.boosted_trees import train_boosted_trees
from matchwright.training.models.scorer_data import ScorerData


def train_scorer(
    comparisons: pd.DataFrame,
    labels: Labels,
    validation: pd.DataFrame,
    validation_labels: Labels,
    spec: ModelSpec,
    progress: Progress | None = None,
    limits: Mapping[str, float] | None = None,
) -> TrainedScorer:
    """Train the kind of scorer that the spec names, stopped early on validation log loss; no class weights.

    Args:
        comparisons: of the training pairs, one row per pair.
        labels: 1 for a match, else 0; shape (pairs,).
        validation: comparisons of the pairs that stop the training.
        validation_labels: their labels.
        spec: the scorer's section of the match spec.
        progress: called with each round, from 1, and its validation log loss.
        limits: the limits of disagreement, see :func:`~matchwright.core.compare.names.disagreement_limits`.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    data = ScorerData(comparisons, labels, validation, validation_labels, limits or {})
    if spec.scorer == "torch":
        from matchwright.training.models.network.scorer import fit_scorer

        return fit_scorer(data, spec, progress)
    return train_boosted_trees(data, spec, progress)
