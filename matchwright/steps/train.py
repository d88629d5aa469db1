"""Train the scorer on entities that calibration and evaluation do not use."""

import hashlib
import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from matchwright.adapters.registry import log_curve, log_folder, log_metrics, log_parameters, open_run
from matchwright.adapters.tables.read import read_bytes
from matchwright.core.candidates.pairs import canonical_pairs
from matchwright.core.models.files import write_scorer
from matchwright.core.models.onnx_graph import OnnxScorer
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.scorer import Scorer, TrainedScorer
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.reasons import mean_contributions
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import MatchSpec, spec_digest
from matchwright.errors import Fault, ScorerError
from matchwright.files import write_whole
from matchwright.operations.failures import failure_recorded
from matchwright.operations.neighbours import write_neighbour_pairs
from matchwright.operations.snapshot import Snapshot
from matchwright.operations.train_few_labels import has_few_labels, train_from_few_labels
from matchwright.operations.train_unsupervised import train_without_labels
from matchwright.operations.training_artifacts import (
    COMPARISONS,
    COMPETING,
    COMPETING_SHARE,
    EMBEDDINGS,
    EXPORTED,
    MEAN_CONTRIBUTIONS,
    MISSED,
    MISSING_FIELDS,
    NEIGHBOUR_PAIRS,
    PAIRS,
    REGISTER_EVIDENCE,
    SUMMARY,
    WORDS,
)
from matchwright.settings import Settings
from matchwright.steps.candidates import PLOTS
from matchwright.training.datasets.candidate_sets import competing_of_tested
from matchwright.training.datasets.prepare import Prepared
from matchwright.training.datasets.register_pairs import RegisterPairs
from matchwright.training.exported_pairs import exported_pairs
from matchwright.training.few_labels.scorer import FEW_LABELS
from matchwright.training.imported_scorer import HEADLINE, ScorerFile, import_scorer
from matchwright.training.learning import Learned, challenge_all, learn_stages, prepare_parts, with_limits
from matchwright.training.models.parameters import Kind, parameters_of
from matchwright.training.neighbours.scores import RegisterScorer
from matchwright.training.register_evidence.learn import learn_register_evidence

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
    scorer: str = "",
    comparisons: str = "",
    returns: str = "",
) -> dict[str, Any]:
    """Split by entity, train or import the scorer, and compare every labelled candidate.

    Args:
        settings: the environment, which says where MLflow is.
        spec: the match spec.
        snapshot: the validated snapshot.
        features: folder of the features step.
        candidates: folder of the candidates step.
        model: folder to write: scorer, labelled pairs with their part, comparisons, train.json.
        code_digest: the digest of the code that trains, for the lineage.
        scorer: an ONNX file to import instead of training a scorer; empty to train.
        comparisons: the names of its input's columns in order, if they are not in its metadata.
        returns: ``probability`` or ``log_odds``, if neither its metadata nor its outputs say which.

    Returns:
        The content of ``train.json``: run_id, pairs per part, figures of the scorer and its challengers.

    Raises:
        TrainingError: there are too few labelled pairs.
        DataError: the scorer's file is missing.
        ScorerError: the scorer cannot be imported; every fault is listed.
    """
    given = ScorerFile(read_bytes(scorer), comparisons, returns) if scorer else None
    data = Snapshot.read(snapshot)
    frame = read_frame(features / "records.parquet")
    corpus = Corpus.load(features / "corpus.safetensors")
    labelled = canonical_pairs(data.frame("pairs")) if _one_table(frame) else data.frame("pairs")
    proposed = RegisterPairs.read(candidates / "candidates.parquet", frame)
    stated = f"{given.digest}{given.comparisons}{given.returns}" if given else ""
    inputs = hashlib.sha256(f"{data.digest}{spec_digest(spec)}{code_digest}{stated}".encode()).hexdigest()
    tags = {"trained_by": settings.actor, "code_digest": code_digest}
    run_id = open_run(settings, spec.name, inputs, tags)
    with failure_recorded(settings, run_id, "train"):
        return _train_in_run(settings, spec, data, frame, corpus, labelled, proposed, run_id, candidates, model, given)


