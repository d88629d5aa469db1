"""Register evidence: how certain agreeing and disagreeing values can make a match, in the register learned from.

Two records of a large register that agree in a surname are rarely one person. A scorer learns from candidates, which
agree in much more, so it cannot know that. This model can: it is fitted on the pairs that the register really holds
with the same agreement and disagreement, and nothing else known. Its log-odds are an upper limit for a pair's score.

The pairs of different entities are a mixture of classes, such as strangers and members of one household. The matches
are a mixture of kinds, such as persons who moved and those who did not. The log-odds of each kind against each class
rise with the information of every agreeing value, and fall with every clear disagreement. The limit is the smooth
minimum over the classes of the smooth maximum over the kinds. So one more agreeing value never lowers it, and one more
disagreeing value never raises it. The form is that of Sill (1998), Monotonic Networks.
"""

from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, cast

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError
from scipy.special import expit

from matchwright.core.compare.frames import FEW_PAIRS
from matchwright.core.compare.information import agreeing_information, disagreeing, has_agreeing_text
from matchwright.core.records.columns import Columns
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import LIMIT
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen

Array = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
NotNegative = Annotated[float, Field(ge=0)]

DECIMALS = 2
"""Decimals of the limit, in log-odds. More would name a value by its frequency."""


SMALLEST = 1e-6
"""No limit is a smaller probability than this, because no finite register proves that a pair cannot match."""


class RegisterEvidence(Frozen):
    """The limit on the log-odds of a pair, from the information of its agreeing values and its disagreements.

    - ``fields``: the compared fields that are no texts, in order.
    - ``steps``: per field the information, rising, at which the weight of a value may change.
    - ``intercepts`` and ``weights``: of each class of pairs of different entities, and in it of each kind of matches.
      The weights are those of :func:`functions`.
    - ``left_records``, ``right_records``, ``matches``: the size of the register and its estimated number of matches.
    """

    fields: tuple[str, ...]
    steps: tuple[tuple[float, ...], ...]
    intercepts: tuple[tuple[float, ...], ...]
    weights: tuple[tuple[tuple[NotNegative, ...], ...], ...]
    left_records: int
    right_records: int
    matches: float

    def log_odds(self, information: Array, disagree: Mask) -> Array:
        """The limit for each pair, shape (pairs,).

        ``information`` and ``disagree`` have shape (pairs, fields), see
        :func:`~matchwright.core.compare.information.agreeing_information` and
        :func:`~matchwright.core.compare.information.disagreeing`.
        """
        weights, intercepts = self.arrays
        linear = functions(information, disagree, self.steps) @ weights.T + intercepts
        return cast("Array", np.round(margin(linear, len(self.intercepts))[0], DECIMALS))

    @cached_property
    def arrays(self) -> tuple[Array, Array]:
        """Weights, shape (classes * kinds, functions), and intercepts as arrays."""
        return np.concatenate(self.weights), np.concatenate(self.intercepts)

    def limit(
        self, left: Columns, right: Columns, comparisons: pd.DataFrame, spec: MatchSpec, corpus: Corpus
    ) -> "np.ndarray[Any, np.dtype[np.float32]]":
        """The limit for row-aligned record features and their comparisons, shape (pairs,).

        NaN where the pair has a text that does not disagree: how much a text says depends on more than its frequency.
        """
        information = agreeing_information(left, right, comparisons, spec, corpus)
        limits = self.log_odds(information, disagreeing(comparisons, spec))
        return np.where(has_agreeing_text(comparisons, spec), np.nan, limits).astype(np.float32)

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


def limited(scores: Array, comparisons: pd.DataFrame) -> Array:
    """The scores, none above the limit of its pair. Without a limit in ``comparisons`` they stay the same."""
    if LIMIT not in comparisons:
        return scores
    few = len(comparisons) < FEW_PAIRS
    limits = comparisons.to_numpy()[:, comparisons.columns.get_loc(LIMIT)] if few else comparisons[LIMIT].to_numpy()
    limits = expit(limits.astype(np.float64))
    return cast("Array", np.fmin(scores, np.maximum(limits, SMALLEST)))


def basis(information: Array, steps: tuple[tuple[float, ...], ...]) -> Array:
    """Functions of the information that never fall: whether a field agrees, and its information between the steps.

    Shape (pairs, fields * (2 + steps of a field)).
    """
    fields, low, high, agrees = _functions(steps)
    values = information[:, fields]
    found = np.clip(values, low, high) - low
    found[:, agrees] = values[:, agrees] > 0
    return cast("Array", found)


@lru_cache
def _functions(steps: tuple[tuple[float, ...], ...]) -> tuple[Any, Array, Array, Any]:
    """Of each function of :func:`basis` its field and the range that it measures; and those that say a field agrees."""
    fields, low, high, agrees = [], [], [], []
    for field, limits in enumerate(steps):
        edges = (0.0, *limits, np.inf)
        for index, (start, end) in enumerate([(0.0, np.inf), *pairwise(edges)]):
            fields.append(field)
            low.append(start)
            high.append(end)
            agrees.append(index == 0)
    return np.array(fields), np.array(low), np.array(high), np.flatnonzero(agrees)


def functions(information: Array, disagree: Mask, steps: tuple[tuple[float, ...], ...]) -> Array:
    """The functions of :func:`basis`, and -1 for each field that disagrees; shape (pairs, fields * (3 + steps))."""
    return np.column_stack([basis(information, steps), -disagree.astype(np.float64)])


def margin(linear: Array, classes: int) -> tuple[Array, Array]:
    """The smooth minimum over the classes of the smooth maximum over the kinds of matches.

    ``linear`` has shape (pairs, classes * kinds). Returns shape (pairs,), and how fast it rises with each of them.
    """
    by_class = linear.reshape(len(linear), classes, linear.shape[1] // classes)
    largest = by_class.max(axis=2, keepdims=True)
    kinds = np.exp(by_class - largest)
    total = kinds.sum(axis=2, keepdims=True)
    found, shares = smooth_minimum((largest + np.log(total))[:, :, 0])
    return found, (kinds / total * shares[:, :, None]).reshape(linear.shape)


def smooth_minimum(linear: Array) -> tuple[Array, Array]:
    """The smooth minimum over the classes, ``-log(sum(exp(-x)))``, and the share of each class in it.

    ``linear`` has shape (pairs, classes).
    """
    smallest = linear.min(axis=1, keepdims=True)
    shares = np.exp(smallest - linear)
    total = shares.sum(axis=1, keepdims=True)
    return (smallest - np.log(total)).ravel(), shares / total
