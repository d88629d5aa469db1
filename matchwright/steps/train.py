"""Train the encoder and the scorer on entities that no later step judges."""

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.registry import log_curve, log_folder, log_metrics, log_parameters, open_run
from matchwright.core.candidates import propose_candidates
from matchwright.core.candidates.quality import canonical_pairs
from matchwright.core.corpus import Corpus
from matchwright.core.encoder import Encoder
from matchwright.core.encoder.propose import propose_by_encoder
from matchwright.core.encoder.train import TrainedEncoder, train_encoder
from matchwright.core.frames import read_frame
from matchwright.core.scorer import TrainedScorer, train_scorer, write_scorer
from matchwright.core.spec import MatchSpec, spec_digest
from matchwright.core.split import assign_pairs, split_entities, subdivide
from matchwright.core.taught_comparisons import UNRELATED, MadePairs, PairComparer
from matchwright.settings import Settings
from matchwright.steps.candidate_sets import beside_rivals
from matchwright.steps.candidates import PLOTS
from matchwright.steps.cold_start import train_without_labels
from matchwright.steps.few_labels import has_few_labels, train_from_few_labels
from matchwright.steps.output import write_whole
from matchwright.steps.snapshot import Snapshot
from matchwright.steps.trained import COMPARISONS, ENCODER, MISSED, PAIRS, POOR, SUMMARY, WORDS, rows_of

ENCODER_PART, VALIDATION_PART, CALIBRATION_PART = "encoder", "validate", "calibrate"
PAIR = ["left_key", "right_key"]
VALIDATION_SHARE = 0.2
"""Of the training entities: what early stopping is judged on."""

_log = logging.getLogger(__name__)


