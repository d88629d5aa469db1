"""Training the scorer and its challengers on the prepared pairs."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.competing_scores import SCORED_NAMES
from matchwright.core.compare.names import disagreement_limits
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.scorer import Scorer, TrainedScorer
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import LEAST, LIMIT
from matchwright.training.challengers import challenge
from matchwright.training.datasets.candidates import training_candidates
from matchwright.training.datasets.labelled_pairs import learn
from matchwright.training.datasets.parts import parts_of
from matchwright.training.datasets.prepare import Prepared, prepare
from matchwright.training.datasets.register_pairs import RegisterPairs
from matchwright.training.datasets.split import sampled_entities
from matchwright.training.second_stage.candidates import ScoredAlone
from matchwright.training.second_stage.fit import fit_second_stage
from matchwright.training.second_stage.keep import StagesCompared, compare_stages

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Learned:
    """The scorer, the comparisons of the labelled candidates that it reads, and register evidence.

    ``register`` is None where it was not asked for, or too few matches are known. Else the comparisons have its limits.
    ``stages`` compares the two stages where a second one was fitted, kept or not. ``alone`` is what the first stage
    says of candidates, where there is a second one.
    """

    scorer: TrainedScorer
    comparisons: pd.DataFrame
    register: RegisterEvidence | None = None
    stages: StagesCompared | None = None
    alone: ScoredAlone | None = None


FitRegister = Callable[[Scorer], RegisterEvidence | None]
"""Fits register evidence. The scorer of pairs alone says which unlabelled pairs match."""


@dataclass(frozen=True)
class PreparedParts:
    """The part of every record, the prepared pairs, all candidates, and a report if an embedding proposed some.

    ``sampled`` says whether each record is in the sample, by record key; None if all records are.
    """

    parts: "pd.Series[str]"
    prepared: Prepared
    proposed: RegisterPairs
    candidates: dict[str, Any] | None
    sampled: "pd.Series[bool] | None" = None


def prepare_parts(
    frame: pd.DataFrame,
    proposed: pd.DataFrame | RegisterPairs,
    labelled: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
) -> PreparedParts:
    """Split the records into parts, draw a sample of the entities if there are many, and prepare the pairs.

    Args:
        frame: record features of all records.
        proposed: every candidate of the candidates step. :func:`training_candidates` says when others are used.
        labelled: the labelled pairs.
        spec: the match spec.
        corpus: the corpus statistics.
    """
    parts = parts_of(frame, labelled, spec)
    used = training_candidates(frame, RegisterPairs.of(frame, proposed), labelled, parts, spec, corpus)
    sampled = sample_of(used.candidates, labelled, spec)
    prepared = prepare(frame, used.candidates, labelled, parts, spec, corpus, sampled)
    return PreparedParts(parts, prepared, used.candidates, used.report, sampled)


def sample_of(pairs: RegisterPairs, labelled: pd.DataFrame, spec: MatchSpec) -> "pd.Series[bool] | None":
    """Whether each record is in the sample whose candidates are compared, by record key.

    None if no more records than ``split.most_records`` have a labelled candidate: all of these are compared then.
    """
    with_labels = np.zeros(len(pairs.frame), dtype=bool)
    with_labels[pairs.left[pairs.label >= 0]] = with_labels[pairs.right[pairs.label >= 0]] = True
    share = spec.split.most_records / max(int(with_labels.sum()), 1)
    if share >= 1:
        return None
    chosen = sampled_entities(pairs.frame["record_key"], labelled, share, spec.model.seed)
    return pd.Series(chosen, index=pd.Index(pairs.keys, name="record_key"))


def learn_stages(
    prepared: Prepared,
    proposed: pd.DataFrame | RegisterPairs,
    frame: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
    fit_register: FitRegister | None = None,
) -> Learned:
    """Train the scorer: its first stage, and the second one where the spec and the labels allow it.

    Register evidence is fitted between the two: the second stage compares candidates by what each would have alone.

    Args:
        prepared: the labelled candidates and the datasets made from them.
        proposed: every candidate, labelled or not.
        frame: record features of all records.
        spec: the match spec.
        corpus: the corpus statistics.
        fit_register: fits register evidence; None to train without.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    model = spec.model
    step = "tree" if model.scorer == "xgboost" else "epoch"

    def improved(number: int, loss: float) -> None:
        if number % 25 == 0:
            _log.info("scorer: %s %d, validation log loss %.5f", step, number, loss)

    first = learn(prepared.training, prepared.validation, model, improved, disagreement_limits(spec))
    found, register = Learned(first, prepared.comparisons), fit_register(first.scorer) if fit_register else None
    if model.scorer == "xgboost" and model.second_stage:
        second = fit_second_stage(first.scorer, prepared, proposed, frame, spec, corpus, register)
        if second is not None:
            found = Learned(second.scorer, second.comparisons, alone=second.alone)
    found = with_limits(found, register, prepared.labelled_candidates, frame, spec, corpus)
    return _with_useful_stages(first, found, prepared, spec)


def _with_useful_stages(first: TrainedScorer, found: Learned, prepared: Prepared, spec: MatchSpec) -> Learned:
    """The same without its second stage where that makes scores worse."""
    if not isinstance(found.scorer.scorer, TwoStageScorer):
        return found
    methods, pairs = spec.calibration.methods, prepared.labelled_candidates
    stages = compare_stages(found.scorer.scorer, found.comparisons, pairs, methods, spec.model.seed)
    if stages is None or stages.kept:
        return replace(found, stages=stages)
    _log.warning(
        "the second stage is left out: log loss %.5f with it and %.5f without, on %d pairs with their candidates",
        *(stages.both, stages.first, stages.pairs),
    )
    return Learned(first, found.comparisons.drop(columns=list(SCORED_NAMES)), found.register, stages)


def with_limits(
    learned: Learned,
    register: RegisterEvidence | None,
    pairs: pd.DataFrame,
    frame: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
) -> Learned:
    """The same with register evidence, and with its limits among the comparisons of ``pairs``, the labelled ones."""
    if register is None:
        return learned
    left, right = (columns_of(rows_of(frame, pairs[key])) for key in PAIR_KEYS)
    limits = register.limits(left, right, learned.comparisons, spec, corpus, of_register=True)
    comparisons = learned.comparisons.assign(**{LIMIT: limits[:, 0], LEAST: limits[:, 1]})
    return replace(learned, comparisons=comparisons, register=register)


def challenge_all(prepared: Prepared, learned: Learned, spec: MatchSpec) -> dict[str, dict[str, Any]]:
    """Train the challengers of the spec on the scorer's pairs, and compare them with it."""
    read = learned.comparisons.iloc[prepared.validation.originals().origins].reset_index(drop=True)
    of_scorer = learned.scorer.scorer.log_odds(read)
    limits = disagreement_limits(spec)
    found: dict[str, dict[str, Any]] = {}
    for kind in spec.model.challengers:
        own = prepared.network_datasets if kind == "torch" else None
        found[kind] = challenge(kind, *(own or (prepared.training, prepared.validation)), of_scorer, spec.model, limits)
        _log.info("challenger %s: %s", kind, found[kind]["finding"])
    return found
