"""What a decision model says about pairs: scores, and decisions with their reasons."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from matchwright.core.reasons import Hint, Reason
from matchwright.core.spec import Band

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Decision:
    """The decision about one pair. ``comparisons`` holds None where evidence is missing.

    ``hint`` says what would settle a pair in review; None where nothing is known to settle it.
    """

    score: float
    band: Band
    reasons: tuple[Reason, ...]
    comparisons: dict[str, float | None]
    hint: Hint | None = None


class DecidedPairs(NamedTuple):
    """What a decision says about each of many pairs, without their comparisons; see :class:`Decision`.

    ``scores`` and ``bands`` have shape (pairs,); ``reasons`` and ``hints`` hold as many.
    """

    scores: Array
    bands: np.ndarray[Any, Any]
    reasons: list[tuple[Reason, ...]]
    hints: list[Hint | None]


class ScoresOfPairs(NamedTuple):
    """The scores of pairs, each of shape (pairs,).

    - ``scores``: as :meth:`DecisionModel.score` gives them.
    - ``unlimited``: as :meth:`DecisionModel.score_without_limit` gives them.
    - ``log_odds``: of the scorer, before calibration.
    """

    scores: Array
    unlimited: Array
    log_odds: Array


class Scores(NamedTuple):
    """The scores of pairs as they come about: of the calibrated scorer, limited, restated, and rounded."""

    own: Array
    limited: Array
    restated: Array
    rounded: Array
