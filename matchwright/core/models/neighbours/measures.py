"""What is measured on the neighbours of a pair: third records, their fields, households, and how rare values are.

No measure but the two log-odds depends on the score of the pair itself.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import expit

from matchwright.core.models.neighbours.evidence import ALIKE, Evidence
from matchwright.core.models.neighbours.households import Households, share_a_household
from matchwright.core.models.neighbours.links import PREDICTED_FROM, Array, Keys, Whole, numbered
from matchwright.core.models.neighbours.thirds import NEAR, Candidates, Thirds

LEAST = -9.0
"""Log-odds of two records that are no candidates, and the least that are told apart."""

CONSIDERED_FROM = -7.0
"""A pair with fewer log-odds is only measured where its records have a common partner."""

OWN, UNLIMITED = "own", "unlimited"
OF_THIRDS = (
    "path",
    "expected_common",
    "against_most",
    "against_least",
    "expected_unshared_most",
    "expected_unshared_least",
    "nearest_most",
    "nearest_least",
    "partners_mean",
    "partners_farthest",
    "partners_nearest",
    "partners_most",
    "partners_least",
)
OF_HOUSEHOLDS = ("housemates_fewest", "housemates_most", "housemates_common", "housemates_matching")
NEAREST, FARTHEST = "nearest", "farthest"
DECIMALS = 4

Matrix = np.ndarray[Any, np.dtype[np.float32]]


def considered(
    own: Array, unlimited: Array, evidence: Evidence, names: tuple[str, ...], household: tuple[str, ...]
) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Whether neighbours look at a candidate at all, shape (pairs,): it has some likelihood, or shares a household.

    In a large register nine candidates of ten do neither, and its memory would be theirs.

    Args:
        own: log-odds of each candidate, shape (pairs,).
        unlimited: the same without the limit of register evidence.
        evidence: what neighbours read of each, shape (pairs, names).
        names: the columns of the evidence.
        household: the fields that members of a household share.
    """
    likely = np.maximum(own, unlimited) >= LEAST
    return np.asarray(likely | share_a_household(evidence, household_columns(names, household)))


def household_columns(names: tuple[str, ...], household: tuple[str, ...]) -> list[int]:
    """The columns of the evidence that say how alike the fields of a household are."""
    return [names.index(f"{ALIKE}__{field}") for field in household]


