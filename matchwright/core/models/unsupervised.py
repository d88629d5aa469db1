"""The unsupervised start: a scorer that needs no labelled pairs.

Fellegi and Sunter (1969), A Theory for Record Linkage. The log-odds of a pair are a sum of ``log(m / u)`` over its
comparisons: ``m`` is how frequent a level of agreement is among matches, and ``u`` how frequent it is among other
pairs. Both are estimated from unlabelled candidates by expectation maximisation, after Winkler (1988), Using the EM
Algorithm for Weight Computation in the Fellegi-Sunter Model. Six things differ from the textbook:

- The weight of a comparison never falls as agreement rises, and a field that disagrees adds nothing above 0.
- The comparisons of one kind of evidence share one vote, because they compare the same two values.
- Missing evidence adds nothing.
- Two names that are swapped add only what they do not already say as they stand, and nothing if they are not close.
- Records of persons have an address, and its fields are no independent witnesses, see
  :class:`~matchwright.core.models.household.Household`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from matchwright.core.compare.names import field_of
from matchwright.core.models.household import FOUND_IN_ANOTHER_WAY, Household
from matchwright.core.models.neutral import first_of_field
from matchwright.core.models.scorer import Array, Explanation
from matchwright.core.spec.vocabulary import SWAPPED
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen


class Curve(Frozen):
    """What one comparison adds to the log-odds: linear between the values ``at``, constant outside them."""

    at: tuple[float, ...]
    adds: tuple[float, ...]


class FellegiSunterScorer(Frozen):
    """An additive scorer: ``base`` and one curve per comparison. More agreement never lowers a curve.

    ``household`` changes what the fields of persons add; None where records are not of persons.
    """

    kind: Literal["fellegi_sunter"] = "fellegi_sunter"
    names: tuple[str, ...]
    base: float
    curves: dict[str, Curve]
    household: Household | None = None

    def log_odds(self, comparisons: pd.DataFrame) -> Array:
        """Log-odds of a match, shape (pairs,). No labels have confirmed them."""
        return self.explain(comparisons).log_odds

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the log-odds, shape (pairs, comparisons), and the base value."""
        added, values = self._alone(comparisons)
        return (
            added if self.household is None else self.household.read(added, values, self.names, self.base)
        ), self.base

    def doubtful(self, comparisons: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.bool]]":
        """Whether a household may explain the agreement of each pair, shape (pairs,). No such pair is likely."""
        added, values = self._alone(comparisons)
        if self.household is None:
            return np.zeros(len(added), dtype=np.bool)
        return self.household.doubtful(added, values, self.names)

    def holding(self, log_odds: float) -> "FellegiSunterScorer":
        """The same scorer, in which no pair that a household may explain reaches these log-odds."""
        if self.household is None:
            return self
        return self.model_copy(update={"household": self.household.model_copy(update={"held": log_odds})})

    def _alone(self, comparisons: pd.DataFrame) -> tuple[Array, Array]:
        """What each comparison adds without a household, and its value, both of shape (pairs, comparisons)."""
        values = close_swaps(comparisons[list(self.names)].to_numpy(dtype=np.float64), self.names)
        added = np.zeros_like(values)
        for index, name in enumerate(self.names):
            if name in self.curves:
                added[:, index] = _read(self.curves[name], values[:, index])
        known = np.array([name in self.curves for name in self.names])
        first = first_of_field(self.names)
        first = np.where(known[first], first, np.arange(len(first)))
        # where the first comparison of a field is not for a match, none of the others is
        added = np.where(added[:, first] <= 0, np.minimum(added, 0.0), added)
        return swapped_or_straight(added, values, self.names), values

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


def close_swaps(values: Array, names: Sequence[str]) -> Array:
    """The comparisons, in which names that are swapped but hardly alike are not swapped at all.

    Many given names resemble surnames.
    """
    swaps = np.array([name.partition("__")[2] == SWAPPED for name in names], dtype=np.bool)
    return np.where(swaps & (values < FOUND_IN_ANOTHER_WAY), 0.0, values)


def swapped_or_straight(added: Array, values: Array, names: Sequence[str]) -> Array:
    """What comparisons add, in which two names that are swapped add only what they do not already say as they stand.

    Names that are not swapped are never for a match.
    """
    added = added.copy()
    fields = [field_of(name) for name in names]
    for index, name in enumerate(names):
        if name.partition("__")[2] == SWAPPED:
            own = [other for other, field in enumerate(fields) if field == fields[index] and other != index]
            straight = np.maximum(added[:, own].sum(axis=1), 0.0)
            more = np.maximum(added[:, index] - straight, 0.0)
            found = values[:, index] >= FOUND_IN_ANOTHER_WAY
            added[:, index] = np.where(
                found, np.where(added[:, index] > 0, more, added[:, index]), np.minimum(added[:, index], 0.0)
            )
    return added
