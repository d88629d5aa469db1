"""Register evidence: how certain agreeing and disagreeing values can make a match, in the register learned from.

Two records of a large register that agree in a surname are rarely one person. A scorer learns from candidates, which
agree in much more, so it cannot know that. This model can: it is fitted on the pairs that the register really holds
with the same agreement and disagreement, and nothing else known. Its log-odds are an upper limit for a pair's score.
Where all that is known of a pair agrees exactly or clearly disagrees, they are a lower limit too: the scorer has seen
few such pairs, and the register has all of them.

It has three parts:

- The evidence of a value of a field, by how many records have that value. A rare name says much, a common one little. A
  default date of birth says little, and so does a postcode that is only a slip of the pen. The corpus holds no value
  that fewer than three records have. If one of a pair's records is of the register, such a value is rare. If none is
  known to be, it may be a common one that the register happens to lack: it says no more than agreement in the field
  says on average.
- What the evidence of several fields amounts to. The pairs of different entities are a mixture of classes, such as
  strangers and members of one household. The matches are a mixture of kinds, such as persons who moved and those who
  did not. The log-odds of each kind against each class rise with every agreeing value, and fall with every clear
  disagreement. They are joined by the smooth minimum over the classes of the smooth maximum over the kinds. The form is
  that of Sill (1998), Monotonic Networks.
- A correction for every small set of fields, from all pairs of the register that agree in this set.

The log-odds of a pair are the largest of all sets of fields that agree in it. So one more agreeing value never lowers
them, and one more disagreeing value never raises them, whatever the corrections are.
"""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError
from scipy.special import logit

from matchwright.core.compare.information import (
    AgreeingValues,
    OfRegister,
    agreeing_values,
    both_have_texts,
    disagreeing,
    not_identical,
    similarities,
)
from matchwright.core.models.joint_evidence import FieldSet, JointEvidence
from matchwright.core.models.similarity_evidence import SimilarityCurve
from matchwright.core.records.columns import Columns
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen

Array = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
NotNegative = Annotated[float, Field(ge=0)]

DECIMALS = 2
"""Decimals of the limits, in log-odds. More would name a value by its frequency."""

SMALLEST = 1e-6
"""No limit is nearer to 0 or 1 than this, because no finite register proves anything for certain."""

LARGEST_LOG_ODDS = float(logit(1 - SMALLEST))
"""More than this is not told apart."""

MOST_UNCONFIRMED = 2.0
"""Register evidence raises a score no further than to these log-odds where an individual field is not identical. A
register that has no twins would make each pair of twins a match."""


class EvidenceCurve(Frozen):
    """How much a value of a field adds to the log-odds if nothing else is known, by its information.

    ``information`` rises. Between its points, the evidence is interpolated. ``whatever`` is the evidence of all pairs
    that agree in the field, whatever their value is: the likelihood ratio of Fellegi and Sunter (1969).
    """

    information: tuple[float, ...]
    evidence: tuple[NotNegative, ...]
    whatever: NotNegative

    def at(self, information: Array) -> Array:
        """The evidence of values; 0 where a field does not agree."""
        return np.where(information > 0, np.interp(information, self.information, self.evidence), 0.0)


class SetCorrection(Frozen):
    """What is added to the log-odds of pairs that agree in these fields: ``intercept + slopes @ evidence``.

    ``fields`` are indices.
    """

    fields: tuple[int, ...]
    intercept: float
    slopes: tuple[float, ...]


