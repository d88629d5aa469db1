"""Evaluate the model on entities that were used neither for training nor for calibration."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.plots.evaluation import draw_evaluation
from matchwright.adapters.registry import log_folder, log_metrics
from matchwright.core.compare.competing import without_context
from matchwright.core.compare.names import context_names
from matchwright.core.decide.calibrator import Calibrator
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.records.frames import read_frame
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.errors import TrainingError
from matchwright.evaluation.behaviours import Behaviour, behave
from matchwright.evaluation.bootstrap import Estimate
from matchwright.evaluation.curves import operating_points
from matchwright.evaluation.gates import Gate, check_gates
from matchwright.evaluation.metrics import band_table, compare_models, measure
from matchwright.evaluation.outcomes import pair_outcomes
from matchwright.evaluation.paired import Change
from matchwright.evaluation.ranking import ranking_metrics
from matchwright.evaluation.reliability import calibration_figures
from matchwright.evaluation.slices import SliceResult, measure_slices
from matchwright.files import write_whole
from matchwright.operations.champion import champion_digest, champion_model, scored_by
from matchwright.operations.failures import records_failure
from matchwright.operations.neighbours import measure_with_neighbours
from matchwright.operations.snapshot import Snapshot
from matchwright.operations.train_unsupervised import evaluation_without_labels
from matchwright.operations.training_artifacts import SCORED, Trained, read_json
from matchwright.settings import Settings
from matchwright.training.datasets.candidate_sets import drawn

SUMMARY, GATES, PLOTS = "evaluation.json", "gates.json", "plots"
RANKED = ("left_key", "score", "label", "missed")
REFERENCE = "reference.parquet"


@records_failure
def evaluate(
    *,
    settings: Settings,
    spec: MatchSpec,
    snapshot: Path,
    features: Path,
    model: Path,
    calibration: Path,
    evaluation: Path,
) -> dict[str, Any]:
    """Metrics with intervals, bands, slices, behaviours and the champion's figures on the same pairs.

    Args:
        settings: the environment, which says where the champion is.
        spec: the match spec.
        snapshot: the validated snapshot.
        features: folder of the features step.
        model: folder of the train step.
        calibration: folder of the calibrate step.
        evaluation: folder to write: evaluation.json, gates.json, reference.parquet (comparisons,
            score, band, label), scored.parquet (with record keys, for later steps) and plots/.

    Returns:
        The content of ``evaluation.json``.

    Raises:
        TrainingError: the test split has no true pair.
    """
    trained = Trained.read(model, spec)
    decider = trained.decision_model(spec, features, calibration)
    pairs, comparisons, missed = trained.part("test")
    scores = decider.score(comparisons)
    before = Calibrator(method="none").apply(decider.scorer.log_odds(comparisons))
    scored = pairs.assign(score=scores, band=decider.band(scores, comparisons))
    records = Snapshot.read(snapshot).frame("records")
    alone, reference = _pairs_alone(decider, pairs, comparisons)
    if spec.labels == "none":
        summary, gates = evaluation_without_labels(decider, scored, records)
        _write(evaluation, scored, reference, summary, gates)
        log_metrics(settings, trained.run_id, {"gates_failed": float(sum(not gate.passed for gate in gates))})
        return summary
    if not (pairs["label"] == 1).any():
        raise TrainingError("No candidate of the test split is a true pair.", "label more pairs")
    outcomes = pair_outcomes(scored, missed)
    metrics = measure(outcomes, spec.costs, seed=spec.model.seed)
    alone_metrics = measure(pair_outcomes(alone, missed), spec.costs, seed=spec.model.seed)
    ranking = ranking_metrics(
        *(_ranked(decider, trained, records, pairs, outcomes, missed)[name] for name in RANKED), seed=spec.model.seed
    )
    frame = read_frame(features / "records.parquet")
    sides = rows_of(frame, outcomes["left_key"]), rows_of(frame, outcomes["right_key"])
    slices = measure_slices(outcomes, spec, *sides, seed=spec.model.seed)
    behaviours = _behaviours(decider, records, scored)
    change = _against_champion(settings, spec, trained, records, pairs, outcomes, missed)
    training = read_json(model / "train.json")
    few = bool(training.get("few_labels"))
    constrained = spec.precision_constraints.any
    held = read_json(calibration / "calibration.json")["precision_constraints"]
    shown = held["constraints_met"] if constrained else None
    asked = context_names(spec) or training.get("second_stage") or spec.gates.pairs_alone_f1_min
    alone_shown = alone_metrics if asked else None
    gates = check_gates(spec.gates, metrics, slices, behaviours, change.get("f1"), few, shown, alone_shown)

    summary = {
        "test_pairs": len(pairs),
        "true_pairs": int((outcomes["label"] == 1).sum()),
        "metrics": {name: estimate.as_dict() for name, estimate in metrics.items()},
        "pairs_alone": {name: estimate.as_dict() for name, estimate in alone_metrics.items()},
        "with_neighbours": measure_with_neighbours(decider, model, frame, pairs, comparisons, missed),
        "ranking": {name: estimate.as_dict() for name, estimate in ranking.items()},
        "bands": json.loads(band_table(outcomes).to_json(orient="records")),
        "calibration": _calibration(before, scored, spec.model.seed),
        "operating_points": json.loads(
            operating_points(outcomes, spec.costs, decider.bands).to_json(orient="records", double_precision=6)
        ),
        "slices": [_slice(piece) for piece in slices],
        "behaviours": [{"name": b.name, "passed": b.passed, "total": b.total} for b in behaviours],
        "champion": champion_digest(settings, spec.name, trained.run_id),
        "against_champion": {name: estimate.as_dict() for name, estimate in change.items()},
    }
    evaluation.mkdir(parents=True, exist_ok=True)
    draw_evaluation(evaluation / PLOTS, spec, decider.bands, outcomes, before, metrics, slices, training)
    _write(evaluation, scored, reference, summary, gates)
    _track(settings, trained.run_id, {**metrics, **ranking}, gates, evaluation)
    return summary


def _write(
    evaluation: Path, scored: pd.DataFrame, reference: pd.DataFrame, summary: dict[str, Any], gates: Sequence[Gate]
) -> None:
    evaluation.mkdir(parents=True, exist_ok=True)
    scored.to_parquet(evaluation / SCORED, index=False)
    reference.to_parquet(evaluation / REFERENCE, index=False)
    write_whole(evaluation / SUMMARY, json.dumps(summary, indent=1) + "\n")
    write_whole(evaluation / GATES, json.dumps({"gates": [_gate(gate) for gate in gates]}, indent=1) + "\n")


def _pairs_alone(
    decider: DecisionModel, pairs: pd.DataFrame, comparisons: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The pairs with their scores and bands when competing candidates are not known, and these with the comparisons.

    The second frame is the reference for monitoring: an endpoint mostly decides single pairs, which have no
    competing candidates.
    """
    compared = without_context(comparisons, np.arange(len(comparisons)))
    scores = decider.score(compared)
    labelled = {"score": scores, "band": decider.band(scores, compared)}
    return pairs.assign(**labelled), compared.assign(**labelled, label=pairs["label"])


