"""Households of a register: candidates that share what members of a household share, and are no predicted match."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logit

from matchwright.core.models.neighbours.evidence import Evidence
from matchwright.core.models.neighbours.links import PREDICTED_FROM, Array, Whole, symmetric
from matchwright.core.models.neighbours.thirds import Candidates

ALIKE_FROM = 0.85
"""Members of a household are at least so much alike, on average of the fields that a household shares."""

FEWEST_KNOWN = 3
"""The fewest of these fields that both records must have, where there are so many."""

NO_MATCH_BELOW = float(logit(0.3))

MOST = 5.0
"""More common or matching housemates than these are not told apart."""


@dataclass(frozen=True)
class Households:
    """``mates`` has 1 for two members of one household, and ``matching`` for each predicted match.

    Both have shape (records, records) and are symmetric. ``of_household`` says which candidates are members of one.
    """

    candidates: Candidates
    mates: Any
    matching: Any
    of_household: "np.ndarray[Any, np.dtype[np.bool_]]"

    @classmethod
    def among(cls, candidates: Candidates, evidence: Evidence, columns: Sequence[int]) -> "Households":
        """The households of a register.

        Args:
            candidates: all candidates.
            evidence: what neighbours read of each pair.
            columns: those of the fields that members of a household share; none where they are not known.
        """
        rows = candidates.rows
        log_odds = candidates.log_odds[rows]
        mates = share_a_household(evidence[rows], columns) & (log_odds < NO_MATCH_BELOW)
        of_household = np.zeros(len(candidates.log_odds), dtype=bool)
        of_household[rows[mates]] = True
        of_household = of_household[candidates.counted] & (candidates.counted >= 0)
        matching = _linked(candidates, rows[log_odds >= PREDICTED_FROM])
        return cls(candidates, _linked(candidates, rows[mates]), matching, of_household)

    @property
    def counts(self) -> tuple[Whole, Whole]:
        """The housemates of the left and of the right record of each candidate, without the candidate itself."""
        sizes = np.diff(self.mates.indptr)
        left, right = sizes[self.candidates.left], sizes[self.candidates.right]
        return left - self.of_household, right - self.of_household

    def measures(self, rows: Whole) -> dict[str, Array]:
        """Of some pairs, each of shape (pairs,): the housemates of the record with fewer and with more of them, the
        common ones, and how many pairs of a housemate of each record match."""
        one, other = self.candidates.left[rows], self.candidates.right[rows]
        sizes = [counts[rows] for counts in self.counts]
        of_other = self.mates[other]
        common = self.mates[one].multiply(of_other).sum(axis=1)
        matching = (self.mates[one] @ self.matching).multiply(of_other).sum(axis=1)
        return {
            "housemates_fewest": np.minimum(*sizes).astype(np.float64),
            "housemates_most": np.maximum(*sizes).astype(np.float64),
            "housemates_common": np.minimum(np.asarray(common, dtype=np.float64).ravel(), MOST),
            "housemates_matching": np.minimum(np.asarray(matching, dtype=np.float64).ravel(), MOST),
        }


def share_a_household(evidence: Evidence, columns: Sequence[int]) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Whether two records share what members of a household share, shape (pairs,).

    Args:
        evidence: what neighbours read of each pair.
        columns: those of the fields that members of a household share; none where they are not known.
    """
    alike = evidence[:, list(columns)].astype(np.float64)
    known = np.isfinite(alike).sum(axis=1)
    mean = np.nansum(alike, axis=1) / np.maximum(known, 1)
    return np.asarray((known >= min(FEWEST_KNOWN, max(len(columns), 1))) & (mean >= ALIKE_FROM))


def _linked(candidates: Candidates, rows: Whole) -> Any:
    return symmetric(candidates.left[rows], candidates.right[rows], candidates.size)
