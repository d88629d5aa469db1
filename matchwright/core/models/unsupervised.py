"""The unsupervised start: a scorer from comparisons alone, before anybody has labelled a pair.

Fellegi and Sunter (1969), A Theory for Record Linkage: a pair's log-odds are a sum over comparisons of
``log(m / u)``, how often a level of agreement is seen among matches against how often among other pairs.
Both are estimated from unlabelled candidates by expectation maximisation, after Winkler (1988), Using the
EM Algorithm for Weight Computation in the Fellegi-Sunter Model. Four things differ from the textbook:
a comparison's weight never falls as agreement rises; the comparisons of one kind of evidence share one vote,
for they see the same two values; evidence that is missing adds nothing; and where a record has at most one
match, by how much a pair leads its competing candidates is evidence too, weighed last and with one vote.
"""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen

Array = np.ndarray[Any, np.dtype[np.float64]]


class Curve(Frozen):
    """What one comparison adds to the log-odds: linear between the values ``at``, level beyond them."""

    at: tuple[float, ...]
    adds: tuple[float, ...]


class FellegiSunterScorer(Frozen):
    """An additive scorer: ``base`` and a non-decreasing (or, for unlikeness, non-increasing) curve per comparison."""

    kind: Literal["fellegi_sunter"] = "fellegi_sunter"
    names: tuple[str, ...]
    base: float
    curves: dict[str, Curve]

    def log_odds(self, comparisons: pd.DataFrame) -> Array:
        """Log-odds of a match, shape (pairs,); nobody has labelled how true they are."""
        contributions, base = self.contributions(comparisons)
        return np.asarray(contributions.sum(axis=1) + base)

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the log-odds, shape (pairs, comparisons), and the base value; exact by make."""
        values = comparisons[list(self.names)].to_numpy(dtype=np.float64)
        added = np.zeros_like(values)
        for index, name in enumerate(self.names):
            if name in self.curves:
                added[:, index] = _read(self.curves[name], values[:, index])
        return added, self.base

    def save(self, path: Path) -> None:
        """Write ``scorer.json``."""
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "FellegiSunterScorer":
        """Read what :meth:`save` wrote.

        Raises:
            BundleError: the file is not such a scorer.
        """
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise BundleError("The scorer cannot be read.", DAMAGED) from error


def _read(curve: Curve, values: Array) -> Array:
    missing = np.isnan(values)
    return np.where(missing, 0.0, np.interp(np.where(missing, 0.0, values), curve.at, curve.adds))
