"""The unsupervised start: a scorer that needs no labelled pairs.

Fellegi and Sunter (1969), A Theory for Record Linkage. The log-odds of a pair are a sum of ``log(m / u)`` over its
comparisons: ``m`` is how frequent a level of agreement is among matches, and ``u`` how frequent it is among other
pairs. Both are estimated from unlabelled candidates by expectation maximisation, after Winkler (1988), Using the EM
Algorithm for Weight Computation in the Fellegi-Sunter Model. Five things differ from the textbook:

- The weight of a comparison never falls as agreement rises, and a field that disagrees adds nothing above 0.
- The comparisons of one kind of evidence share one vote, because they compare the same two values.
- Missing evidence adds nothing.
- Records of persons have an address, and its fields are no independent witnesses, see :class:`Household`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from matchwright.core.compare.names import CONTEXT, RECORD, field_of
from matchwright.core.models.neutral import first_of_field
from matchwright.core.models.scorer import Array, Explanation
from matchwright.core.spec import MatchSpec
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen


class Curve(Frozen):
    """What one comparison adds to the log-odds: linear between the values ``at``, constant outside them."""

    at: tuple[float, ...]
    adds: tuple[float, ...]


class Household(Frozen):
    """What the fields of persons have to do with each other. A textbook takes each as an independent witness.

    Members of a household agree in all of their address, and a person who has moved disagrees in all of it. Two rules
    keep either from counting as often as the address has fields:

    - Where the ``individual`` fields, which members of one household do not share, are against a match and none of
      them is for one, no other field is for one.
    - What fields outside ``identity`` say against a match counts once: as much as the one that says most.

    Args:
        identity: the fields that tell persons apart.
        individual: those of them that members of one household do not share.
    """

    identity: tuple[str, ...]
    individual: tuple[str, ...] = ()

    @classmethod
    def of(cls, spec: MatchSpec) -> "Household | None":
        """Of the records of a spec; None where it names no identity, because they are not of persons."""
        return cls(identity=spec.identity, individual=spec.individual) if spec.identity else None

    def read(self, added: Array, names: Sequence[str]) -> Array:
        """What comparisons add to the log-odds with the two rules, shape (pairs, comparisons).

        More agreement never adds less, and blanking a value never adds more than the rules without it would.

        Args:
            added: what each would add alone.
            names: of the comparisons.
        """
        fields = [field_of(name) for name in names]
        of_person = added[:, [field in self.individual for field in fields]]
        against = np.asarray((of_person < 0).any(axis=1) & ~(of_person > 0).any(axis=1))
        added = np.where(against[:, None], np.minimum(added, 0.0), added)
        others = sorted({*fields} - {*self.identity, RECORD, CONTEXT})
        if not others:
            return added
        negative = np.minimum(added, 0.0)
        of_field = [negative[:, [field == other for field in fields]].sum(axis=1) for other in others]
        total, most = np.sum(of_field, axis=0), np.min(of_field, axis=0)
        once = np.divide(most, total, out=np.ones(len(added)), where=total < 0)
        scaled = np.array([field in others for field in fields]) & (added < 0)
        return np.where(scaled, added * once[:, None], added)


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
        values = comparisons[list(self.names)].to_numpy(dtype=np.float64)
        added = np.zeros_like(values)
        for index, name in enumerate(self.names):
            if name in self.curves:
                added[:, index] = _read(self.curves[name], values[:, index])
        known = np.array([name in self.curves for name in self.names])
        first = first_of_field(self.names)
        first = np.where(known[first], first, np.arange(len(first)))
        # where the first comparison of a field is not for a match, none of the others is
        added = np.where(added[:, first] <= 0, np.minimum(added, 0.0), added)
        return (added if self.household is None else self.household.read(added, self.names)), self.base

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
