"""The entities that teach each model, and the encoder that some of them teach."""

import logging

import pandas as pd

from matchwright.core.encoder.train import TrainedEncoder, train_encoder
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec
from matchwright.core.split import assign_pairs, split_entities, subdivide
from matchwright.steps.trained import rows_of

ENCODER_PART, VALIDATION_PART, CALIBRATION_PART = "encoder", "validate", "calibrate"
VALIDATION_SHARE = 0.2
"""Of the training entities: what early stopping is judged on."""

_log = logging.getLogger(__name__)


def parts_of(frame: pd.DataFrame, labelled: pd.DataFrame, spec: MatchSpec) -> "pd.Series[str]":
    """The part of every record: train, validate, calibrate, test, and encoder where the spec has one."""
    seed = spec.model.seed
    parts = split_entities(frame["record_key"], labelled, spec.split, seed, spec.labels)
    if spec.encoder is not None:
        # pairs that taught the encoder would look better to the scorer than any pair will later
        parts = subdivide(parts, "train", spec.encoder.share, seed, pairs=labelled, label=ENCODER_PART)
    return subdivide(parts, "train", VALIDATION_SHARE, seed, pairs=labelled, label=VALIDATION_PART)


def encoder_of(
    frame: pd.DataFrame, labelled: pd.DataFrame, parts: "pd.Series[str]", spec: MatchSpec
) -> TrainedEncoder | None:
    """The encoder, taught by the true pairs of its own part; None where the spec has none.

    Raises:
        TrainingError: too few matching pairs.
    """
    if spec.encoder is None:
        return None
    pairs, _ = assign_pairs(labelled[labelled["label"] == 1], parts)
    pairs = pairs[pairs["part"] == ENCODER_PART].sort_values(PAIR_KEYS)
    epochs = spec.encoder.epochs
    return train_encoder(
        rows_of(frame, pairs["left_key"]),
        rows_of(frame, pairs["right_key"]),
        spec.encoder,
        spec.model.seed,
        lambda epoch, loss: _log.info("encoder: epoch %d of %d, loss %.4f", epoch, epochs, loss),
    )
