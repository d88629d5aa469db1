"""The unsupervised start: a scorer that needs no labelled pairs.

Fellegi and Sunter (1969), A Theory for Record Linkage. The log-odds of a pair are a sum of ``log(m / u)`` over its
comparisons: ``m`` is how frequent a level of agreement is among matches, and ``u`` how frequent it is among other
pairs. Both are estimated from unlabelled candidates by expectation maximisation, after Winkler (1988), Using the EM
Algorithm for Weight Computation in the Fellegi-Sunter Model. Four things differ from the textbook:

- The weight of a comparison never falls as agreement rises, and a field that disagrees adds nothing above 0.
- The comparisons of one kind of evidence share one vote, because they compare the same two values.
- Missing evidence adds nothing.
- Where a record has at most one match, the lead over its competing candidates is evidence too. It is fitted last and
  has one vote.
"""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from matchwright.core.models.neutral import first_of_field
from matchwright.core.models.scorer import Array, Explanation
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen


class Curve(Frozen):
    """What one comparison adds to the log-odds: linear between the values ``at``, constant outside them."""

    at: tuple[float, ...]
    adds: tuple[float, ...]


class FellegiSunterScorer(Frozen):
    """An additive scorer: ``base`` and one curve per comparison. More agreement never lowers a curve."""

    kind: Literal["fellegi_sunter"] = "fellegi_sunter"
    names: tuple[str, ...]
    base: float
    curves: dict[str, Curve]

    def log_odds(self, comparisons: pd.DataFrame) -> Array:
        """Log-odds of a match, shape (pairs,). No labels have confirmed them."""
        return self.explain(comparisons).log_odds

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the log-odds, shape (pairs, comparisons), and the base value."""
        values = comparisons[list(self.names)].to_numpy(dtype=np.float64)
        added = np.zeros_like(values)
        for index, name in enumerate(self.names):
            if name in self.curves:
                added[:, index] = _read(self.curves[name], values[:, index])
        known = np.array([name in self.curves for name in self.names])
        first = first_of_field(self.names)
        first = np.where(known[first], first, np.arange(len(first)))
        # where the first comparison of a field is not for a match, none of the others is
        return np.where(added[:, first] <= 0, np.minimum(added, 0.0), added), self.base

    def explain(self, comparisons: pd.DataFrame) -> Explanation:
        """Log-odds, contributions and base value."""
        contributions, base = self.contributions(comparisons)
        return Explanation(np.asarray(contributions.sum(axis=1) + base), contributions, base)

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
