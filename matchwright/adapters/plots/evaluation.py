"""The plots of an evaluation, for the reviewer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.plots import (
    plot_precision_recall,
    plot_reliability,
    plot_review_load,
    plot_scores,
    plot_slices,
    plot_training,
)
from matchwright.core.decide.bands import Bands
from matchwright.core.spec import MatchSpec
from matchwright.evaluation.bootstrap import Estimate
from matchwright.evaluation.curves import operating_points, precision_recall, review_load
from matchwright.evaluation.reliability import reliability_curve
from matchwright.evaluation.slices import SliceResult


def draw_evaluation(
    folder: Path,
    spec: MatchSpec,
    bands: Bands,
    outcomes: pd.DataFrame,
    before: "np.ndarray[Any, Any]",
    metrics: dict[str, Estimate],
    slices: Sequence[SliceResult],
    training: dict[str, Any],
) -> None:
    """Draw the results on the test split and the training curves, as PNG files in ``folder``.

    ``before`` holds the probabilities of the scored outcomes before calibration.
    """
    scored = outcomes[~outcomes["missed"]]
    scores = scored["score"].to_numpy(dtype=np.float64)
    labels = scored["label"].to_numpy()
    edges = (bands.review_from, bands.match_from)
    curve, uncalibrated = reliability_curve(scores, labels), reliability_curve(before, labels)
    plot_reliability(curve, folder / "reliability.png", uncalibrated)
    plot_scores(scores, labels, *edges, folder / "scores.png")
    plot_precision_recall(precision_recall(outcomes), *edges, folder / "precision_recall.png")
    plot_review_load(
        review_load(outcomes, spec.costs),
        operating_points(outcomes, spec.costs, bands),
        folder / "review_load.png",
    )
    if slices:
        plot_slices(
            [piece.name for piece in slices],
            [_bounds(piece.metrics.get("f1")) for piece in slices],
            metrics["f1"].value,
            folder / "slices.png",
            spec.gates.slice_f1_min,
        )
    if not training["validation_losses"]:  # an imported scorer was not fitted here
        return
    curves = {"train": training["train_losses"], "validation": training["validation_losses"]}
    best = int(np.argmin(training["validation_losses"])) + 1
    plot_training(curves, "tree", "log loss", folder / "training.png", best)


def _bounds(estimate: Estimate | None) -> tuple[float, float, float] | None:
    return (estimate.value, estimate.lower, estimate.upper) if estimate else None
