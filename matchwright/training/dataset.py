"""A lesson: the pairs a scorer learns from or is judged on, and whose they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.models.scorer import TrainedScorer
from matchwright.core.spec.learning import ModelSpec
from matchwright.training.scorer import train_scorer

Rows = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Lesson:
    """Pairs with their answers, row by row.

    ``comparisons`` has one row per pair; ``labels`` (1 or 0), ``left_keys`` (of the pair, or of the one it was
    made from) and ``made`` (True where augmentation made the pair) have shape (pairs,).
    """

    comparisons: pd.DataFrame
    labels: Rows
    left_keys: Rows
    made: "np.ndarray[Any, np.dtype[np.bool_]]"

    @classmethod
    def of(cls, judged: pd.DataFrame, comparisons: pd.DataFrame, made: pd.DataFrame) -> "Lesson":
        """Judged pairs (``left_key``, ``label``), their comparisons, and pairs made from them.

        ``made`` has the comparisons' columns, ``label`` and ``left_key``.
        """
        return cls(
            pd.concat([comparisons, made[comparisons.columns]], ignore_index=True),
            np.append(judged["label"].to_numpy(), made["label"].to_numpy()),
            np.append(judged["left_key"].to_numpy(dtype=object), made["left_key"].to_numpy(dtype=object)),
            np.repeat([False, True], [len(judged), len(made)]),
        )

    def take(self, rows: Rows) -> "Lesson":
        """The chosen pairs alone; ``rows`` is True where chosen, (pairs,), or their places."""
        chosen = self.comparisons.iloc[rows].reset_index(drop=True)
        return Lesson(chosen, self.labels[rows], self.left_keys[rows], self.made[rows])

    def judged(self) -> "Lesson":
        """Without the pairs that augmentation made."""
        return self.take(~self.made)

    def without(self, *comparisons: str) -> "Lesson":
        """The same pairs with some comparisons less."""
        return Lesson(self.comparisons.drop(columns=list(comparisons)), self.labels, self.left_keys, self.made)


def learn(
    taught: Lesson, validation: Lesson, spec: ModelSpec, progress: Callable[[int, float], None] | None = None
) -> TrainedScorer:
    """A scorer taught by one lesson and stopped early on another; see :func:`train_scorer`."""
    return train_scorer(taught.comparisons, taught.labels, validation.comparisons, validation.labels, spec, progress)
