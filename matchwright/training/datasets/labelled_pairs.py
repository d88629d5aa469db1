"""A dataset of labelled pairs, for training or testing a scorer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.models.scorer import Progress, TrainedScorer
from matchwright.core.spec.learning import ModelSpec
from matchwright.training.models.scorer import train_scorer

Rows = np.ndarray[Any, Any]


@dataclass(frozen=True)
class LabelledPairs:
    """Pairs with their labels, row by row.

    ``comparisons`` has one row per pair. ``labels`` (1 or 0), ``left_keys`` (of the pair, or of the pair that it was
    made from) and ``made`` (True where augmentation made the pair) have shape (pairs,).
    """

    comparisons: pd.DataFrame
    labels: Rows
    left_keys: Rows
    made: "np.ndarray[Any, np.dtype[np.bool_]]"

    @classmethod
    def of(cls, originals: pd.DataFrame, comparisons: pd.DataFrame, made: pd.DataFrame) -> "LabelledPairs":
        """Join labelled pairs (``left_key``, ``label``), their comparisons, and the pairs made from them.

        ``made`` has the comparisons' columns, ``label`` and ``left_key``.
        """
        return cls(
            pd.concat([comparisons, made[comparisons.columns]], ignore_index=True),
            np.append(originals["label"].to_numpy(), made["label"].to_numpy()),
            np.append(originals["left_key"].to_numpy(dtype=object), made["left_key"].to_numpy(dtype=object)),
            np.repeat([False, True], [len(originals), len(made)]),
        )

    def take(self, rows: Rows) -> "LabelledPairs":
        """Only the chosen pairs. ``rows`` is a mask of shape (pairs,), or row numbers."""
        chosen = self.comparisons.iloc[rows].reset_index(drop=True)
        return LabelledPairs(chosen, self.labels[rows], self.left_keys[rows], self.made[rows])

    def originals(self) -> "LabelledPairs":
        """Without the pairs that augmentation made."""
        return self.take(~self.made)

    def without(self, *comparisons: str) -> "LabelledPairs":
        """The same pairs without some comparisons."""
        return LabelledPairs(self.comparisons.drop(columns=list(comparisons)), self.labels, self.left_keys, self.made)


def learn(
    training: LabelledPairs,
    validation: LabelledPairs,
    spec: ModelSpec,
    progress: Progress | None = None,
    limits: Mapping[str, float] | None = None,
) -> TrainedScorer:
    """Train a scorer on one dataset and stop it early on another; see :func:`train_scorer`."""
    return train_scorer(
        training.comparisons, training.labels, validation.comparisons, validation.labels, spec, progress, limits
    )
