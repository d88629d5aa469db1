"""Calibrate the scorer and set the bands, on entities that taught it nothing."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from matchwright.adapters.registry import log_metrics
from matchwright.core.bands import choose_bands
from matchwright.core.calibrate import Calibrator, choose_calibrator
from matchwright.core.conformal import ConformalSets
from matchwright.core.evaluate.reliability import calibration_figures
from matchwright.core.frames import read_frame
from matchwright.core.spec import MatchSpec
from matchwright.settings import Settings
from matchwright.steps.output import write_whole
from matchwright.steps.trained import BANDS, CALIBRATOR, POOR, Trained

SUMMARY = "calibration.json"


def calibrate(*, settings: Settings, spec: MatchSpec, model: Path, calibration: Path) -> dict[str, Any]:
    """Choose the calibrator by log loss and the bands by the spec's costs and floors.

    Args:
        settings: the environment.
        spec: the match spec.
        model: folder of the train step.
        calibration: folder to write: calibrator.json, bands.json, calibration.json.

    Returns:
        What ``calibration.json`` holds: the method and each method's log loss; figures before and after
        on held-out pairs, none of them blanked; thresholds, floors, and the conformal guarantee if asked for.

    Raises:
        TrainingError: the calibration split has no pair of one class, or too few for a conformal guarantee.
    """
    trained = Trained.read(model, spec)
    pairs, comparisons, _ = trained.part("calibrate")
    margin = trained.scorer.margin(comparisons)
    labels = pairs["label"].to_numpy(dtype=np.float64)
    # Pairs with fields blanked stand beside the whole ones: complete records are told apart almost
    # without doubt, and a calibrator that saw those alone would be as sure on hardly any evidence.
    poor = read_frame(model / POOR)
    choice = choose_calibrator(
        np.concatenate([margin, trained.scorer.margin(poor)]),
        np.concatenate([labels, poor["label"].to_numpy(dtype=np.float64)]),
        np.concatenate([pairs["left_key"], poor["left_key"]]),
        spec.model.seed,
        spec.calibration.methods,
    )
    scores = choice.calibrator.apply(margin)
    bands = choose_bands(scores, labels, spec.costs, spec.floors, spec.calibration.conformal, order=margin)
    lower, upper = choice.calibrator.interval(margin)
    before = Calibrator(method="none").apply(margin)
    whole = choice.held_out[: len(margin)]
    figures = calibration_figures(before, whole, labels, pairs["left_key"], spec.model.seed)
    summary = {
        "method": choice.calibrator.method,
        "log_losses": choice.log_losses,
        "held_out": figures,
        "score_interval_width": float(np.mean(upper - lower)),
        "pairs": len(pairs),
        "blanked_pairs": len(poor),
        "true_pairs": int(labels.sum()),
        "review_from": bands.bands.review_from,
        "match_from": bands.bands.match_from,
        "from_costs": bands.from_costs.model_dump(),
        "floors": {
            name: getattr(bands, name) for name in ("match_precision_bound", "no_match_npv_bound", "floors_met")
        },
        "conformal": _conformal_figures(bands.conformal),
    }
    calibration.mkdir(parents=True, exist_ok=True)
    choice.calibrator.save(calibration / CALIBRATOR)
    bands.bands.save(calibration / BANDS)
    write_whole(calibration / SUMMARY, json.dumps(summary, indent=1) + "\n")
    measured = {f"calibration_log_loss_{method}": loss for method, loss in choice.log_losses.items()}
    gaps = {
        f"calibration_mid_range_gap_{when}": figures[when]["mid_range_gap"]["value"] for when in ("before", "after")
    }
    measured |= {name: gap for name, gap in gaps.items() if gap is not None}
    log_metrics(settings, trained.run_id, measured)
    return summary


def _conformal_figures(sets: ConformalSets | None) -> dict[str, Any] | None:
    """The sets, what they guarantee in words, and the coverage that this split gives with 95 % confidence."""
    if sets is None:
        return None
    return {**sets.model_dump(), "guarantee": sets.guarantee, "coverage_shown": sets.coverage_shown()}
