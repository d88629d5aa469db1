"""How much the neighbours of a pair add to its log-odds.

Boosted trees read the measures of a pair's neighbours and its own log-odds, of which a part is kept beside the trees.
The log-odds after it, less those before it, are the contribution of the neighbours. More evidence of its own never
lowers the score of a pair, and a pair without neighbours has a contribution of exactly 0.
"""

import json
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator
from scipy.special import logit

from matchwright.core.models.neighbours.evidence import ALIKE, Evidence
from matchwright.core.models.neighbours.links import Array, Keys
from matchwright.core.models.neighbours.measures import CONSIDERED_FROM, Matrix, Register, considered, measure_names
from matchwright.core.models.tree_tables import margins
from matchwright.core.spec import MatchSpec
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen
from matchwright.threads import COMPUTE_THREADS

KEPT = 0.3
"""The part of a pair's own log-odds that is kept beside the trees. So no two scores become one."""


Each = Callable[[Callable[[int], Array], int], Iterable[Array]]
"""Calls a function for each number below another one, and gives the results in their order."""


def one_by_one(work: Callable[[int], Array], count: int) -> Iterable[Array]:
    """What ``work`` gives for each number below ``count``."""
    return map(work, range(count))


class Neighbours(Frozen):
    """What neighbours add.

    ``evidence`` names what they read of each pair, see
    :func:`~matchwright.core.models.neighbours.evidence.pair_evidence`. ``household`` are the fields that members of a
    household share. ``trees`` is a model of XGBoost, and ``slope`` and ``intercept`` calibrate what it says. ``pairs``
    and ``matches`` count what it was fitted on.
    """

    format: Literal[3] = 3
    evidence: tuple[str, ...]
    household: tuple[str, ...]
    kept: Annotated[float, Field(gt=0, le=1)] = KEPT
    slope: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    intercept: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    trees: dict[str, Any]
    pairs: int
    matches: int

    @model_validator(mode="after")
    def _trees_read_the_measures(self) -> Self:
        if not {f"{ALIKE}__{field}" for field in self.household} <= set(self.evidence):
            raise ValueError("the fields of a household must be compared")
        if self.booster.num_features() != len(measure_names(self.evidence)):
            raise ValueError("the trees must read each measure")
        return self

    @cached_property
    def booster(self) -> Any:
        """The model of XGBoost."""
        import xgboost

        booster = xgboost.Booster({"nthread": COMPUTE_THREADS})
        try:
            booster.load_model(bytearray(json.dumps(self.trees), "utf-8"))
        except xgboost.core.XGBoostError as error:
            raise ValueError("the trees cannot be read") from error
        return booster

    def contributions(
        self,
        left_keys: Keys,
        right_keys: Keys,
        scores: Array,
        unlimited: Array,
        evidence: Evidence,
        each: Each = one_by_one,
    ) -> Array:
        """What neighbours add to the log-odds of each candidate of a register, shape (pairs,).

        Args:
            left_keys: one record of each candidate; equal keys are one record. All candidates that are
                :meth:`considered` must be given.
            right_keys: the other record.
            scores: the score of each candidate, more than 0 and less than 1.
            unlimited: the scores without the limit of register evidence, which say who is a partner; see
                :meth:`~matchwright.core.decide.decision.DecisionModel.score_without_limit`. The limit is for a pair of
                which nothing else is known, and here its neighbours are.
            evidence: what neighbours read of each candidate, shape (pairs, names); see
                :func:`~matchwright.core.models.neighbours.evidence.pair_evidence`.
            each: works on batches of pairs, perhaps in several processes.
        """
        added = np.zeros(len(scores))
        chosen = np.flatnonzero(self.considered(scores, unlimited, evidence))
        own, free = (logit(np.asarray(each, dtype=np.float64)[chosen]) for each in (scores, unlimited))
        left, right = np.asarray(left_keys)[chosen], np.asarray(right_keys)[chosen]
        register = Register.of(left, right, own, free, evidence[chosen], self.evidence, self.household)
        batches = list(register.candidates.batches(register.measured))

        def of_batch(number: int) -> Array:
            return self.of_measures(register.measures(batches[number]), own[batches[number]])

        for rows, found in zip(batches, each(of_batch, len(batches)), strict=True):
            added[chosen[rows]] = found
        return added

    def considered(self, scores: Array, unlimited: Array, evidence: Evidence) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Whether neighbours look at each candidate, shape (pairs,); see :meth:`contributions`."""
        own, free = (logit(np.asarray(each, dtype=np.float64)) for each in (scores, unlimited))
        return considered(own, free, evidence, self.evidence, self.household)

    def of_measures(self, measures: Matrix, own: Array) -> Array:
        """What neighbours add to pairs with these measures and log-odds, shape (pairs,)."""
        trees = margins(self.booster, measures).astype(np.float64)
        # a pair with less is not measured, and must not be ahead of one with more
        return np.maximum(self.slope * (self.kept * own + trees) + self.intercept, CONSIDERED_FROM) - own

    def save(self, path: Path) -> None:
        """Write ``neighbours.json``."""
        path.write_text(self.model_dump_json() + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Neighbours":
        """Read what :meth:`save` wrote (BundleError where it is something else)."""
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise BundleError("The evidence of neighbours cannot be read.", DAMAGED) from error


def applies_to(spec: MatchSpec, one_table: bool) -> bool:
    """Whether neighbours say anything: one table is deduplicated, and an entity may have more than two records."""
    return bool(spec.model.neighbours and one_table and spec.sources.alike and spec.multiplicity != "one_to_one")