def _ranked(
    decider: DecisionModel,
    trained: Trained,
    records: pd.DataFrame,
    pairs: pd.DataFrame,
    outcomes: pd.DataFrame,
    missed: pd.DataFrame,
) -> pd.DataFrame:
    """The outcomes where a query's candidates are ranked: those of its right records are not known.

    In one table a record is a query on either side, so the outcomes with all candidates are used.
    """
    if records["source"].nunique() == 1:
        return outcomes
    pairs, outcomes, missed = (_with_competing(trained, each) for each in (pairs, outcomes, missed))
    competing = trained.competing[trained.competing["left_key"].isin(pairs["left_key"])].reset_index(drop=True)
    return pair_outcomes(scored_by(decider, records, pairs, competing, known=("left",)), missed)


def _behaviours(decider: DecisionModel, records: pd.DataFrame, scored: pd.DataFrame) -> list[Behaviour]:
    true = scored[scored["label"] == 1]
    sides = rows_of(records, true["left_key"]), rows_of(records, true["right_key"])
    return behave(decider, *sides, seed=decider.spec.model.seed)


def _calibration(before: Any, scored: pd.DataFrame, seed: int) -> dict[str, Any]:
    label = scored["label"].to_numpy()
    return calibration_figures(before, scored["score"].to_numpy(), label, scored["left_key"], seed)


def _against_champion(
    settings: Settings,
    spec: MatchSpec,
    trained: Trained,
    records: pd.DataFrame,
    pairs: pd.DataFrame,
    outcomes: pd.DataFrame,
    missed: pd.DataFrame,
) -> dict[str, Change]:
    serving = champion_model(settings, spec.name, trained.run_id)
    if serving is None:
        return {}
    pairs, outcomes, missed = (_with_competing(trained, each) for each in (pairs, outcomes, missed))
    theirs = pair_outcomes(scored_by(serving, records, pairs, trained.competing), missed)
    return compare_models(theirs, outcomes, spec.costs, seed=spec.model.seed)


def _with_competing(trained: Trained, pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs whose competing candidates are kept: in a large register only those of a share of the records."""
    return pairs[drawn(pairs["left_key"], trained.competing_share)].reset_index(drop=True)


def _slice(piece: SliceResult) -> dict[str, Any]:
    metrics = {name: estimate.as_dict() for name, estimate in piece.metrics.items()}
    return {
        "name": piece.name,
        "pairs": piece.pairs,
        "true_pairs": piece.true_pairs,
        "status": piece.status,
        "metrics": metrics,
    }


def _gate(gate: Gate) -> dict[str, Any]:
    return {**gate.model_dump(), "result": gate.result, "passed": gate.passed, "margin": round(gate.margin, 6)}


def _track(
    settings: Settings, run_id: str, metrics: dict[str, Estimate], gates: Sequence[Gate], evaluation: Path
) -> None:
    known = {f"test_{name}": e.value for name, e in metrics.items() if e.value == e.value}
    log_metrics(settings, run_id, {**known, "gates_failed": float(sum(not gate.passed for gate in gates))})
    log_folder(settings, run_id, evaluation / PLOTS, "plots")
