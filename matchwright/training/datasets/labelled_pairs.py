"""A dataset of labelled pairs, for training or testing a scorer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    made from), ``made`` (True where augmentation made the pair) and ``origins`` have shape (pairs,). The origin is the
    row of the labelled candidate that the pair is, or in whose place it stands among the candidates. It is -1 for a
    pair whose competing candidates are not known.
    """

    comparisons: pd.DataFrame
    labels: Rows
    left_keys: Rows
    made: "np.ndarray[Any, np.dtype[np.bool_]]"
    origins: Rows

    @classmethod
    def of(cls, originals: pd.DataFrame, comparisons: pd.DataFrame, made: pd.DataFrame) -> "LabelledPairs":
        """Join labelled pairs (``left_key``, ``label``), their comparisons, and the pairs made from them.

        The index of ``originals`` holds their rows among the labelled candidates. ``made`` has the comparisons'
        columns, ``label``, ``left_key`` and ``origin``.
        """
        return cls(
            pd.concat([comparisons, made[comparisons.columns]], ignore_index=True),
            np.append(originals["label"].to_numpy(), made["label"].to_numpy()),
            np.append(originals["left_key"].to_numpy(dtype=object), made["left_key"].to_numpy(dtype=object)),
            np.repeat([False, True], [len(originals), len(made)]),
            np.append(originals.index.to_numpy(), made["origin"].to_numpy()),
        )

    @classmethod
    def joined(cls, parts: Sequence["LabelledPairs"]) -> "LabelledPairs":
        """The pairs of several datasets with the same comparisons."""
        return cls(
            pd.concat([part.comparisons for part in parts], ignore_index=True),
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("labels", "left_keys", "made", "origins")
            ),
        )

    def take(self, rows: Rows) -> "LabelledPairs":
        """Only the chosen pairs. ``rows`` is a mask of shape (pairs,), or row numbers."""
        chosen = self.comparisons.iloc[rows].reset_index(drop=True)
        return LabelledPairs(chosen, self.labels[rows], self.left_keys[rows], self.made[rows], self.origins[rows])

    def sample(self, share: float, seed: int) -> "LabelledPairs":
        """A share of the pairs, drawn at random, whose candidates count as not known."""
        rows = np.sort(np.random.default_rng(seed).permutation(len(self.labels))[: int(len(self.labels) * share)])
        return replace(self.take(rows), origins=np.full(len(rows), -1))

    def originals(self) -> "LabelledPairs":
        """Without the pairs that augmentation made."""
        return self.take(~self.made)

    def without(self, *comparisons: str) -> "LabelledPairs":
        """The same pairs without some comparisons."""
        return replace(self, comparisons=self.comparisons.drop(columns=list(comparisons)))


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
