"""Train the scorer on entities that calibration and evaluation do not use."""

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import pandas as pd

from matchwright.adapters.registry import log_curve, log_folder, log_metrics, log_parameters, open_run
from matchwright.core.candidates.pairs import canonical_pairs
from matchwright.core.models.files import write_scorer
from matchwright.core.reasons import mean_contributions
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import MatchSpec, spec_digest
from matchwright.files import write_whole
from matchwright.operations.failures import failure_recorded
from matchwright.operations.snapshot import Snapshot
from matchwright.operations.train_few_labels import has_few_labels, train_from_few_labels
from matchwright.operations.train_unsupervised import train_without_labels
from matchwright.operations.training_artifacts import (
    COMPARISONS,
    EMBEDDINGS,
    MEAN_CONTRIBUTIONS,
    MISSED,
    MISSING_FIELDS,
    PAIRS,
    SUMMARY,
    WORDS,
)
from matchwright.settings import Settings
from matchwright.steps.candidates import PLOTS
from matchwright.training.datasets.prepare import Prepared
from matchwright.training.learning import Learned, learn_and_challenge, prepare_parts
from matchwright.training.models.parameters import Kind, parameters_of

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
    """Split by entity, train, and compare every labelled candidate.

    Args:
        settings: the environment, which says where MLflow is.
        spec: the match spec.
        snapshot: the validated snapshot.
        features: folder of the features step.
        candidates: folder of the candidates step.
        model: folder to write: scorer, labelled pairs with their part, comparisons, train.json.
        code_digest: the digest of the code that trains, for the lineage.

    Returns:
        The content of ``train.json``: run_id, pairs per part, figures of the scorer and its challengers.

    Raises:
        TrainingError: there are too few labelled pairs.
    """
    data = Snapshot.read(snapshot)
    frame = read_frame(features / "records.parquet")
    corpus = Corpus.load(features / "corpus.safetensors")
    labelled = canonical_pairs(data.frame("pairs")) if _one_table(frame) else data.frame("pairs")
    proposed = read_frame(candidates / "candidates.parquet")
    inputs = hashlib.sha256(f"{data.digest}{spec_digest(spec)}{code_digest}".encode()).hexdigest()
    tags = {"trained_by": settings.actor, "code_digest": code_digest}
    run_id = open_run(settings, spec.name, inputs, tags)
    with failure_recorded(settings, run_id, "train"):
        return _train_in_run(settings, spec, data, frame, corpus, labelled, proposed, run_id, candidates, model)


def _train_in_run(
    settings: Settings,
    spec: MatchSpec,
    data: Snapshot,
    frame: pd.DataFrame,
    corpus: Corpus,
    labelled: pd.DataFrame,
    proposed: pd.DataFrame,
    run_id: str,
    candidates: Path,
    model: Path,
) -> dict[str, Any]:
    kind: Kind = spec.model.scorer
    if spec.labels == "none":
        kind = "fellegi_sunter"
    elif has_few_labels(labelled, spec):
        kind = "few_labels"
    log_parameters(settings, run_id, _parameters(spec, data, kind))
    for name in (WORDS, EMBEDDINGS):
        (model / name).unlink(missing_ok=True)  # an earlier run may have left one

    if spec.labels == "none":
        return train_without_labels(settings, spec, frame, corpus, proposed, run_id, model)
    if has_few_labels(labelled, spec):
        return train_from_few_labels(settings, spec, frame, corpus, proposed, labelled, run_id, model)

    split = prepare_parts(frame, proposed, labelled, spec, corpus)
    prepared = split.prepared
    _log.info("%d labelled candidates, %d comparisons each", *prepared.comparisons.shape)
    learned = learn_and_challenge(prepared, spec.model)
    scorer = learned.scorer

    summary = {
        "run_id": run_id,
        "records_per_part": split.parts.value_counts().sort_index().to_dict(),
        "pairs_per_part": prepared.labelled_candidates["part"].value_counts().sort_index().to_dict(),
        "pairs_across_parts": prepared.dropped,
        "augmented_pairs": prepared.made,
        "learned_words": 0 if prepared.words is None else len(prepared.words.keys),
        "embeddings": _embedded(prepared, spec),
        "candidates_with_embedding": split.candidates,
        "challengers": learned.challengers,
        "rounds": len(scorer.validation_losses),
        "train_losses": scorer.train_losses,
        "validation_losses": scorer.validation_losses,
        MEAN_CONTRIBUTIONS: mean_contributions(scorer.scorer, prepared.training.comparisons, spec),
    }
    _track(settings, run_id, summary, learned)
    if (candidates / PLOTS).is_dir():  # drawn before the MLflow run existed
        log_folder(settings, run_id, candidates / PLOTS, "plots")
    model.mkdir(parents=True, exist_ok=True)
    write_scorer(scorer.scorer, model)
    if prepared.words is not None:
        prepared.words.save(model / WORDS)
    if prepared.embeddings is not None:
        prepared.embeddings.save(model / EMBEDDINGS)
    prepared.labelled_candidates.to_parquet(model / PAIRS, index=False)
    prepared.missed.to_parquet(model / MISSED, index=False)
    prepared.comparisons.to_parquet(model / COMPARISONS, index=False)
    prepared.missing_field_pairs.to_parquet(model / MISSING_FIELDS, index=False)
    write_whole(model / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return summary


def _one_table(frame: pd.DataFrame) -> bool:
    return bool(frame["record_key"].str.startswith("left:").all())


def _embedded(prepared: Prepared, spec: MatchSpec) -> dict[str, Any] | None:
    """The fields whose embeddings the scorer reads. None if the spec asks for no embeddings."""
    if not spec.model.reads_embeddings:
        return None
    if prepared.embeddings is None:
        return {"fields": [], "reason": "none: too few training pairs of a class, or no suitable field"}
    fields = list(prepared.embeddings.fields)
    return {"fields": fields, "reason": f"of {', '.join(fields)}"}


def _parameters(spec: MatchSpec, snapshot: Snapshot, kind: Kind) -> dict[str, Any]:
    sections = {"split": spec.split, "costs": spec.costs}
    found = {name: section.model_dump(mode="json") for name, section in sections.items()}
    found["model"] = parameters_of(kind, spec.model)
    values = {f"{name}.{key}": value for name, section in found.items() for key, value in section.items()}
    data = {f"data.{table}": digest for table, digest in snapshot.data_versions.items()}
    return {**values, **data, "spec_digest": spec_digest(spec)}


def _track(settings: Settings, run_id: str, summary: dict[str, Any], learned: Learned) -> None:
    log_curve(settings, run_id, "scorer_train_log_loss", learned.scorer.train_losses)
    log_curve(settings, run_id, "scorer_validation_log_loss", learned.scorer.validation_losses)
    metrics = {"rounds": float(summary["rounds"])}
    for kind, found in learned.challengers.items():
        for name, change in found["change"].items():
            if change["value"] is not None:
                metrics[f"challenger_{kind}_{name}_change"] = change["value"]
    log_metrics(settings, run_id, metrics)
