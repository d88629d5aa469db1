"""What evidence looked like in training: typical agreement and disagreement, and the usual weight of each code."""

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from matchwright.core.compare.engine import DECIMALS
from matchwright.core.reasons.evidence import evidence
from matchwright.core.reasons.groups import groups_of
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import FALLING, MISSING_SUFFIX
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen

FEWEST = 5
"""Pairs below which a median is not called typical."""

WITHIN = 4.0
"""How far retrainings may differ in what they credit to the same evidence of the same pair, as a factor. Between
bootstraps of the products' training pairs 95% of contributions, by weight, kept to 3.1, of persons' to 1.6; a band
as narrow as that would let as many change places at its edge."""

Array = np.ndarray[Any, np.dtype[np.float64]]


class EvidenceFigures(Frozen):
    """Figures over the training pairs: numbers per comparison and per reason code, of no single pair.

    ``agreeing`` and ``disagreeing`` are the median comparison of true pairs whose group agrees and of other
    pairs whose group disagrees (None: mostly missing). ``usual`` has the mean absolute contribution of each code,
    log-odds (:func:`~matchwright.core.reasons.usual.usual_contributions`). Nothing is known where no pair is labelled.
    """

    agreeing: dict[str, float | None] = {}
    disagreeing: dict[str, float | None] = {}
    usual: dict[str, float] = {}

    @classmethod
    def fit(
        cls, comparisons: pd.DataFrame, labels: Any, spec: MatchSpec, usual: Mapping[str, float] | None = None
    ) -> "EvidenceFigures":
        """Figures of labelled pairs.

        Args:
            comparisons: one row per pair.
            labels: 1 for a match, else 0, shape (pairs,).
            spec: says from where on a group agrees.
            usual: the usual contributions, which take scorers to know.
        """
        names = tuple(comparisons.columns)
        true = np.asarray(labels) == 1
        levels = evidence(comparisons, spec)
        values = comparisons.to_numpy(dtype=np.float64)
        agreeing: dict[str, float | None] = {}
        disagreeing: dict[str, float | None] = {}
        for group in groups_of(names):
            level = levels[group.name]
            for index in group.columns:
                agreeing |= _typical(names[index], values[true & (level == "AGREES"), index])
                disagreeing |= _typical(names[index], values[~true & (level == "DISAGREES"), index])
        return cls(agreeing=agreeing, disagreeing=disagreeing, usual=dict(usual or {}))

    def inherit(self, before: "EvidenceFigures") -> "EvidenceFigures":
        """The same with the usual contributions of an earlier model, where they still are about what they were.

        They order reasons: measured anew they would let near ones change places at every training. A code
        whose contribution has moved beyond what trainings differ by anyway takes its own.
        """
        kept = {
            code: usual
            for code, usual in before.usual.items()
            if code not in self.usual or self.usual[code] / WITHIN <= usual <= self.usual[code] * WITHIN
        }
        return self.model_copy(update={"usual": {**self.usual, **kept}})

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
