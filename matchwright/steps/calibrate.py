"""Calibrate the scorer and set the bands, on entities that taught it nothing."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from matchwright.adapters.registry import log_metrics
from matchwright.core.bands import bands_from_costs, bands_without_labels, choose_bands
from matchwright.core.calibrate import Calibrator, choose_calibrator
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
        What ``calibration.json`` holds: the method and each method's log loss, thresholds, floors.

    Raises:
        TrainingError: the calibration split has no pair of one class.
    """
    trained = Trained.read(model, spec)
    if spec.labels == "none":
        return _without_labels(spec, calibration)
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
    )
    bands = choose_bands(choice.calibrator.apply(margin), labels, spec.costs, spec.floors)
    summary = {
        "method": choice.calibrator.method,
        "log_losses": choice.log_losses,
        "pairs": len(pairs),
        "blanked_pairs": len(poor),
        "true_pairs": int(labels.sum()),
        "review_from": bands.bands.review_from,
        "match_from": bands.bands.match_from,
        "from_costs": bands.from_costs.model_dump(),
        "floors": {key: value for key, value in asdict(bands).items() if key not in ("bands", "from_costs")},
    }
    calibration.mkdir(parents=True, exist_ok=True)
    choice.calibrator.save(calibration / CALIBRATOR)
    bands.bands.save(calibration / BANDS)
    write_whole(calibration / SUMMARY, json.dumps(summary, indent=1) + "\n")
    log_metrics(settings, trained.run_id, {f"calibration_log_loss_{k}": v for k, v in choice.log_losses.items()})
    return summary


def _without_labels(spec: MatchSpec, calibration: Path) -> dict[str, Any]:
    """Scores as the cold start estimates them, and nothing matched without a person."""
    bands = bands_without_labels(spec.costs)
    summary = {
        "method": "none",
        "log_losses": {},
        "pairs": 0,
        "blanked_pairs": 0,
        "true_pairs": 0,
        "review_from": bands.review_from,
        "match_from": bands.match_from,
        "from_costs": bands_from_costs(spec.costs).model_dump(),
        "floors": {"match_precision_bound": None, "no_match_npv_bound": None, "floors_met": False},
    }
    calibration.mkdir(parents=True, exist_ok=True)
    Calibrator(method="none").save(calibration / CALIBRATOR)
    bands.save(calibration / BANDS)
    write_whole(calibration / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return summary
