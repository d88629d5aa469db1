"""Training where few pairs are judged: no pairs set aside for stopping or calibrating."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.registry import log_curve, log_metrics
from matchwright.core.compare import compare
from matchwright.core.models.files import write_scorer
from matchwright.core.reasons import usual_contributions
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.files import write_whole
from matchwright.operations.train_unsupervised import most_matches, rivals_of
from matchwright.operations.training_artifacts import COMPARISONS, HELD_OUT, MISSED, PAIRS, SUMMARY, USUAL, WORDS
from matchwright.settings import Settings
from matchwright.training.candidate_sets import beside_rivals
from matchwright.training.comparisons import UNRELATED, PairComparer
from matchwright.training.few_labels.dataset import AS_JUDGED, COUNTER, few_label_lesson, unlike_candidates, with_words
from matchwright.training.few_labels.scorer import (
    FEW_LABELS,
    LEAST_TEST_SHARE,
    PRIOR_SAMPLE,
    require_enough,
    train_on_few_labels,
)
from matchwright.training.split import assign_pairs, split_entities
from matchwright.training.unsupervised import fit_cold_start

LEARNT_FROM = 50_000
"""Candidates that the cold start is estimated from at most."""

_log = logging.getLogger(__name__)


def has_few_labels(labelled: pd.DataFrame, spec: MatchSpec) -> bool:
    """Whether so few pairs are judged that parts to stop and calibrate by would leave nothing to learn from."""
    return spec.labels == "partial" and len(labelled) < FEW_LABELS


def train_from_few_labels(
    settings: Settings,
    spec: MatchSpec,
    frame: pd.DataFrame,
    corpus: Corpus,
    proposed: pd.DataFrame,
    labelled: pd.DataFrame,
    run_id: str,
    model: Path,
) -> dict[str, Any]:
    """Train on all entities but those of the test; writes what the train step writes, and held-out margins.

    Raises:
        TrainingError: too few judged candidates of a class.
    """
    # there are too few pairs to fit embeddings on, whatever scorer the spec names
    spec = spec.model_copy(update={"model": spec.model.model_copy(update={"embeddings": False})})
    parts = split_entities(frame["record_key"], labelled, _split(spec), spec.model.seed, spec.labels)
    parts = parts.replace({"calibrate": "train"})
    judged, dropped = assign_pairs(proposed[proposed["label"] >= 0], parts)
    judged = judged.sort_values(PAIR_KEYS, ignore_index=True)
    inside, _ = assign_pairs(labelled[labelled["label"] == 1], parts)
    against = inside.merge(judged[PAIR_KEYS], how="left", on=PAIR_KEYS, indicator=True)
    missed = against[against["_merge"] == "left_only"].drop(columns="_merge").reset_index(drop=True)

    left, right = rows_of(frame, judged["left_key"]), rows_of(frame, judged["right_key"])
    taught, labels = (judged["part"] == "train").to_numpy(), judged["label"].to_numpy()
    require_enough(labels[taught])
    comparer = PairComparer.taught_by(left[taught], right[taught], labels[taught], spec, corpus)
    comparisons = comparer.compare(left, right, np.where(taught, np.cumsum(taught) - 1, UNRELATED))
    comparisons = beside_rivals(comparisons, judged, proposed, frame, spec, corpus)
    drawn, unlabelled = _unlabelled(frame, proposed, spec, corpus)
    expected = most_matches(frame, spec) * len(unlabelled) / max(len(proposed), 1)
    cold = fit_cold_start(unlabelled, max(2, round(expected)), rivals_of(drawn, spec))
    sides = rows_of(frame, drawn["left_key"]), rows_of(frame, drawn["right_key"])
    unlike = unlike_candidates(*sides, cold.margin(unlabelled), spec, corpus)
    unlabelled = with_words(unlabelled, *sides, comparer.words, spec)
    lesson = few_label_lesson(comparer, left[taught], right[taught], comparisons[taught], labels[taught])
    names = list(comparisons.columns)
    few = train_on_few_labels(
        lesson[names], lesson["label"].to_numpy(), lesson["left_key"].to_numpy(), unlabelled, cold, spec.model, unlike
    )
    _log.info("few labels: %d pairs to learn from, %d trees", int(taught.sum()), len(few.validation_losses))

    summary = {
        "run_id": run_id,
        "few_labels": True,
        "records_per_part": parts.value_counts().sort_index().to_dict(),
        "pairs_per_part": judged["part"].value_counts().sort_index().to_dict(),
        "pairs_across_parts": dropped,
        "augmented_pairs": int((lesson["made"] != AS_JUDGED).sum()),
        "learned_words": 0 if comparer.words is None else len(comparer.words.keys),
        "rounds": len(few.validation_losses),
        "train_losses": few.train_losses,
        "validation_losses": few.validation_losses,
        USUAL: usual_contributions(few.scorer, lesson[names], spec),
    }
    log_curve(settings, run_id, "scorer_train_log_loss", few.train_losses)
    log_curve(settings, run_id, "scorer_validation_log_loss", few.validation_losses)
    log_metrics(settings, run_id, {"rounds": float(len(few.validation_losses))})
    model.mkdir(parents=True, exist_ok=True)
    write_scorer(few.scorer, model)
    if comparer.words is not None:
        comparer.words.save(model / WORDS)
    judged.to_parquet(model / PAIRS, index=False)
    missed.to_parquet(model / MISSED, index=False)
    comparisons.to_parquet(model / COMPARISONS, index=False)
    held_out = lesson[["left_key", "label", "made"]].assign(margin=few.held_out_margin)
    held_out[held_out["made"] != COUNTER].to_parquet(model / HELD_OUT, index=False)
    write_whole(model / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return summary


def _split(spec: MatchSpec) -> Any:
    test = max(spec.split.test, LEAST_TEST_SHARE)
    kept = (1 - test) / (spec.split.train + spec.split.calibrate)
    shares = {"train": spec.split.train * kept, "calibrate": spec.split.calibrate * kept, "test": test}
    return spec.split.model_copy(update=shares)


def _unlabelled(
    frame: pd.DataFrame, proposed: pd.DataFrame, spec: MatchSpec, corpus: Corpus
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Candidates and their comparisons, drawn at random; judged ones among them do no harm."""
    count = max(LEARNT_FROM, PRIOR_SAMPLE)
    chosen = np.sort(np.random.default_rng(spec.model.seed).permutation(len(proposed))[:count])
    pairs = proposed.sort_values(PAIR_KEYS, ignore_index=True).iloc[chosen].reset_index(drop=True)
    compared = compare(rows_of(frame, pairs["left_key"]), rows_of(frame, pairs["right_key"]), spec, corpus)
    return pairs, beside_rivals(compared, pairs, proposed, frame, spec, corpus)
