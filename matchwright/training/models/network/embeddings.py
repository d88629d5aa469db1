"""Embeddings fitted on training pairs. A training pair is compared by embeddings that were not fitted on it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.names import constraints, learned_cosine
from matchwright.core.compare.strings import Comparison
from matchwright.core.models.network import Embeddings, embedded_fields
from matchwright.core.models.network.fields import text_pairing
from matchwright.core.records.columns import Columns, take
from matchwright.core.spec import MatchSpec

FEWEST_PER_CLASS = 50
MOST_PAIRS = 20_000
"""With more training pairs a sample of this size is used, to limit the time."""

FOLDS = 5

Rows = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class CrossFittedEmbeddings:
    """``whole`` is fitted on all training pairs, and each of ``by_fold`` on the pairs of the other folds.

    ``fold`` is the fold of each training pair. By embeddings that were fitted on it, a pair would look too good.
    ``losses`` are those of ``whole``.
    """

    whole: Embeddings
    by_fold: tuple[Embeddings, ...]
    fold: np.ndarray[Any, np.dtype[np.int64]]
    losses: tuple[float, ...]

    def compare(self, left: Columns, right: Columns, rows: Any, spec: MatchSpec) -> dict[str, Comparison]:
        """The learned cosines of pairs made from training pairs, by the name of the comparison.

        Args:
            left: record features, row by row.
            right: those of the other side.
            rows: the training pairs that they were made from, shape (pairs,).
            spec: the match spec.
        """
        found = {learned_cosine(name): np.full(len(rows), np.nan, dtype=np.float32) for name in self.whole.fields}
        for number, embeddings in enumerate(self.by_fold):
            inside = np.flatnonzero(self.fold[rows] == number)
            cosines = embeddings.cosines(take(left, inside), take(right, inside), spec)
            for name, values in zip(embeddings.fields, cosines, strict=True):
                found[learned_cosine(name)][inside] = values
        return found


@dataclass(frozen=True)
class _Sample:
    """The pairs that are fitted on: texts by field, comparisons, ``target``, and the row of each training pair."""

    texts: dict[str, Any]
    comparisons: pd.DataFrame
    target: Any
    rows: Rows
    seed: int


def fit_embeddings(
    left: Columns, right: Columns, comparisons: pd.DataFrame, labels: Any, groups: Any, spec: MatchSpec
) -> CrossFittedEmbeddings | None:
    """Fit embeddings with cross-fitting; None if the spec has no such field, or a class has fewer than 50 pairs.

    Args:
        left: record features, one row per pair.
        right: those of the other side.
        comparisons: of the pairs. Learned ones must come from models that were not fitted on the pair.
        labels: 1 for a match, else 0; shape (pairs,).
        groups: the left record's key; shape (pairs,). All pairs of a group are in one fold.
        spec: the match spec. Its ``model.seed`` determines folds, sample, initial values and order.
    """
    sample = _sample(left, right, comparisons, labels, spec)
    if sample is None:
        return None
    _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    fold = (np.random.default_rng(spec.model.seed).permutation(codes.max() + 1)[codes] % FOLDS).astype(np.int64)
    whole, losses = _fit(sample, np.arange(len(sample.rows)))
    by_fold = tuple(_fit(sample, np.flatnonzero(fold[sample.rows] != number))[0] for number in range(FOLDS))
    return CrossFittedEmbeddings(whole, by_fold, fold, losses)


def fit_record_embeddings(
    left: Columns, right: Columns, comparisons: pd.DataFrame, labels: Any, spec: MatchSpec
) -> Embeddings | None:
    """Embeddings for finding candidates, without cross-fitting; see :func:`fit_embeddings`."""
    sample = _sample(left, right, comparisons, labels, spec)
    return _fit(sample, np.arange(len(sample.rows)))[0] if sample else None


def _sample(left: Columns, right: Columns, comparisons: pd.DataFrame, labels: Any, spec: MatchSpec) -> _Sample | None:
    fields, target = embedded_fields(spec), (np.asarray(labels) == 1).astype(np.float32)
    if not fields or min(target.sum(), (1 - target).sum()) < FEWEST_PER_CLASS:
        return None
    from matchwright.training.models.network.texts import PairTexts

    rows = np.sort(np.random.default_rng(spec.model.seed).permutation(len(target))[:MOST_PAIRS])
    sides = take(left, rows), take(right, rows)
    texts = {name: PairTexts.of(text_pairing(*sides, name, spec), words) for name, words in fields.items()}
    texts = {name: one for name, one in texts.items() if not one.missing.all()}
    return _Sample(texts, comparisons.iloc[rows], target[rows], rows, spec.model.seed) if texts else None


def _fit(sample: _Sample, rows: Rows) -> tuple[Embeddings, tuple[float, ...]]:
    """Fit embeddings together with a pair head on some rows of the sample; also returns the log loss per epoch.

    Both are fitted on the same loss, so embeddings learn what the comparisons do not contain.
    """
    import torch

    from matchwright.core.models.network.module import EmbeddingModule, MatchingNetwork, PairHead, learned_cosines
    from matchwright.training.models.network.fit import Pairs, fit_network
    from matchwright.training.models.network.plans import EMBEDDINGS
    from matchwright.training.models.network.processes import seeded

    values = sample.comparisons.to_numpy(dtype=np.float32)
    with seeded(sample.seed):
        generator = torch.Generator().manual_seed(sample.seed)
        modules = {name: EmbeddingModule(texts.units.shape[1], generator) for name, texts in sample.texts.items()}
        batches = {name: texts.batch(rows, torch.device("cpu")) for name, texts in sample.texts.items()}
        with torch.no_grad():
            cosines = [cosine.numpy() for cosine in learned_cosines(modules, batches)]
        names = [*map(str, sample.comparisons.columns), *map(learned_cosine, modules)]
        head = PairHead(np.column_stack([values[rows], *cosines]), sample.target[rows], constraints(names))
        network = MatchingNetwork(head, modules)
        pairs = Pairs(values, sample.target, sample.texts)
        losses = fit_network(network, pairs, rows, EMBEDDINGS, sample.seed)
    return Embeddings({name: texts.embedding(modules[name]) for name, texts in sample.texts.items()}), losses.training
