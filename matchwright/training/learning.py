"""Training the scorer and its challengers on the prepared pairs."""

import logging
from dataclasses import dataclass
from typing import Any

import pandas as pd

from matchwright.core.compare.names import disagreement_limits
from matchwright.core.models.scorer import Scorer, TrainedScorer
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.challengers import challenge
from matchwright.training.datasets.candidates import training_candidates
from matchwright.training.datasets.labelled_pairs import learn
from matchwright.training.datasets.parts import parts_of
from matchwright.training.datasets.prepare import Prepared, prepare

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Learned:
    """The scorer and its challengers' figures."""

    scorer: TrainedScorer
    challengers: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class PreparedParts:
    """The part of every record, the prepared pairs, and the report on candidates if an embedding proposed some."""

    parts: "pd.Series[str]"
    prepared: Prepared
    candidates: dict[str, Any] | None


def prepare_parts(
    frame: pd.DataFrame, proposed: pd.DataFrame, labelled: pd.DataFrame, spec: MatchSpec, corpus: Corpus
) -> PreparedParts:
    """Split the records into parts, and prepare the pairs.

    Args:
        frame: record features of all records.
        proposed: every candidate of the candidates step. :func:`training_candidates` says when others are used.
        labelled: the labelled pairs.
        spec: the match spec.
        corpus: the corpus statistics.
    """
    parts = parts_of(frame, labelled, spec)
    used = training_candidates(frame, proposed, labelled, parts, spec, corpus)
    return PreparedParts(parts, prepare(frame, used.candidates, labelled, parts, spec, corpus), used.report)


def learn_and_challenge(prepared: Prepared, spec: MatchSpec, imported: Scorer | None = None) -> Learned:
    """Train the scorer, and its challengers on the same pairs. An ``imported`` scorer is not trained.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    training, validation, limits = prepared.training, prepared.validation, disagreement_limits(spec)
    step = "tree" if spec.model.scorer == "xgboost" else "epoch"

    def improved(number: int, loss: float) -> None:
        if number % 25 == 0:
            _log.info("scorer: %s %d, validation log loss %.5f", step, number, loss)

    scorer = TrainedScorer(imported, (), ()) if imported else learn(training, validation, spec.model, improved, limits)
    challengers: dict[str, dict[str, Any]] = {}
    for kind in spec.model.challengers:
        own = prepared.network_datasets if kind == "torch" else None
        challengers[kind] = challenge(kind, *(own or (training, validation)), scorer, spec.model, limits)
        _log.info("challenger %s: %s", kind, challengers[kind]["finding"])
    return Learned(scorer, challengers)