def _train_in_run(
    settings: Settings,
    spec: MatchSpec,
    data: Snapshot,
    frame: pd.DataFrame,
    corpus: Corpus,
    labelled: pd.DataFrame,
    proposed: RegisterPairs,
    run_id: str,
    candidates: Path,
    model: Path,
    given: ScorerFile | None,
) -> dict[str, Any]:
    kind: Kind = spec.model.scorer
    if spec.labels == "none":
        kind = "fellegi_sunter"
    elif has_few_labels(labelled, spec):
        kind = "few_labels"
    if given and kind in ("fellegi_sunter", "few_labels"):
        problem = "too few pairs are labelled to calibrate and test an imported scorer"
        hint = f"label {FEW_LABELS:,} pairs or more, or train without --scorer"
        raise ScorerError(HEADLINE, [Fault("labels", problem, hint)])
    kind = "imported" if given else kind
    log_parameters(settings, run_id, _parameters(spec, data, kind))
    for name in (WORDS, EMBEDDINGS, EXPORTED, REGISTER_EVIDENCE, NEIGHBOUR_PAIRS):
        (model / name).unlink(missing_ok=True)  # an earlier run may have left one

    if spec.labels == "none":
        return train_without_labels(settings, spec, frame, corpus, proposed, run_id, model)
    if has_few_labels(labelled, spec):
        return train_from_few_labels(settings, spec, frame, corpus, proposed, labelled, run_id, model)

    split = prepare_parts(frame, proposed, labelled, spec, corpus)
    prepared = split.prepared
    compared = _compared_records(frame, split.sampled)
    if split.sampled is not None:
        _log.info(
            "of %d records, the candidates of %d are compared (split.most_records), among all %d candidates",
            *(compared["records"], compared["records_compared"], len(split.proposed)),
        )
    _log.info("%d labelled candidates, %d comparisons each", *prepared.comparisons.shape)
    imported = import_scorer(given, prepared.training) if given else None

    def fit_register(scorer: Scorer) -> RegisterEvidence | None:
        return learn_register_evidence(frame, labelled, split.parts, prepared, scorer, spec, corpus)

    if imported:
        alone = Learned(TrainedScorer(imported, (), ()), prepared.comparisons)
        learned = with_limits(alone, fit_register(imported), prepared.labelled_candidates, frame, spec, corpus)
    else:
        learned = learn_stages(prepared, split.proposed, frame, spec, corpus, fit_register)
    scorer, register, comparisons = learned.scorer, learned.register, learned.comparisons
    challengers = challenge_all(prepared, learned, spec)
    model.mkdir(parents=True, exist_ok=True)
    in_register = RegisterScorer(frame, scorer.scorer, prepared, register, spec, corpus, learned.alone)
    neighbours = write_neighbour_pairs(in_register, split.proposed, labelled, split.parts, model, split.sampled)
    trained = comparisons[(prepared.labelled_candidates["part"] == "train").to_numpy()].reset_index(drop=True)

    tested = prepared.labelled_candidates[(prepared.labelled_candidates["part"] == "test").to_numpy()]
    competing, share = competing_of_tested(tested, split.proposed, split.sampled is not None)

    summary = {
        "run_id": run_id,
        "spec_digest": spec_digest(spec),
        "imported": _imported(given, imported) if given and imported else None,
        **compared,
        "records_per_part": split.parts.value_counts().sort_index().to_dict(),
        "pairs_per_part": prepared.labelled_candidates["part"].value_counts().sort_index().to_dict(),
        "pairs_across_parts": prepared.dropped,
        "augmented_pairs": prepared.made,
        "learned_words": 0 if prepared.words is None else len(prepared.words.keys),
        "embeddings": _embedded(prepared, spec),
        "candidates_with_embedding": split.candidates,
        "challengers": challengers,
        "register_evidence": register is not None,
        "second_stage": isinstance(scorer.scorer, TwoStageScorer),
        "stages": None if learned.stages is None else asdict(learned.stages),
        COMPETING_SHARE: share,
        "one_table": in_register.one_table,
        "neighbours": neighbours,
        "rounds": len(scorer.validation_losses),
        "train_losses": scorer.train_losses,
        "validation_losses": scorer.validation_losses,
        MEAN_CONTRIBUTIONS: mean_contributions(scorer.scorer, trained, spec),
    }
    _track(settings, run_id, summary, scorer)
    if (candidates / PLOTS).is_dir():  # drawn before the MLflow run existed
        log_folder(settings, run_id, candidates / PLOTS, "plots")
    write_scorer(scorer.scorer, model)
    if register is not None:
        register.save(model / REGISTER_EVIDENCE)
    if prepared.words is not None:
        prepared.words.save(model / WORDS)
    if prepared.embeddings is not None:
        prepared.embeddings.save(model / EMBEDDINGS)
    prepared.labelled_candidates.to_parquet(model / PAIRS, index=False)
    prepared.missed.to_parquet(model / MISSED, index=False)
    competing.to_parquet(model / COMPETING, index=False)
    comparisons.to_parquet(model / COMPARISONS, index=False)
    prepared.missing_field_pairs.to_parquet(model / MISSING_FIELDS, index=False)
    exported_pairs(prepared.training, prepared.validation, spec.model.seed).to_parquet(model / EXPORTED, index=False)
    write_whole(model / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return summary


def _compared_records(frame: pd.DataFrame, sampled: "pd.Series[bool] | None") -> dict[str, int]:
    """How many records there are, and of how many the candidates are compared."""
    return {"records": len(frame), "records_compared": len(frame) if sampled is None else int(sampled.sum())}


def _imported(given: ScorerFile, scorer: OnnxScorer) -> dict[str, Any]:
    """Where the scorer came from and how its graph is read."""
    contract = scorer.contract
    return {
        "sha256": given.digest,
        "comparisons": len(contract.names),
        "returns": contract.returns,
        "takes_missing": contract.takes_missing,
    }


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


def _track(settings: Settings, run_id: str, summary: dict[str, Any], scorer: TrainedScorer) -> None:
    log_curve(settings, run_id, "scorer_train_log_loss", scorer.train_losses)
    log_curve(settings, run_id, "scorer_validation_log_loss", scorer.validation_losses)
    metrics = {"rounds": float(summary["rounds"])}
    for kind, found in summary["challengers"].items():
        for name, change in found["change"].items():
            if change["value"] is not None:
                metrics[f"challenger_{kind}_{name}_change"] = change["value"]
    log_metrics(settings, run_id, metrics)
