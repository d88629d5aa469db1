"""Explain the model: what changes its scores overall, and one typical decision of every band."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.plots import plot_importance, plot_waterfall
from matchwright.adapters.registry import log_folder, log_metrics
from matchwright.core.reasons import Reason, contradictions, evidence, group_contributions, group_values
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import MatchSpec
from matchwright.errors import TrainingError
from matchwright.files import write_whole
from matchwright.operations.champion import champion_model
from matchwright.operations.failures import records_failure
from matchwright.operations.training_artifacts import SCORED, Trained
from matchwright.settings import Settings

SAMPLE = 2_000
ADDITIVITY = 1e-3
"""How far, in log-odds, the sum of contributions may differ from the score: scorers add in 32 bits."""

SUMMARY, EVIDENCE, PLOTS = "explanation.json", "evidence.json", "plots"


@records_failure
def explain(
    *,
    settings: Settings,
    spec: MatchSpec,
    features: Path,
    model: Path,
    calibration: Path,
    evaluation: Path,
    explanation: Path,
) -> dict[str, Any]:
    """Plot the contributions on the test pairs, count how often each reason is given, check that they add up.

    Args:
        settings: the environment.
        spec: the match spec.
        features: folder of the features step.
        model: folder of the train step.
        calibration: folder of the calibrate step.
        evaluation: folder of the evaluate step.
        explanation: folder to write: explanation.json, evidence.json (for the bundle) and plots/.

    Returns:
        The content of ``explanation.json``.

    Raises:
        TrainingError: the contributions do not add up to the scores.
    """
    trained = Trained.read(model, spec)
    decider = trained.decision_model(spec, features, calibration)
    serving = champion_model(settings, spec.name)
    if serving and serving.spec.version == spec.version:
        decider = replace(decider, figures=decider.figures.inherit(serving.figures))
    scored = read_frame(evaluation / SCORED)
    labels = scored["label"].to_numpy()
    # unlabelled pairs are balanced by the model's own band
    labels = np.where(labels >= 0, labels, (scored["band"] != "no_match").to_numpy())
    rows = _balanced(labels, spec.model.seed)
    comparisons = trained.part("test")[1].iloc[rows].reset_index(drop=True)
    bands = scored["band"].to_numpy(dtype=object)[rows]
    contributions, base = decider.scorer.contributions(comparisons)
    error = float(np.abs(contributions.sum(axis=1) + base - decider.scorer.log_odds(comparisons)).max())
    if error > ADDITIVITY:
        raise TrainingError(
            f"Contributions differ from the scores by up to {error:.4f} log-odds.",
            "install the versions in requirements.lock",
        )
    per_group = group_contributions(contributions, decider.scorer.names)
    reasons = decider.reasons(comparisons)
    summary = {
        "pairs": len(comparisons),
        "additivity_error": error,
        "importance": per_group.abs().mean().sort_values(ascending=False).round(5).to_dict(),
        "contradictions": contradictions(evidence(comparisons, spec), per_group, reasons).model_dump(),
        "reasons": _reason_shares(reasons, bands),
    }
    plots = explanation / PLOTS
    values = group_values(comparisons, decider.scorer.names).to_numpy(dtype=np.float64)
    names, shares = per_group.columns.tolist(), per_group.to_numpy()
    plot_importance(shares, values, names, plots / "importance.png")
    for band in ("match", "review", "no_match"):
        rows = np.flatnonzero(bands == band)
        if len(rows):
            typical = rows[np.argsort(np.abs(shares[rows]).sum(axis=1), kind="stable")[len(rows) // 2]]
            title = f"A typical pair of the band {band}"
            path = plots / f"waterfall_{band}.png"
            plot_waterfall(shares[typical], base, values[typical], names, title, path)
    decider.figures.save(explanation / EVIDENCE)
    write_whole(explanation / SUMMARY, json.dumps(summary, indent=1) + "\n")
    log_folder(settings, trained.run_id, plots, "plots")
    log_metrics(settings, trained.run_id, {"explain_additivity_error": error})
    return summary


def _balanced(labels: np.ndarray[Any, Any], seed: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Rows of at most ``SAMPLE`` pairs: half true pairs and half others, if there are enough of both."""
    order = np.random.default_rng(seed).permutation(len(labels))
    return np.sort(np.concatenate([order[labels[order] == label][: SAMPLE // 2] for label in (1, 0)]))


def _reason_shares(reasons: list[tuple[Reason, ...]], bands: np.ndarray[Any, Any]) -> dict[str, dict[str, float]]:
    shares: dict[str, dict[str, float]] = {}
    for band in ("match", "review", "no_match"):
        rows = np.flatnonzero(bands == band)
        codes = pd.Series([reason.code for row in rows for reason in reasons[row]], dtype=object)
        counts = (codes.value_counts() / max(len(rows), 1)).round(4)
        shares[band] = {str(code): float(share) for code, share in counts.items()}
    return shares
