"""What evidence looked like in training: typical agreement and disagreement, and how much each level tells."""

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from matchwright.core.compare.engine import DECIMALS
from matchwright.core.reasons.evidence import evidence
from matchwright.core.reasons.groups import groups_of
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.model import Frozen
from matchwright.core.spec.vocabulary import EVIDENCE_LEVELS, FALLING, MISSING_SUFFIX
from matchwright.errors import DAMAGED, BundleError

FEWEST = 5
"""Pairs below which a median is not called typical."""

Array = np.ndarray[Any, np.dtype[np.float64]]


class EvidenceFigures(Frozen):
    """Figures over the training pairs: numbers per comparison and per reason code, of no single pair.

    ``agreeing`` and ``disagreeing`` are the median comparison of true pairs whose group agrees and of other
    pairs whose group disagrees (None: mostly missing). ``weights`` say how much each level tells, either way:
    its log-likelihood ratio (natural logarithm) less one standard error, at least 0. Fellegi and Sunter (1969),
    A Theory for Record Linkage.
    """

    agreeing: dict[str, float | None] = {}
    disagreeing: dict[str, float | None] = {}
    weights: dict[str, float] = {}

    @classmethod
    def fit(cls, comparisons: pd.DataFrame, labels: Any, spec: MatchSpec) -> "EvidenceFigures":
        """Figures of labelled pairs.

        Args:
            comparisons: one row per pair.
            labels: 1 for a match, else 0, shape (pairs,).
            spec: says from where on a group agrees.
        """
        names = tuple(comparisons.columns)
        true = np.asarray(labels) == 1
        levels = evidence(comparisons, spec)
        values = comparisons.to_numpy(dtype=np.float64)
        agreeing: dict[str, float | None] = {}
        disagreeing: dict[str, float | None] = {}
        weights = {}
        for group in groups_of(names):
            level = levels[group.name]
            for place in group.columns:
                agreeing |= _typical(names[place], values[true & (level == "AGREES"), place])
                disagreeing |= _typical(names[place], values[~true & (level == "DISAGREES"), place])
            for code in EVIDENCE_LEVELS:
                weights[f"{group.name.upper()}_{code}"] = _weight(level == code, true)
        return cls(agreeing=agreeing, disagreeing=disagreeing, weights=weights)

    def inherit(self, before: "EvidenceFigures") -> "EvidenceFigures":
        """The same with the weights of an earlier model where it has them.

        Weights order reasons: counted anew they would let near ones change places at every training.
        """
        return self.model_copy(update={"weights": {**self.weights, **before.weights}})

    def filled(self, names: Iterable[str], agreement: bool) -> Array:
        """Comparisons at typical agreement, or disagreement; where no figure is known, at the best or worst value."""
        typical = self.agreeing if agreement else self.disagreeing
        values = []
        for name in names:
            comparator = name.partition("__")[2]
            rises = comparator not in FALLING
            fallback = 0.0 if comparator == MISSING_SUFFIX else float(rises == agreement)
            value = typical.get(name, fallback)
            values.append(math.nan if value is None else value)
        return np.array(values)

    def save(self, path: Path) -> None:
        """Write ``evidence.json``."""
        path.write_text(json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "EvidenceFigures":
        """Read what :meth:`save` wrote (BundleError where it is not such a file)."""
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise BundleError("The figures of evidence cannot be read.", DAMAGED) from error


def _typical(name: str, values: Array) -> dict[str, float | None]:
    if len(values) < FEWEST:
        return {}
    if np.isnan(values).mean() > 0.5:
        return {name: None}
    return {name: round(float(np.nanmedian(values)), DECIMALS)}


def _weight(has: np.ndarray[Any, np.dtype[np.bool_]], true: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    """How much oftener (or seldomer) true pairs than others are at a level; half a pair is added to each count."""
    of_true, of_others = has[true].sum() + 0.5, has[~true].sum() + 0.5
    ratio = np.log(of_true / (true.sum() + 2)) - np.log(of_others / ((~true).sum() + 2))
    return round(max(float(abs(ratio) - np.sqrt(1 / of_true + 1 / of_others)), 0.0), DECIMALS)
