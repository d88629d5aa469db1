"""The interface of all scorers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from matchwright.core.compare.frames import values_of
from matchwright.errors import TrainingError

Array = np.ndarray[Any, np.dtype[np.float64]]
Labels = Sequence[int] | np.ndarray[Any, Any]
Progress = Callable[[int, float], None]
"""Called with the round, from 1, and the validation log loss after it."""

FEWEST_PER_CLASS = 10
"""The fewest matching and the fewest other pairs that a scorer is trained on."""


class Explanation(NamedTuple):
    """Log-odds, contributions and base value of pairs, as the methods of a scorer of the same names give them."""

    log_odds: Array
    contributions: Array
    base: float


class Scorer(Protocol):
    """A model over named comparisons."""

    @property
    def names(self) -> tuple[str, ...]:
        """The comparisons it reads, in the order of its columns."""

    def log_odds(self, comparisons: pd.DataFrame) -> Array:
        """Log-odds of a match, shape (pairs,), before calibration."""

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the log-odds, shape (pairs, comparisons), and the base value.

        Each row and the base value add up to the pair's log-odds. Reasons use only the sum of a group of comparisons
        (:func:`~matchwright.core.compare.names.group_of`). A scorer may divide this sum within the group as it likes.
        """

    def explain(self, comparisons: pd.DataFrame) -> Explanation:
        """Exactly what :meth:`log_odds` and :meth:`contributions` give. For one pair, one call is faster than two."""

    def save(self, path: Path) -> None:
        """Write the file of this kind of scorer."""


@dataclass(frozen=True)
class TrainedScorer:
    """The scorer and its log loss per round on the training and the validation pairs."""

    scorer: Scorer
    train_losses: tuple[float, ...]
    validation_losses: tuple[float, ...]


def demand_both_classes(labels: Labels) -> None:
    """Refuse to train on too few pairs.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    target = np.asarray(labels)
    matching, others = int((target == 1).sum()), int((target == 0).sum())
    if min(matching, others) < FEWEST_PER_CLASS:
        raise TrainingError(
            f"The scorer has {matching} matching and {others} other pairs; it needs {FEWEST_PER_CLASS} of each.",
            "label more pairs, or widen the candidate rules",
        )


def matrix_of(comparisons: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The comparisons as a contiguous float32 matrix with the columns in the order of ``names``."""
    return np.ascontiguousarray(values_of(comparisons, names))
