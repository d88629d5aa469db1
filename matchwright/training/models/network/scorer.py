"""The pair score: the network's head, fitted on comparisons and exported as an ONNX scorer."""

import numpy as np
import pandas as pd
import torch

from matchwright.core.compare.names import constraints
from matchwright.core.models.network.module import DECIMALS, FARTHEST, MatchingNetwork, PairHead, log_odds
from matchwright.core.models.network.onnx_graph import Weights, head_graph
from matchwright.core.models.neutral import with_neutral
from matchwright.core.models.onnx_graph import OnnxScorer, background_row, wrap_onnx
from matchwright.core.models.scorer import Progress, TrainedScorer, demand_both_classes, matrix_of
from matchwright.core.spec.learning import ModelSpec
from matchwright.errors import TrainingError
from matchwright.training.models.network.fit import Matrix, Pairs, fit_network
from matchwright.training.models.network.plans import PAIR_SCORE
from matchwright.training.models.network.processes import seeded
from matchwright.training.models.neutral import neutral_values, without_flags
from matchwright.training.models.scorer_data import ScorerData

TOLERANCE = 1e-5


def fit_scorer(data: ScorerData, spec: ModelSpec, progress: Progress | None = None) -> TrainedScorer:
    """Fit the pair head, stopped early on validation log loss. On a CPU the same seed gives the same bytes.

    Raises:
        TrainingError: fewer than ten pairs of a class, or the exported graph gives other scores than the network.
    """
    demand_both_classes(data.labels)
    names = without_flags(data.comparisons)
    neutral = neutral_values(data.comparisons[list(names)], data.labels, data.limits)
    pairs, held = (
        Pairs(with_neutral(matrix_of(table, names), neutral, names), np.asarray(answers, dtype=np.float32))
        for table, answers in ((data.comparisons, data.labels), (data.validation, data.validation_labels))
    )
    with seeded(spec.seed):
        head = PairHead(pairs.comparisons, pairs.target, constraints(list(names)))
        network = MatchingNetwork(head, {})
        losses = fit_network(network, pairs, np.arange(len(pairs.target)), PAIR_SCORE, spec.seed, held, progress)
        weights = _rounded(head)
        expected = _scored(weights, held.comparisons)
    background = background_row(data.comparisons[list(names)])
    graph = head_graph(weights, FARTHEST)
    scorer = wrap_onnx(graph, names, "log_odds", background, takes_missing=True, neutral=neutral)
    _demand_equal(scorer, data.validation, expected)
    return TrainedScorer(scorer, losses.training, losses.validation)


def _rounded(head: PairHead) -> Weights:
    """The effective parameters; rounded, so that machines that differ in the last bits write the same file."""
    acting = {name: value.detach().numpy().astype(np.float64) for name, value in head.acting().items()}
    return {name: np.round(value, DECIMALS).astype(np.float32) for name, value in acting.items()}


def _scored(weights: Weights, comparisons: Matrix) -> Matrix:
    tensors = {name: torch.from_numpy(value) for name, value in weights.items()}
    return np.asarray(log_odds(tensors, torch.from_numpy(comparisons)).numpy())


def _demand_equal(scorer: OnnxScorer, pairs: pd.DataFrame, expected: Matrix) -> None:
    if not np.allclose(scorer.log_odds(pairs), expected, rtol=TOLERANCE, atol=TOLERANCE):
        raise TrainingError(
            "The exported graph gives other scores than the fitted network.",
            "install the versions of onnx and onnxruntime in requirements.lock",
        )
