"""Figures of the training pairs: typical agreement and disagreement, and mean contributions of reason codes."""

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
"""A median over fewer pairs is not typical."""

WITHIN = 4.0
"""The factor by which contributions of the same evidence may differ between trainings.

Between bootstrap samples of training pairs, 95% of the contributions (by weight) differed by a factor of at most 3.1
for products, and 1.6 for persons. The limit is wider: with a narrow one, contributions near it would change the order
of reasons.
"""

Array = np.ndarray[Any, np.dtype[np.float64]]


class EvidenceFigures(Frozen):
    """Figures over all training pairs, per comparison and per reason code.

    ``agreeing`` has the median of each comparison over true pairs whose group agrees. ``disagreeing`` has it over other
    pairs whose group disagrees. None: mostly missing. ``mean_contributions`` has the mean absolute contribution of each
    code in log-odds, see :func:`~matchwright.core.reasons.contributions.mean_contributions`. Without labelled pairs all
    are empty.
    """

    agreeing: dict[str, float | None] = {}
    disagreeing: dict[str, float | None] = {}
    mean_contributions: dict[str, float] = {}

    @classmethod
    def fit(
        cls,
        comparisons: pd.DataFrame,
        labels: Any,
        spec: MatchSpec,
        mean_contributions: Mapping[str, float] | None = None,
    ) -> "EvidenceFigures":
        """Figures of labelled pairs.

        Args:
            comparisons: one row per pair.
            labels: 1 for a match, else 0, shape (pairs,).
            spec: says from which value a group agrees.
            mean_contributions: of the scorer, by reason code.
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
        return cls(agreeing=agreeing, disagreeing=disagreeing, mean_contributions=dict(mean_contributions or {}))

    def inherit(self, before: "EvidenceFigures") -> "EvidenceFigures":
        """The same figures with the mean contributions of an earlier model, where they are still about the same.

        They order the reasons. New means would change the order of similar reasons at every training. A code takes its
        new mean only if it differs from the earlier one by more than a factor of :data:`WITHIN`.
        """
        own = self.mean_contributions
        kept = {
            code: mean
            for code, mean in before.mean_contributions.items()
            if code not in own or own[code] / WITHIN <= mean <= own[code] * WITHIN
        }
        return self.model_copy(update={"mean_contributions": {**own, **kept}})

    def filled(self, names: Iterable[str], agreement: bool) -> Array:
        """Comparisons at typical agreement or disagreement. An unknown figure is the best or the worst value."""
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