def train(
    *,
    settings: Settings,
    spec: MatchSpec,
    snapshot: Path,
    features: Path,
    candidates: Path,
    model: Path,
    code_digest: str,
) -> dict[str, Any]:
    """Split by entity, train, and compare every judged candidate.

    Args:
        settings: the environment, which says where MLflow is.
        spec: the match spec.
        snapshot: the validated snapshot.
        features: folder of the features step.
        candidates: folder of the candidates step.
        model: folder to write: scorer, encoder, judged pairs with their part, comparisons, train.json.
        code_digest: of the code that trains, for the lineage.

    Returns:
        What ``train.json`` holds: run_id, pairs per part, encoder and scorer figures.

    Raises:
        TrainingError: too few labelled pairs.
    """
    taken = Snapshot.read(snapshot)
    frame = read_frame(features / "records.parquet")
    corpus = Corpus.load(features / "corpus.safetensors")
    labelled = canonical_pairs(taken.frame("pairs")) if _one_table(frame) else taken.frame("pairs")
    proposed = read_frame(candidates / "candidates.parquet")
    inputs = hashlib.sha256(f"{taken.digest}{spec_digest(spec)}{code_digest}".encode()).hexdigest()
    tags = {"trained_by": settings.actor, "code_digest": code_digest}
    run_id = open_run(settings, spec.name, inputs, tags)
    log_parameters(settings, run_id, _parameters(spec, taken))
    if spec.labels == "none":
        return train_without_labels(settings, spec, frame, corpus, proposed, run_id, model)
    if has_few_labels(labelled, spec):
        return train_from_few_labels(settings, spec, frame, corpus, proposed, labelled, run_id, model)

    parts = _parts(frame, labelled, spec)
    encoder = _train_encoder(frame, labelled, parts, spec)
    learned = encoder.encoder if encoder else None
    if spec.labels == "complete":
        proposed = _candidates_within_parts(frame, parts, labelled, learned, spec)
    judged, dropped = assign_pairs(proposed[proposed["label"] >= 0], parts)
    judged = judged.sort_values(PAIR, ignore_index=True)
    missed = _missed(labelled, judged, parts)
    left, right = rows_of(frame, judged["left_key"]), rows_of(frame, judged["right_key"])
    taught = (judged["part"] == "train").to_numpy()
    labels = judged["label"].to_numpy()
    comparer = PairComparer.taught_by(left[taught], right[taught], labels[taught], spec, corpus, learned)
    comparisons = comparer.compare(left, right, np.where(taught, np.cumsum(taught) - 1, UNRELATED))
    comparisons = beside_rivals(comparisons, judged, proposed, frame, spec, corpus)
    _log.info("%d judged candidates compared in %d respects", len(judged), comparisons.shape[1])
    pairs = MadePairs(comparer, left, right, comparisons, labels)
    extra, extra_labels = pairs.that_teach(taught)
    poor = {}
    for part in (VALIDATION_PART, CALIBRATION_PART):
        made, rows = pairs.with_little_evidence((judged["part"] == part).to_numpy())
        poor[part] = made.assign(label=labels[rows], left_key=judged["left_key"].to_numpy()[rows])
    scorer = _train_scorer(judged, comparisons, (extra, extra_labels), poor[VALIDATION_PART], spec)

    summary = {
        "run_id": run_id,
        "records_per_part": parts.value_counts().sort_index().to_dict(),
        "pairs_per_part": judged["part"].value_counts().sort_index().to_dict(),
        "pairs_across_parts": dropped,
        "augmented_pairs": len(extra),
        "learned_words": 0 if comparer.words is None else len(comparer.words.keys),
        "encoder": None if encoder is None else {"device": encoder.device, "losses": encoder.losses},
        "rounds": len(scorer.validation_losses),
        "train_losses": scorer.train_losses,
        "validation_losses": scorer.validation_losses,
    }
    _track(settings, run_id, encoder, scorer)
    if (candidates / PLOTS).is_dir():  # drawn before there was a run to log them to
        log_folder(settings, run_id, candidates / PLOTS, "plots")
    model.mkdir(parents=True, exist_ok=True)
    write_scorer(scorer.scorer, model)
    if encoder is not None:
        encoder.encoder.save(model / ENCODER)
    if comparer.words is not None:
        comparer.words.save(model / WORDS)
    judged.to_parquet(model / PAIRS, index=False)
    missed.to_parquet(model / MISSED, index=False)
    comparisons.to_parquet(model / COMPARISONS, index=False)
    poor[CALIBRATION_PART].to_parquet(model / POOR, index=False)
    write_whole(model / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return summary


def _one_table(frame: pd.DataFrame) -> bool:
    return bool(frame["record_key"].str.startswith("left:").all())


def _parts(frame: pd.DataFrame, labelled: pd.DataFrame, spec: MatchSpec) -> "pd.Series[str]":
    seed = spec.model.seed
    parts = split_entities(frame["record_key"], labelled, spec.split, seed, spec.labels)
    if spec.encoder is not None:
        # pairs that taught the encoder would look better to the scorer than any pair will later
        parts = subdivide(parts, "train", spec.encoder.share, seed, pairs=labelled, label=ENCODER_PART)
    return subdivide(parts, "train", VALIDATION_SHARE, seed, pairs=labelled, label=VALIDATION_PART)


def _train_encoder(
    frame: pd.DataFrame, labelled: pd.DataFrame, parts: "pd.Series[str]", spec: MatchSpec
) -> TrainedEncoder | None:
    if spec.encoder is None:
        return None
    pairs, _ = assign_pairs(labelled[labelled["label"] == 1], parts)
    pairs = pairs[pairs["part"] == ENCODER_PART].sort_values(PAIR)
    epochs = spec.encoder.epochs
    return train_encoder(
        rows_of(frame, pairs["left_key"]),
        rows_of(frame, pairs["right_key"]),
        spec.encoder,
        spec.model.seed,
        lambda epoch, loss: _log.info("encoder: epoch %d of %d, loss %.4f", epoch, epochs, loss),
    )


def _candidates_within_parts(
    frame: pd.DataFrame, parts: "pd.Series[str]", labelled: pd.DataFrame, encoder: Encoder | None, spec: MatchSpec
) -> pd.DataFrame:
    """Candidates of each part by itself, as if its records were the whole tables.

    Candidates across parts cannot be used, and without others in their place a part would hold far
    fewer wrong pairs than the model meets when it serves.
    """
    part_of = frame["record_key"].map(parts)
    found = []
    for part in sorted(set(parts) - {ENCODER_PART}):
        records = frame[(part_of == part).to_numpy()].reset_index(drop=True)
        found.append(propose_candidates(records, spec)[PAIR])
        if encoder is not None and spec.candidates.encoder_top_k:
            found.append(propose_by_encoder(records, encoder, spec.candidates.encoder_top_k))
    proposed = pd.concat(found).drop_duplicates()
    true = labelled.loc[labelled["label"] == 1, PAIR].assign(label=1)
    labels = proposed.merge(true, how="left", on=PAIR)["label"].fillna(0)
    return proposed.assign(label=labels.to_numpy(dtype="int8"))


def _missed(labelled: pd.DataFrame, judged: pd.DataFrame, parts: "pd.Series[str]") -> pd.DataFrame:
    inside, _ = assign_pairs(labelled[labelled["label"] == 1], parts)
    against = inside.merge(judged[PAIR], how="left", on=PAIR, indicator=True)
    return against[against["_merge"] == "left_only"].drop(columns="_merge").reset_index(drop=True)


def _train_scorer(
    judged: pd.DataFrame,
    comparisons: pd.DataFrame,
    augmented: tuple[pd.DataFrame, np.ndarray[Any, Any]],
    poor: pd.DataFrame,
    spec: MatchSpec,
) -> TrainedScorer:
    teaching = (judged["part"] == "train").to_numpy()
    validating = (judged["part"] == VALIDATION_PART).to_numpy()
    labels = judged["label"].to_numpy()

    def progress(tree: int, loss: float) -> None:
        if tree % 25 == 0:
            _log.info("scorer: tree %d of %d, validation log loss %.5f", tree, spec.model.trees, loss)

    return train_scorer(
        pd.concat([comparisons[teaching], augmented[0]], ignore_index=True),
        np.append(labels[teaching], augmented[1]),
        pd.concat([comparisons[validating], poor[comparisons.columns]], ignore_index=True),
        np.append(labels[validating], poor["label"]),
        spec.model,
        progress,
    )


def _parameters(spec: MatchSpec, snapshot: Snapshot) -> dict[str, Any]:
    sections = {"model": spec.model, "encoder": spec.encoder, "split": spec.split, "costs": spec.costs}
    values = {
        f"{name}.{key}": value
        for name, section in sections.items()
        if section is not None
        for key, value in section.model_dump(mode="json").items()
    }
    data = {f"data.{table}": digest for table, digest in snapshot.data_versions.items()}
    return {**values, **data, "spec_digest": spec_digest(spec)}


def _track(settings: Settings, run_id: str, encoder: TrainedEncoder | None, scorer: TrainedScorer) -> None:
    log_curve(settings, run_id, "scorer_train_log_loss", scorer.train_losses)
    log_curve(settings, run_id, "scorer_validation_log_loss", scorer.validation_losses)
    if encoder is not None:
        log_curve(settings, run_id, "encoder_loss", encoder.losses)
    log_metrics(settings, run_id, {"rounds": float(len(scorer.validation_losses))})
