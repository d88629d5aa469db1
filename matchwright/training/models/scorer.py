"""Scorers turn comparisons into log-odds, with additive contributions. The name of a scorer's file shows its kind.

``xgboost`` (``scorer.ubj``) boosts trees. ``torch`` (``scorer.onnx``) trains a monotone network and exports it to ONNX.
:func:`wrap_onnx` makes a scorer from an ONNX graph that was trained with another tool.

Serving imports ``matchwright.core.models`` instead, because this module imports the training code.
"""

import pandas as pd

from matchwright.core.models.boosted_trees import XGBoostScorer
from matchwright.core.models.files import SCORER_FILES, read_scorer, scorer_file, write_scorer
from matchwright.core.models.onnx_graph import OnnxScorer, background_row, wrap_onnx
from matchwright.core.models.scorer import Labels, Progress, Scorer, TrainedScorer
from matchwright.core.spec.learning import ModelSpec
from matchwright.training.models.boosted_trees import train_boosted_trees

__all__ = [
    "SCORER_FILES",
    "OnnxScorer",
    "Scorer",
    "TrainedScorer",
    "XGBoostScorer",
    "background_row",
    "read_scorer",
    "scorer_file",
    "train_scorer",
    "wrap_onnx",
    "write_scorer",
]


def train_scorer(
    comparisons: pd.DataFrame,
    labels: Labels,
    validation: pd.DataFrame,
    validation_labels: Labels,
    spec: ModelSpec,
    progress: Progress | None = None,
) -> TrainedScorer:
    """Train the kind of scorer that the spec names, stopped early on validation log loss; no class weights.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    if spec.scorer == "torch":
        from matchwright.training.models.network.scorer import fit_scorer

        return fit_scorer(comparisons, labels, validation, validation_labels, spec, progress)
    return train_boosted_trees(comparisons, labels, validation, validation_labels, spec, progress)
