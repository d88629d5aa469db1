"""Slices: the metrics on parts of the pairs that the spec names, so that a good mean cannot hide a bad part."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from matchwright.core.records import conform_values, normal_forms
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.deciding import SliceSpec
from matchwright.evaluation.bootstrap import REPLICATES, Estimate
from matchwright.evaluation.metrics import measure

MIN_TRUE_PAIRS = 20


@dataclass(frozen=True)
class SliceResult:
    """One slice. With too few true pairs there are no metrics."""

    name: str
    pairs: int
    true_pairs: int
    status: Literal["measured", "too few"]
    metrics: dict[str, Estimate]


def slice_mask(
    piece: SliceSpec, spec: MatchSpec, left: pd.DataFrame, right: pd.DataFrame
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which pairs are in the slice, from row-aligned record features.

    ``missing``: at least one record lacks the field. ``present``: both records have it. ``equals``: at least one
    record has the slice's value, in normal form.
    """
    a, b = left[piece.field], right[piece.field]
    if piece.when == "equals":
        value = _normal(piece, spec)
        return (a == value).to_numpy(dtype=bool) | (b == value).to_numpy(dtype=bool)
    missing = a.isna().to_numpy(dtype=bool) | b.isna().to_numpy(dtype=bool)
    return missing if piece.when == "missing" else ~missing


def measure_slices(
    outcomes: pd.DataFrame,
    spec: MatchSpec,
    left: pd.DataFrame,
    right: pd.DataFrame,
    min_true_pairs: int = MIN_TRUE_PAIRS,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> list[SliceResult]:
    """Metrics of every slice of the spec. ``left`` and ``right`` are record features, row by row as ``outcomes``."""
    results = []
    for piece in spec.slices:
        inside = outcomes[slice_mask(piece, spec, left, right)]
        true_pairs = int((inside["label"] == 1).sum())
        enough = true_pairs >= min_true_pairs
        metrics = measure(inside, spec.costs, replicates, seed) if enough else {}
        results.append(SliceResult(piece.name, len(inside), true_pairs, "measured" if enough else "too few", metrics))
    return results


def _normal(piece: SliceSpec, spec: MatchSpec) -> str | float | None:
    conformed = conform_values([{piece.field: piece.value}], spec, "left")
    value: str | float | None = normal_forms(conformed, spec)[piece.field].iloc[0]
    return value
