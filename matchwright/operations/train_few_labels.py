"""Training with few labelled pairs: none are set aside for early stopping or for calibration."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.registry import log_curve, log_metrics
from matchwright.core.compare import compare
from matchwright.core.compare.names import disagreement_limits
from matchwright.core.models.files import write_scorer
from matchwright.core.models.household import Household
from matchwright.core.models.scorer import TrainedScorer
from matchwright.core.reasons import mean_contributions
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.files import write_whole
from matchwright.operations.train_unsupervised import competing_sides, expected_matches, most_matches
from matchwright.operations.training_artifacts import (
    COMPARISONS,
    COMPETING,
    HELD_OUT,
    MEAN_CONTRIBUTIONS,
    MISSED,
    PAIRS,
    REGISTER_EVIDENCE,
    SUMMARY,
    WORDS,
)
from matchwright.settings import Settings
from matchwright.training.datasets.candidate_sets import competing_twice, with_context
from matchwright.training.datasets.comparisons import UNRELATED, PairComparer
from matchwright.training.datasets.prepare import labelled_with_part
from matchwright.training.datasets.register_pairs import RegisterPairs
from matchwright.training.datasets.split import missed_pairs, split_entities
from matchwright.training.few_labels.dataset import (
    AS_LABELLED,
    COUNTER,
    few_label_dataset,
    unlike_candidates,
    with_words,
)
from matchwright.training.few_labels.scorer import (
    FEW_LABELS,
    LEAST_TEST_SHARE,
    PRIOR_SAMPLE,
    require_enough,
    train_on_few_labels,
)
from matchwright.training.learning import Learned, with_limits
from matchwright.training.models.unsupervised import fit_fellegi_sunter
from matchwright.training.register_evidence.learn import learn_register_evidence

MOST_CANDIDATES = 50_000
"""The most candidates that the unsupervised start is fitted on."""

_log = logging.getLogger(__name__)


def has_few_labels(labelled: pd.DataFrame, spec: MatchSpec) -> bool:
    """Whether there are too few labelled pairs to set some aside for early stopping and calibration."""
    return spec.labels == "partial" and len(labelled) < FEW_LABELS


def train_from_few_labels(
    settings: Settings,
    spec: MatchSpec,
    frame: pd.DataFrame,
    corpus: Corpus,
    proposed: RegisterPairs,
    labelled: pd.DataFrame,
    run_id: str,
    model: Path,
) -> dict[str, Any]:
    """Train on all entities outside the test part. Writes the files of the train step, and held-out log-odds.

    Raises:
        TrainingError: there are too few labelled candidates of a class.
    """
    # few pairs are not enough to fit embeddings, whatever scorer the spec names
    spec = spec.model_copy(update={"model": spec.model.model_copy(update={"embeddings": False})})
    parts = split_entities(frame["record_key"], labelled, _split(spec), spec.model.seed, spec.labels)
    parts = parts.replace({"calibrate": "train"})
    labelled_candidates, dropped = labelled_with_part(proposed, parts)
    labelled_candidates = labelled_candidates.sort_values(PAIR_KEYS, ignore_index=True)
    missed = missed_pairs(labelled, labelled_candidates, parts)

    left, right = rows_of(frame, labelled_candidates["left_key"]), rows_of(frame, labelled_candidates["right_key"])
    training, labels = (labelled_candidates["part"] == "train").to_numpy(), labelled_candidates["label"].to_numpy()
    require_enough(labels[training])
    comparer = PairComparer.fitted_on(left[training], right[training], labels[training], spec, corpus)
    comparisons = comparer.compare(left, right, np.where(training, np.cumsum(training) - 1, UNRELATED))
    comparisons = with_context(comparisons, labelled_candidates, proposed, frame, spec, corpus)
    drawn, unlabelled = _unlabelled(frame, proposed, spec, corpus)
    expected = expected_matches(most_matches(frame, spec), len(unlabelled), len(proposed))
    limits = disagreement_limits(spec)
    unsupervised = fit_fellegi_sunter(unlabelled, expected, competing_sides(drawn, spec), limits, Household.of(spec))
    sides = rows_of(frame, drawn["left_key"]), rows_of(frame, drawn["right_key"])
    unlike = unlike_candidates(*sides, unsupervised.log_odds(unlabelled), spec, corpus)
    unlabelled = with_words(unlabelled, *sides, comparer.words, spec)
    dataset = few_label_dataset(comparer, left[training], right[training], comparisons[training], labels[training])
    names = list(comparisons.columns)
    few = train_on_few_labels(
        dataset[names],
        dataset["label"].to_numpy(),
        dataset["left_key"].to_numpy(),
        unlabelled,
        unsupervised,
        spec.model,
        unlike,
        limits,
    )
    _log.info("few labels: %d pairs to learn from, %d trees", int(training.sum()), len(few.validation_losses))

    known = _with_predicted(labelled, drawn[few.scorer.log_odds(unlabelled) > 0])
    register = learn_register_evidence(frame, known, parts, comparer, few.scorer, spec, corpus)
    trained = TrainedScorer(few.scorer, (), ())
    learned = with_limits(Learned(trained, comparisons), register, labelled_candidates, frame, spec, corpus)

    summary = {
        "run_id": run_id,
        "few_labels": True,
        "records_per_part": parts.value_counts().sort_index().to_dict(),
        "pairs_per_part": labelled_candidates["part"].value_counts().sort_index().to_dict(),
        "pairs_across_parts": dropped,
        "augmented_pairs": int((dataset["made"] != AS_LABELLED).sum()),
        "learned_words": 0 if comparer.words is None else len(comparer.words.keys),
        "register_evidence": register is not None,
        "rounds": len(few.validation_losses),
        "train_losses": few.train_losses,
        "validation_losses": few.validation_losses,
        MEAN_CONTRIBUTIONS: mean_contributions(few.scorer, dataset[names], spec),
    }
    log_curve(settings, run_id, "scorer_train_log_loss", few.train_losses)
    log_curve(settings, run_id, "scorer_validation_log_loss", few.validation_losses)
    log_metrics(settings, run_id, {"rounds": float(len(few.validation_losses))})
    model.mkdir(parents=True, exist_ok=True)
    write_scorer(few.scorer, model)
    if comparer.words is not None:
        comparer.words.save(model / WORDS)
    labelled_candidates.to_parquet(model / PAIRS, index=False)
    missed.to_parquet(model / MISSED, index=False)
    competing_twice(labelled_candidates[~training], proposed).to_parquet(model / COMPETING, index=False)
    learned.comparisons.to_parquet(model / COMPARISONS, index=False)
    if register is not None:
        register.save(model / REGISTER_EVIDENCE)
    held_out = dataset[["left_key", "label", "made"]].assign(log_odds=few.held_out_log_odds)
    held_out[held_out["made"] != COUNTER].to_parquet(model / HELD_OUT, index=False)
    write_whole(model / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return summary


def _with_predicted(labelled: pd.DataFrame, predicted: pd.DataFrame) -> pd.DataFrame:
    """The labelled pairs, and the candidates without a label that the scorer predicts to match.

    A few hundred labels hold too few matches for register evidence, and the fit would be pulled to nothing. With nearly
    all that is known of complete records, the scorer is right about most candidates, also with few labels.
    """
    columns = [*PAIR_KEYS, "label"]
    return pd.concat([labelled[columns], predicted.assign(label=1)[columns]]).drop_duplicates(PAIR_KEYS)


def _split(spec: MatchSpec) -> Any:
    test = max(spec.split.test, LEAST_TEST_SHARE)
    kept = (1 - test) / (spec.split.train + spec.split.calibrate)
    shares = {"train": spec.split.train * kept, "calibrate": spec.split.calibrate * kept, "test": test}
    return spec.split.model_copy(update=shares)


def _unlabelled(
    frame: pd.DataFrame, proposed: RegisterPairs, spec: MatchSpec, corpus: Corpus
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Candidates drawn at random, and their comparisons. Some may be labelled; their labels are not used."""
    count = max(MOST_CANDIDATES, PRIOR_SAMPLE)
    chosen = np.sort(np.random.default_rng(spec.model.seed).permutation(len(proposed))[:count])
    pairs = proposed.pair_keys(chosen).assign(label=proposed.label[chosen])
    compared = compare(rows_of(frame, pairs["left_key"]), rows_of(frame, pairs["right_key"]), spec, corpus)
    return pairs, with_context(compared, pairs, proposed, frame, spec, corpus)
