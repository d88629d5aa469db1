"""Calibrate the scorer and set the bands, on entities that the scorer was not trained on."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.registry import log_metrics
from matchwright.core.compare.names import field_of
from matchwright.core.decide.bands import bands_from_costs
from matchwright.core.decide.calibrator import Calibrator
from matchwright.core.models.register_limits import limited
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import CONTEXT, LEAST, LIMIT
from matchwright.evaluation.reliability import calibration_figures
from matchwright.files import write_whole
from matchwright.operations.failures import records_failure
from matchwright.operations.neighbours import fit_on_calibration
from matchwright.operations.training_artifacts import BANDS, CALIBRATOR, HELD_OUT, MISSING_FIELDS, NEIGHBOURS, Trained
from matchwright.settings import Settings
from matchwright.training.calibration.bands import bands_without_labels, choose_bands
from matchwright.training.calibration.choose import choose_calibrator

SUMMARY = "calibration.json"


@records_failure
def calibrate(*, settings: Settings, spec: MatchSpec, model: Path, calibration: Path) -> dict[str, Any]:
    """Choose the calibrator by log loss and the bands by the spec's costs and precision constraints.

    Args:
        settings: the environment.
        spec: the match spec.
        model: folder of the train step.
        calibration: folder to write: calibrator.json, bands.json, calibration.json, and neighbours.json where
            neighbours are learned from.

    Returns:
        The content of ``calibration.json``: the method and each method's log loss; figures before and after
        calibration on held-out pairs without augmentation; thresholds and precision constraints.

    Raises:
        TrainingError: the calibration split has no pair of one class.
    """
    trained = Trained.read(model, spec)
    (calibration / NEIGHBOURS).unlink(missing_ok=True)  # an earlier run may have left one
    if spec.labels == "none":
        return _without_labels(spec, calibration)
    # Pairs with missing fields are included. On complete records the scorer is almost always certain. A calibrator
    # fitted on these alone would be as certain where there is hardly any evidence.
    held_out, missing_fields = _held_out(trained, model)
    all_log_odds, all_labels = held_out["log_odds"].to_numpy(), held_out["label"].to_numpy(dtype=np.float64)
    choice = choose_calibrator(
        all_log_odds, all_labels, held_out["left_key"].to_numpy(), spec.model.seed, spec.calibration.methods
    )
    log_odds, labels, groups = (
        all_log_odds[~missing_fields],
        all_labels[~missing_fields],
        held_out["left_key"].to_numpy()[~missing_fields],
    )
    scores = limited(choice.calibrator.apply(log_odds), held_out[~missing_fields])
    bands = choose_bands(scores, labels, spec.costs, spec.precision_constraints, order=log_odds)
    before = Calibrator(method="none").apply(log_odds)
    whole = choice.held_out[~missing_fields]
    figures = calibration_figures(before, whole, labels, groups, spec.model.seed)
    neighbours = fit_on_calibration(model, choice.calibrator, spec)
    summary = {
        "method": choice.calibrator.method,
        "log_losses": choice.log_losses,
        "held_out": figures,
        "pairs": len(log_odds),
        "pairs_with_missing_fields": int(missing_fields.sum()),
        "true_pairs": int(labels.sum()),
        "review_from": bands.bands.review_from,
        "match_from": bands.bands.match_from,
        "from_costs": bands.from_costs.model_dump(),
        "neighbours": None if neighbours is None else neighbours.figures,
        "precision_constraints": {
            name: getattr(bands, name) for name in ("match_precision_bound", "no_match_npv_bound", "constraints_met")
        },
    }
    calibration.mkdir(parents=True, exist_ok=True)
    if neighbours is not None:
        neighbours.neighbours.save(calibration / NEIGHBOURS)
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


def _held_out(trained: Trained, model: Path) -> tuple[pd.DataFrame, "np.ndarray[Any, np.dtype[np.bool_]]"]:
    """Log-odds of pairs outside training, with ``label`` and ``left_key``, and which pairs have missing fields.

    They come from the calibration part. With few labels they come from cross-fitting on all pairs outside the test.
    """
    if (model / HELD_OUT).exists():
        crossed = read_frame(model / HELD_OUT)
        return crossed, (crossed["made"] == "missing_fields").to_numpy()
    pairs, comparisons, _ = trained.part("calibrate")
    missing_fields = read_frame(model / MISSING_FIELDS)
    parts = [
        part[["label", "left_key"]].assign(log_odds=trained.scorer.log_odds(compared), **_limits(compared))
        for part, compared in ((pairs, comparisons), (missing_fields, missing_fields))
    ]
    return pd.concat(parts, ignore_index=True), np.repeat([False, True], [len(pairs), len(missing_fields)])


def _limits(comparisons: pd.DataFrame) -> dict[str, "pd.Series[float]"]:
    """What limits the score of the pairs, where the register says something: its limits, and the context."""
    names = [name for name in map(str, comparisons) if name in (LIMIT, LEAST) or field_of(name) == CONTEXT]
    return {name: comparisons[name] for name in names}


def _without_labels(spec: MatchSpec, calibration: Path) -> dict[str, Any]:
    """Keep the scores of the unsupervised start, and set bands that match no pair without a person."""
    bands = bands_without_labels(spec.costs)
    summary = {
        "method": "none",
        "log_losses": {},
        "pairs": 0,
        "pairs_with_missing_fields": 0,
        "true_pairs": 0,
        "review_from": bands.review_from,
        "match_from": bands.match_from,
        "from_costs": bands_from_costs(spec.costs).model_dump(),
        "precision_constraints": {"match_precision_bound": None, "no_match_npv_bound": None, "constraints_met": False},
    }
    calibration.mkdir(parents=True, exist_ok=True)
    Calibrator(method="none").save(calibration / CALIBRATOR)
    bands.save(calibration / BANDS)
    write_whole(calibration / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return summary
