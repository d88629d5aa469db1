"""What is learnt from the prepared pairs: whether the encoder stays, the scorer, its challengers."""

import logging
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from matchwright.core.challengers import challenge
from matchwright.core.corpus import Corpus
from matchwright.core.encoder.train import TrainedEncoder
from matchwright.core.encoder.worth import EncoderWorth, encoder_worth
from matchwright.core.lesson import learn
from matchwright.core.scorer import TrainedScorer
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.model import ModelSpec
from matchwright.core.split import assign_pairs
from matchwright.steps.lessons import Prepared, prepare
from matchwright.steps.proposed_again import propose_again, proposed_by_encoder_alone
from matchwright.steps.train_parts import PAIR, VALIDATION_PART, encoder_of, parts_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Learnt:
    """The scorer and its challengers' figures."""

    scorer: TrainedScorer
    challengers: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Taken:
    """The part of every record, the prepared pairs, the encoder if it stays, and what ``train.json`` says of it.

    ``candidates`` is the report on the candidates where the encoder's are among them.
    """

    parts: "pd.Series[str]"
    prepared: Prepared
    encoder: TrainedEncoder | None
    worth: dict[str, Any] | None
    candidates: dict[str, Any] | None = None


def with_or_without(
    frame: pd.DataFrame, proposed: pd.DataFrame, labelled: pd.DataFrame, spec: MatchSpec, corpus: Corpus
) -> Taken:
    """Split and prepare with the encoder where it earns its place, else as if the spec had none.

    Without it the entities that taught it teach the scorer; the parts that judge later steps stay the same.

    Args:
        frame: record features of all records.
        proposed: every candidate of the candidates step; where labels are complete each part gets its own in their
            place, and where the encoder proposes some, all methods propose again.
        labelled: the labelled pairs.
        spec: the match spec.
        corpus: the corpus statistics.

    Raises:
        TrainingError: too few labelled pairs.
    """
    parts = parts_of(frame, labelled, spec)
    encoder = encoder_of(frame, labelled, parts, spec)
    learned = encoder.encoder if encoder else None
    by_encoder = learned is not None and spec.candidates.encoder_top_k > 0
    again = propose_again(frame, parts, labelled, learned, spec) if by_encoder or spec.labels == "complete" else None
    every = again.candidates if again else proposed
    prepared = prepare(frame, every, labelled, parts, spec, corpus, learned)
    if encoder is None:
        return Taken(parts, prepared, None, None)
    worth = _worth(prepared, every, labelled, parts, spec)
    _log.info("encoder: %s", worth.reason)
    figures = {"device": encoder.device, "losses": encoder.losses, **worth.as_dict()}
    if worth.kept:
        return Taken(parts, prepared, encoder, figures, again.report if again and by_encoder else None)
    bare = with_or_without(frame, proposed, labelled, spec.model_copy(update={"encoder": None}), corpus)
    return replace(bare, worth=figures)


def learn_and_challenge(prepared: Prepared, spec: ModelSpec) -> Learnt:
    """Train the scorer, and its challengers on the same pairs.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    taught, validation = prepared.taught, prepared.validation
    step = "tree" if spec.scorer == "xgboost" else "epoch"

    def improved(number: int, loss: float) -> None:
        if number % 25 == 0:
            _log.info("scorer: %s %d, validation log loss %.5f", step, number, loss)

    scorer = learn(taught, validation, spec, improved)
    challengers: dict[str, dict[str, Any]] = {}
    for kind in spec.challengers:
        lessons = prepared.beside if kind == "torch" and prepared.beside else (taught, validation)
        challengers[kind] = challenge(kind, *lessons, scorer, spec)
        _log.info("challenger %s: %s", kind, challengers[kind]["verdict"])
    return Learnt(scorer, challengers)


def _worth(
    prepared: Prepared, proposed: pd.DataFrame, labelled: pd.DataFrame, parts: "pd.Series[str]", spec: MatchSpec
) -> EncoderWorth:
    """Judged on parts that taught the encoder nothing and that judge no later step."""
    inside, _ = assign_pairs(labelled[labelled["label"] == 1], parts)
    true = inside[inside["part"].isin(["train", VALIDATION_PART])][PAIR]
    alone = len(true.merge(proposed_by_encoder_alone(proposed), on=PAIR))
    return encoder_worth(prepared.taught, prepared.validation, alone, len(true), spec.model)
