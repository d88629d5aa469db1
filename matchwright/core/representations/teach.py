"""Representations taught by training pairs, and what a training pair is compared by: those it did not teach."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.names import learned_cosine
from matchwright.core.compare.strings import Comparison
from matchwright.core.records.columns import Columns, take
from matchwright.core.representations.model import Representations
from matchwright.core.representations.subjects import pairing_of, subjects_of
from matchwright.core.spec import MatchSpec

FEWEST_PER_CLASS = 50
MOST_PAIRS = 20_000
"""Training pairs beyond which a sample teaches: time is bounded by it."""

FOLDS = 5


@dataclass(frozen=True)
class TaughtRepresentations:
    """Learned from all training pairs, and per fold from those of the other folds; ``losses`` of the former.

    ``fold`` has the fold of each training pair: one judged by a cosine that it taught would look too good.
    """

    whole: Representations
    by_fold: tuple[Representations, ...]
    fold: np.ndarray[Any, np.dtype[np.int64]]
    losses: tuple[float, ...]

    def compare(self, left: Columns, right: Columns, rows: Any, spec: MatchSpec) -> dict[str, Comparison]:
        """The learned cosines of pairs made from training pairs, by comparison.

        Args:
            left: record features, row by row.
            right: those of the other side.
            rows: the training pairs that they were made from, shape (pairs,).
            spec: the match spec.
        """
        found = {learned_cosine(name): np.full(len(rows), np.nan, dtype=np.float32) for name in self.whole.fields}
        for number, learned in enumerate(self.by_fold):
            inside = np.flatnonzero(self.fold[rows] == number)
            sides = take(left, inside), take(right, inside)
            for name, one in learned.fields.items():
                found[learned_cosine(name)][inside] = one.cosine(pairing_of(*sides, name, spec))
        return found


def teach_representations(
    left: Columns, right: Columns, comparisons: pd.DataFrame, labels: Any, groups: Any, spec: MatchSpec
) -> TaughtRepresentations | None:
    """Learn from training pairs; None where the spec has no such field, or fewer than 50 of a class teach.

    Args:
        left: record features, one row per pair.
        right: those of the other side.
        comparisons: of the pairs; those that are learned themselves must come from models the pair did not teach.
        labels: 1 for a match, else 0; shape (pairs,).
        groups: what no fold may part (the left record's key); shape (pairs,).
        spec: the match spec; its ``model.seed`` chooses folds, sample, first values and order.
    """
    subjects, target = subjects_of(spec), (np.asarray(labels) == 1).astype(np.float32)
    if not subjects or min(target.sum(), (1 - target).sum()) < FEWEST_PER_CLASS:
        return None
    # only what trains may import what leads to PyTorch
    from matchwright.core.representations.train import Subject, fit_representations

    seed = spec.model.seed
    _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    random = np.random.default_rng(seed)
    fold = (random.permutation(codes.max() + 1)[codes] % FOLDS).astype(np.int64)
    teaching = np.sort(random.permutation(len(target))[:MOST_PAIRS])
    sides = take(left, teaching), take(right, teaching)
    prepared = {name: Subject.of(pairing_of(*sides, name, spec), words) for name, words in subjects.items()}
    prepared = {name: subject for name, subject in prepared.items() if not subject.missing.all()}
    if not prepared:
        return None
    chosen, answers = comparisons.iloc[teaching], target[teaching]
    whole, losses = fit_representations(prepared, chosen, answers, np.arange(len(teaching)), seed)
    by_fold = tuple(
        fit_representations(prepared, chosen, answers, np.flatnonzero(fold[teaching] != number), seed)[0]
        for number in range(FOLDS)
    )
    return TaughtRepresentations(whole, by_fold, fold, losses)