class RegisterEvidence(Frozen):
    """The log-odds that a pair's agreeing values and its disagreements support.

    - ``fields``: the compared fields that are no texts, in order.
    - ``curves``: of each field. ``similar``: of each field, for values that are not the same.
    - ``intercepts`` and ``weights``: of each class of pairs of different entities, and in it of each kind of matches.
      The weights are of whether each field agrees, of its evidence, and of -1 where it disagrees.
    - ``corrections``: of all sets of up to so many fields.
    - ``left_records``, ``right_records``, ``matches``: the size of the register and its estimated number of matches.
    """

    fields: tuple[str, ...]
    curves: tuple[EvidenceCurve, ...]
    intercepts: tuple[tuple[float, ...], ...]
    weights: tuple[tuple[tuple[NotNegative, ...], ...], ...]
    similar: tuple[SimilarityCurve, ...]
    corrections: tuple[SetCorrection, ...]
    left_records: int
    right_records: int
    matches: float

    def log_odds(self, information: Array, disagree: Mask) -> Array:
        """The log-odds of each pair, shape (pairs,).

        ``information`` and ``disagree`` have shape (pairs, fields), see
        :func:`~matchwright.core.compare.information.agreeing_values` and
        :func:`~matchwright.core.compare.information.disagreeing`.
        """
        return self.of_evidence(evidence_of(information, self.curves), disagree)

    def of_evidence(self, evidence: Array, disagree: Mask) -> Array:
        """The log-odds of each pair from the evidence of its agreeing values, shape (pairs, fields)."""
        return np.asarray(np.round(self._joint.largest(evidence, disagree, LARGEST_LOG_ODDS), DECIMALS))

    def _of_values(self, agreeing: AgreeingValues) -> Array:
        """The evidence of agreeing values, cautious where it is not known how frequent they are."""
        evidence = evidence_of(agreeing.information, self.curves)
        whatever = np.array([curve.whatever for curve in self.curves])
        return np.where(agreeing.counted, evidence, np.minimum(evidence, whatever))

    def _of_nearly_the_same(self, agreed: Array, unlike: Mask, comparisons: pd.DataFrame, spec: MatchSpec) -> Array:
        """The evidence of agreeing values. Values that are not the same say no more than their similarity does."""
        evidence = agreed.copy()
        alike = similarities(comparisons, spec)
        limits = np.array([spec.fields[name].disagrees_below for name in self.fields])
        # values that are found in another way, as a short form of a name, may have little in common
        nearly = unlike & (agreed > 0) & (np.round(alike, 5) >= limits)
        for field in np.flatnonzero(nearly.any(axis=0)).tolist():
            rows = np.flatnonzero(nearly[:, field])
            evidence[rows, field] = np.minimum(evidence[rows, field], self.similar[field].at(alike[rows, field]))
        return evidence

    @cached_property
    def _joint(self) -> JointEvidence:
        sets = [FieldSet(one.fields, one.intercept, one.slopes) for one in self.corrections]
        return JointEvidence(np.array(self.intercepts), np.array(self.weights), sets)

    def limits(
        self,
        left: Columns,
        right: Columns,
        comparisons: pd.DataFrame,
        spec: MatchSpec,
        corpus: Corpus,
        of_register: OfRegister = False,
    ) -> "np.ndarray[Any, np.dtype[np.float32]]":
        """The most and the least log-odds for row-aligned record features and their comparisons, shape (pairs, 2).

        The most counts every field as agreeing that does not clearly disagree. The least counts every field as
        disagreeing that is not identical. Where an individual field is not identical (any identity field, if none is
        named), it is at most :data:`MOST_UNCONFIRMED`. It is NaN where an identity field is not identical and no other
        one is. Both are NaN where both records have a text: how much texts say depends on more than their frequency.
        ``of_register``: see :func:`~matchwright.core.compare.information.agreeing_values`.
        """
        agreed = self._of_values(agreeing_values(left, right, comparisons, spec, corpus, of_register))
        apart = disagreeing(comparisons, spec)
        unlike = not_identical(left, right, comparisons, spec)
        most = self.of_evidence(self._of_nearly_the_same(agreed, unlike, comparisons, spec), apart)
        least = most.copy()
        if (rows := np.flatnonzero((unlike != apart).any(axis=1))).size:
            least[rows] = self.of_evidence(np.where(unlike[rows], 0.0, agreed[rows]), unlike[rows])
        individual, identity = (
            [index for index, name in enumerate(self.fields) if name in names]
            for names in (spec.individual or spec.identity, spec.identity)
        )
        confirmed = ((agreed > 0) & ~unlike)[:, identity].any(axis=1)
        least = np.where(unlike[:, individual].any(axis=1), np.minimum(least, MOST_UNCONFIRMED), least)
        least = np.where(unlike[:, identity].any(axis=1) & ~confirmed, np.nan, least)
        limits = np.column_stack([most, least]).astype(np.float32)
        limits[both_have_texts(left, right, spec)] = np.nan
        return limits

    def save(self, path: Path) -> None:
        """Write ``register_evidence.json``."""
        path.write_text(self.model_dump_json() + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "RegisterEvidence":
        """Read what :meth:`save` wrote (BundleError where it is not register evidence)."""
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise BundleError("The register evidence cannot be read.", DAMAGED) from error


def evidence_of(information: Array, curves: tuple[EvidenceCurve, ...]) -> Array:
    """The evidence of values by the curve of their field, shape (pairs, fields)."""
    found = [curve.at(information[:, index]) for index, curve in enumerate(curves)]
    return np.column_stack(found) if found else np.zeros(information.shape)