def measure_names(evidence: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of :meth:`Register.measures`, for what neighbours read of each pair."""
    alike = [name for name in evidence if name.startswith(f"{ALIKE}__")]
    of_fields = [f"{kind}__{name.partition('__')[2]}" for kind in (NEAREST, FARTHEST) for name in alike]
    rarity = [name for name in evidence if name not in alike]
    return OWN, UNLIMITED, *OF_THIRDS, *of_fields, *OF_HOUSEHOLDS, *rarity


@dataclass(frozen=True)
class Register:
    """All candidates of a register that neighbours consider, with what neighbours are measured on.

    ``own`` are the log-odds of each candidate, and ``evidence`` is what neighbours read of each. ``names`` are its
    columns, and ``household`` the fields that members of a household share.
    """

    candidates: Candidates
    own: Array
    evidence: Evidence
    names: tuple[str, ...]
    household: tuple[str, ...]

    @classmethod
    def of(
        cls,
        left_keys: Keys,
        right_keys: Keys,
        own: Array,
        unlimited: Array,
        evidence: Evidence,
        names: tuple[str, ...],
        household: tuple[str, ...],
    ) -> "Register":
        """The register of all candidates that are :func:`considered`.

        Args:
            left_keys: one record of each candidate; equal keys are one record.
            right_keys: the other record.
            own: log-odds of each candidate.
            unlimited: the same without the limit of register evidence, which say who is a partner.
            evidence: of :func:`~matchwright.core.models.neighbours.evidence.pair_evidence`.
            names: its columns.
            household: the fields that members of a household share.
        """
        records, left, right = numbered(left_keys, right_keys)
        candidates = Candidates.of(left, right, np.asarray(unlimited, dtype=np.float64), len(records))
        return cls(candidates, np.asarray(own, dtype=np.float64), evidence, names, household)

    @cached_property
    def households(self) -> Households:
        """The households of the register."""
        columns = household_columns(self.names, self.household)
        return Households.among(self.candidates, self.evidence, columns)

    @cached_property
    def measured(self) -> Whole:
        """The rows with neighbours: a near third record or a housemate, and for unlikely pairs a common partner."""
        at = self.candidates
        near = np.diff(at.starts)
        # a pair that is near counts among the near candidates of both its records
        itself = (at.counted >= 0) & (at.log_odds[at.counted] >= NEAR)
        left, right = self.households.counts
        has = np.maximum(near[at.left], near[at.right]) - itself + np.maximum(left, right) > 0
        has &= at.counted >= 0
        likely = self.own > CONSIDERED_FROM
        rows = np.flatnonzero(has & ~likely)
        common, matching = np.zeros(len(has), dtype=bool), self.households.matching
        for batch in at.batches(rows):
            both = matching[at.left[batch]].multiply(matching[at.right[batch]]).sum(axis=1)
            common[batch] = np.asarray(both).ravel() > 0
        return np.flatnonzero(has & (likely | common))

    def measures(self, rows: Whole) -> Matrix:
        """The measures of some pairs, shape (pairs, measures), in the order of :func:`measure_names`."""
        if not len(rows):
            return np.zeros((0, len(measure_names(self.names))), dtype=np.float32)
        return np.concatenate([self._measures(batch) for batch in self.candidates.batches(rows)])

    def _measures(self, rows: Whole) -> Matrix:
        thirds = Thirds.among(self.candidates, rows)
        found = {OWN: self.own[rows], UNLIMITED: self.candidates.log_odds[rows]}
        found |= self._of_thirds(thirds) | self._of_fields(thirds) | self.households.measures(rows)
        found |= {name: self.evidence[rows, index].astype(np.float64) for index, name in enumerate(self.names)}
        values = np.column_stack([found[name] for name in measure_names(self.names)])
        # a sum in another order is the same number
        return np.round(values, DECIMALS).astype(np.float32)

    def _of_thirds(self, thirds: Thirds) -> dict[str, Array]:
        left, right = (self._log_odds(rows) for rows in (thirds.left, thirds.right))
        of_left, of_right = expit(left), expit(right)
        against = [thirds.most(np.minimum(*each), LEAST) for each in ((left, -right), (right, -left))]
        unshared = [thirds.total(of_left * (1 - of_right)), thirds.total(of_right * (1 - of_left))]
        nearest = [thirds.most(side, LEAST) for side in (left, right)]
        partner = [side >= PREDICTED_FROM for side in (left, right)]
        counts = [thirds.total(side) for side in partner]
        some = np.where(counts[0] + counts[1] > 0, 1.0, np.nan)
        sums = thirds.total(partner[0] * right) + thirds.total(partner[1] * left)
        # the link of each partner of one record with the other record
        links = np.where(partner[0], right, -np.inf), np.where(partner[1], left, -np.inf)
        least = np.where(partner[0], -right, -np.inf), np.where(partner[1], -left, -np.inf)
        values = (
            thirds.most(np.minimum(left, right), LEAST),
            thirds.total(of_left * of_right),
            np.maximum(*against),
            np.minimum(*against),
            np.maximum(*unshared),
            np.minimum(*unshared),
            np.maximum(*nearest),
            np.minimum(*nearest),
            some * sums / np.maximum(counts[0] + counts[1], 1),
            some * -thirds.most(np.maximum(*least), 0),
            some * thirds.most(np.maximum(*links), 0),
            np.maximum(*counts),
            np.minimum(*counts),
        )
        return dict(zip(OF_THIRDS, values, strict=True))

    def _of_fields(self, thirds: Thirds) -> dict[str, Array]:
        """How alike the nearest and the farthest partner of one record is to the other record, field by field."""
        partner = [self._log_odds(rows) >= PREDICTED_FROM for rows in (thirds.left, thirds.right)]
        links = [np.where(found, rows, -1) for found, rows in zip(partner, (thirds.right, thirds.left), strict=True)]
        nearest, farthest = {}, {}
        for index, name in enumerate(self.names):
            if not name.startswith(f"{ALIKE}__"):
                break
            alike = np.append(self.evidence[:, index], np.nan)
            both = [alike[rows] for rows in links]
            most = thirds.most(np.fmax(*(np.where(np.isnan(side), -np.inf, side) for side in both)), -np.inf)
            least = -thirds.most(np.fmax(*(np.where(np.isnan(side), -np.inf, -side) for side in both)), -np.inf)
            field = name.partition("__")[2]
            nearest[f"{NEAREST}__{field}"] = np.where(np.isfinite(most), most, np.nan)
            farthest[f"{FARTHEST}__{field}"] = np.where(np.isfinite(least), least, np.nan)
        return nearest | farthest

    def _log_odds(self, rows: Whole) -> Array:
        return np.where(rows >= 0, np.maximum(self.candidates.log_odds[rows], LEAST), LEAST)
