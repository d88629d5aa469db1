"""Plots of scores: their distribution, their calibration, and precision and recall by threshold."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.plots.style import BAND_COLOURS, BLUE, GREY, ORANGE, figure_to, mark_bands


def plot_reliability(curve: pd.DataFrame, path: Path, before: pd.DataFrame | None = None) -> Path:
    """Reliability after calibration and before it.

    Args:
        curve: mean_score, true_share, lower, upper and pairs, from ``reliability_curve``.
        path: the PNG to write.
        before: the same for the scorer's own probabilities. It is drawn without intervals.
    """
    with figure_to(path, "Reliability: of pairs with a score, how many match", 4.8, 4.6) as (_, axes):
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="perfectly calibrated")
        if before is not None and len(before):
            axes.plot(before["mean_score"], before["true_share"], "x", color=ORANGE, label="before calibration")
        share = curve["true_share"]
        below_above = np.clip([share - curve["lower"], curve["upper"] - share], 0, None)
        axes.errorbar(
            curve["mean_score"],
            share,
            yerr=below_above,
            color=BLUE,
            fmt="o",
            capsize=3,
            label="bins of equal mass, 95 %",
        )
        axes.set(xlabel="mean score", ylabel="share that match", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.legend(loc="upper left")
    return path


def plot_scores(
    scores: "np.ndarray[Any, Any]",
    labels: "np.ndarray[Any, Any]",
    review_from: float,
    match_from: float,
    path: Path,
) -> Path:
    """Histogram of scores (0..1) by label (1, 0), logarithmic, with the thresholds of the bands."""
    edges = np.linspace(0, 1, 41)
    with figure_to(path, "Scores of the test pairs by label") as (_, axes):
        for label, name, colour in ((0, "no match", ORANGE), (1, "match", BLUE)):
            chosen = scores[labels == label]
            axes.hist(chosen, edges, color=colour, alpha=0.55, label=f"labelled {name} ({len(chosen):,})")
        mark_bands(axes, review_from, match_from)
        axes.set(xlabel="score", ylabel="pairs", xlim=(-0.01, 1.01), yscale="log")
        axes.set_ylim(bottom=0.7)
        axes.legend(loc="upper center")
    return path


def plot_precision_recall(curve: pd.DataFrame, review_from: float, match_from: float, path: Path) -> Path:
    """Precision against end-to-end recall, with the bands marked.

    ``curve`` has the columns score, precision and recall. The highest score comes first.
    """
    with figure_to(path, "Precision and recall by threshold") as (_, axes):
        axes.plot(curve["recall"], curve["precision"], color=BLUE, drawstyle="steps-post", label="test pairs")
        points = [(1.0, 1.0)]
        for threshold, band, name in ((match_from, "match", "match"), (review_from, "review", "match or review")):
            taken = curve[curve["score"] >= threshold]
            if len(taken):
                recall, precision = taken["recall"].iloc[-1], taken["precision"].iloc[-1]
                points.append((recall, precision))
                label = f"{name}: precision {precision:.3f}, recall {recall:.3f}"
                axes.plot(recall, precision, "o", color=BAND_COLOURS[band], markersize=8, label=label)
        # Show only the part of the curve with the thresholds.
        left, bottom = (max(0.0, min(values) - 0.1) for values in zip(*points, strict=True))
        axes.set(xlabel="recall, pairs that blocking missed included", ylabel="precision")
        axes.set(xlim=(left, 1.01), ylim=(bottom, 1.01))
        axes.legend(loc="lower left")
    return path
