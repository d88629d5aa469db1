"""Splitting records into the parts of training."""

import pandas as pd

from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.split import split_entities, subdivide

VALIDATION_PART, CALIBRATION_PART = "validate", "calibrate"
VALIDATION_SHARE = 0.2
"""Share of the training entities whose pairs are used for early stopping."""


def parts_of(frame: pd.DataFrame, labelled: pd.DataFrame, spec: MatchSpec) -> "pd.Series[str]":
    """The part of every record: train, validate, calibrate or test."""
    seed = spec.model.seed
    parts = split_entities(frame["record_key"], labelled, spec.split, seed, spec.labels)
    return subdivide(parts, "train", VALIDATION_SHARE, seed, pairs=labelled, label=VALIDATION_PART)
