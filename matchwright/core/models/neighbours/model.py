"""How much the neighbours of a pair add to its log-odds.

The contribution is a sum of rising functions of what speaks for a match, less one of what speaks against it. So one
more common partner never lowers a score, and a pair without neighbours has a contribution of exactly 0.

A pair's own evidence and that of its neighbours are not independent, and a wrong score is often very certain. So
neighbours also take back a part of the pair's own log-odds: of those against a match where partners are common, and of
those for a match where they are not. It is at most nine tenths, so that more evidence of its own never lowers the score
of a pair.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator
from scipy.special import logit

from matchwright.core.models.neighbours.evidence import NeighbourEvidence
from matchwright.core.models.neighbours.links import Array, Keys, Links
from matchwright.core.spec import MatchSpec
from matchwright.errors import DAMAGED, BundleError
from matchwright.frozen import Frozen

NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Discount = Annotated[float, Field(ge=0, le=0.45)]

RISING = ("common", "share", "share_of_larger", "path")
FALLING = ("unshared_fewest", "unshared_most", "rejected_fewest", "rejected_most")

MANY = 3
"""From so many common partners, or rejected ones, log-odds are taken back by the whole share."""


class Measure(Frozen):
    """The weight of a measure: for each range between two steps, the log-odds that it adds over this range."""

    steps: tuple[float, ...]
    weights: tuple[NotNegative, ...]

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if len(self.weights) != len(self.steps) - 1 or self.steps[0] != 0 or np.any(np.diff(self.steps) <= 0):
            raise ValueError("the steps must rise from 0, and have one weight between each two of them")
        return self


class Discounts(Frozen):
    """The largest share of the pair's own log-odds that is taken back.

    ``common`` and ``share`` take back log-odds against a match. ``unshared`` and ``rejected`` take back those for one.
    """

    common: Discount = 0.0
    share: Discount = 0.0
    unshared: Discount = 0.0
    rejected: Discount = 0.0


class Neighbours(Frozen):
    """What neighbours add: ``rising`` measures speak for a match, and ``falling`` ones against it.

    ``pairs`` and ``matches`` count the pairs with neighbours that it was fitted on.
    """

    format: Literal[1] = 1
    rising: dict[Literal["common", "share", "share_of_larger", "path"], Measure]
    falling: dict[Literal["unshared_fewest", "unshared_most", "rejected_fewest", "rejected_most"], Measure]
    discounts: Discounts
    pairs: int
    matches: int

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.rising) != set(RISING) or set(self.falling) != set(FALLING):
            raise ValueError("each measure needs its weights")
        return self

    def contributions(self, left_keys: Keys, right_keys: Keys, scores: Array, unlimited: Array | None = None) -> Array:
        """What neighbours add to the log-odds of each candidate of a register, shape (pairs,).

        Args:
            left_keys: one record of each candidate; equal keys are one record. All candidates must be given.
            right_keys: the other record.
            scores: the score of each candidate, more than 0 and less than 1.
            unlimited: the scores without the limit of register evidence, which say who is a partner; see
                :meth:`~matchwright.core.decide.decision.DecisionModel.score_without_limit`. None: the scores. The limit
                is for a pair of which nothing else is known, and here its neighbours are.
        """
        own = logit(np.asarray(scores, dtype=np.float64))
        links = Links.of(left_keys, right_keys, own if unlimited is None else logit(unlimited))
        added = np.zeros(len(own))
        for rows in links.batches():
            added[rows] = self.of_evidence(NeighbourEvidence.among(links, rows), own[rows])
        return added

    def of_evidence(self, evidence: NeighbourEvidence, log_odds: Array) -> Array:
        """What the evidence adds to pairs with these log-odds, shape (pairs,)."""
        weights = [weight for name in RISING for weight in self.rising[name].weights]  # type: ignore[index]
        weights += [weight for name in FALLING for weight in self.falling[name].weights]  # type: ignore[index]
        taken = self.discounts
        weights += [taken.common, taken.share, taken.unshared, taken.rejected]
        steps = {name: measure.steps for name, measure in (*self.rising.items(), *self.falling.items())}
        # a product of matrices would round a pair differently beside other pairs
        return np.asarray((design(evidence, log_odds, steps) * np.array(weights)).sum(axis=1))

    def save(self, path: Path) -> None:
        """Write ``neighbours.json``."""
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

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


def design(evidence: NeighbourEvidence, log_odds: Array, steps: dict[Any, tuple[float, ...]]) -> Array:
    """What each weight is multiplied with, shape (pairs, weights): first rising, then falling measures, then discounts.

    A weight adds nothing below its range, all above it, and a part within it.
    """
    found = []
    for names, sign in ((RISING, 1.0), (FALLING, -1.0)):
        for name in names:
            edges = np.array(steps[name])
            values = getattr(evidence, name)[:, None]
            found.append(sign * np.clip((values - edges[:-1]) / np.diff(edges), 0, 1))
    against, own = np.maximum(-log_odds, 0), np.maximum(log_odds, 0)
    gap = np.where(evidence.common + evidence.unshared_most > 0, 1 - evidence.share_of_larger, 0)
    shares = (
        np.minimum(evidence.common / MANY, 1) * against,
        evidence.share * against,
        -gap * own,
        -np.minimum(evidence.rejected_most / MANY, 1) * own,
    )
    return np.column_stack([*found, *shares])
