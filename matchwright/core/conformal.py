"""Class-conditional conformal sets: which of the two answers can be ruled out for a pair.

Split conformal prediction with one calibration per class (label-conditional, or Mondrian): Vovk,
Gammerman, Shafer (2005), Algorithmic Learning in a Random World, section 4.5; Sadinle, Lei, Wasserman
(2019), Least Ambiguous Set-Valued Classifiers with Bounded Error Levels. A set holds ``match`` where
the score is at least one threshold and ``no_match`` where it is at most another. A set of both goes to
review. Where the classes lie so far apart that a set would be empty, it is completed, as Sadinle et al.
do, by what the costs say: a fuller set covers no less, and to review all of the doubtful few that the
error allows would punish a good scorer.
"""

from math import ceil, floor
from typing import Any

import numpy as np

from matchwright.core.spec.model import ConformalSpec
from matchwright.errors import TrainingError
from matchwright.frozen import Frozen

Array = np.ndarray[Any, np.dtype[np.float64]]
ROUNDING = 1e-9
"""(n + 1) times an error of 0.05 may lie a hair below the whole number that it is."""


class ConformalSets(Frozen):
    """The two thresholds on the score, and the calibration pairs of each class that they rest on."""

    error: float
    match_at_least: float
    no_match_at_most: float
    true_pairs: int
    other_pairs: int

    def contain(self, scores: Array) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
        """Whether each score's set holds ``match``, and whether it holds ``no_match``."""
        return scores >= self.match_at_least, scores <= self.no_match_at_most

    @property
    def guarantee(self) -> str:
        """What is promised, of what, and under which assumption."""
        kept = f"{100 * (1 - self.error):g} %"
        return (
            f"Of the pairs that match, at least {kept} have 'match' in their set, and of those that do not, at least "
            f"{kept} have 'no_match' in theirs, on average over calibration splits and new pairs; so at most "
            f"{100 * self.error:g} % of either class are decided for the other one. It holds whatever the scorer is "
            "worth, but only for pairs exchangeable with the calibration pairs of their class: drawn from the same "
            "sources, by the same candidate rules, and labelled alike."
        )

    def coverage_shown(self, confidence: float = 0.95) -> dict[str, float]:
        """The coverage of each class that this very calibration split gives with ``confidence`` (Vovk 2012).

        The guarantee is an average over splits; one split's coverage is Beta distributed around it.
        """
        from scipy.stats import beta

        found = {}
        for name, pairs in (("match", self.true_pairs), ("no_match", self.other_pairs)):
            rank = ceil((pairs + 1) * (1 - self.error) - ROUNDING)
            found[name] = float(beta.ppf(1 - confidence, rank, pairs + 1 - rank))
        return found


def conformal_sets(scores: Array, labels: Array, spec: ConformalSpec) -> ConformalSets:
    """The thresholds at the finite-sample quantile ceil((n + 1)(1 - error)) / n of each class.

    Only the order of the scores counts, so that a monotone calibrator fitted on the very same pairs
    leaves the guarantee as it is; the scorer must not have seen them.

    Args:
        scores: of the calibration pairs, shape (pairs,).
        labels: 1 for a match, else 0.
        spec: the error allowed in each class, and the fewest pairs of a class.

    Raises:
        TrainingError: too few pairs of a class.
    """
    needed = max(spec.min_positives, ceil((1 - spec.error) / spec.error - ROUNDING))
    matching, other = np.sort(scores[labels == 1]), np.sort(scores[labels != 1])
    if min(len(matching), len(other)) < needed:
        raise TrainingError(
            f"Conformal bands need {needed} calibration pairs of each class; "
            f"there are {len(matching)} matching and {len(other)} other pairs.",
            "label more pairs, give the calibrate split a larger share, or leave out calibration.conformal: "
            "the bands then follow from costs and floors",
        )
    return ConformalSets(
        error=spec.error,
        match_at_least=float(matching[_allowed(len(matching), spec.error) - 1]),
        no_match_at_most=float(other[len(other) - _allowed(len(other), spec.error)]),
        true_pairs=len(matching),
        other_pairs=len(other),
    )


def _allowed(pairs: int, error: float) -> int:
    """The rank, from the doubtful end, of the last pair within the quantile: n + 1 - ceil((n + 1)(1 - error))."""
    return floor((pairs + 1) * error + ROUNDING)
