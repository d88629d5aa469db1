"""Teaching representations with PyTorch, end to end with a pair scorer's network; the only place here that needs it.

The metric of each field, how much an n-gram weighs and what it means, is learned from the same loss as a network
over the comparisons and the cosines: it learns what the comparisons do not say yet. Each cosine also has to tell
the pairs apart by itself, so that it keeps being a similarity. Both are held to the untaught cosine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from matchwright.core.compare.names import constraints, learned_cosine
from matchwright.core.compare.pairing import Pairing
from matchwright.core.representations.model import Representation, Representations
from matchwright.core.representations.ngrams import Weights, inverse_frequencies, occurrences, weighted
from matchwright.core.scorer.network import MonotoneNetwork, forward

EPOCHS, BATCH = 8, 256
DIMENSION = 16
LEARNING_RATE, NETWORK_RATE, ALONE_RATE = 0.02, 0.006, 0.05
ALONE = 2.0
"""The weight of each cosine's own log loss beside that of the network."""

PENALTY = 0.1
"""Of squared departures from the untaught cosine, per training pair."""

SPREAD = 0.05
"""Of the table's first values: small, so that training starts from the untaught cosine."""

FIRST_SLOPE, FIRST_INTERCEPT = 6.0, -5.0
"""What a cosine's log-odds start from: even at about 0.8."""

DECIMALS = 4

Rows = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class Subject:
    """What one representation is learned from: each distinct text's n-grams, and the texts of each training pair.

    ``units`` are the texts' weighted n-grams, of those ``columns`` that enough texts have, shape (texts, columns),
    and ``common`` the products of those that both texts of a pair have, shape (pairs, columns); ``rest`` is what
    the other n-grams add to a text's square, (texts,), and ``common_rest`` to a pair's product, (pairs,).
    ``left``, ``right`` are the places of each pair's texts, ``missing`` is True where a side has none.
    """

    units: csr_matrix
    common: csr_matrix
    rest: Weights
    common_rest: Weights
    left: Rows
    right: Rows
    missing: "np.ndarray[Any, np.dtype[np.bool_]]"
    columns: "np.ndarray[Any, np.dtype[np.int64]]"
    frequency: Weights
    rarest: float
    words: bool

    @classmethod
    def of(cls, pairing: Pairing, words: bool) -> "Subject":
        """Count the n-grams of row-aligned texts."""
        sides = [np.where(pd.isna(side), "", side) for side in (pairing.left, pairing.right)]
        codes, texts = pd.factorize(np.concatenate(sides))
        left, right = codes[: len(sides[0])].astype(np.intp), codes[len(sides[0]) :].astype(np.intp)
        found = occurrences([str(text) for text in texts], words)
        frequency, kept, rarest = inverse_frequencies(found)
        units = weighted(found, frequency)
        empty = _row_sums(units) == 0
        inside, outside = units[:, kept], units[:, ~kept]
        return cls(
            units=inside,
            common=inside[left].multiply(inside[right]).tocsr(),
            rest=_row_sums(outside.multiply(outside)),
            common_rest=_row_sums(outside[left].multiply(outside[right])),
            left=left,
            right=right,
            missing=empty[left] | empty[right],
            columns=np.flatnonzero(kept).astype(np.int64),
            frequency=frequency[kept],
            rarest=rarest,
            words=words,
        )


class _Metric:
    """One subject's parameters: log importance per n-gram and its row of the table."""

    def __init__(self, subject: Subject, generator: Any) -> None:
        import torch

        width = len(subject.columns)
        self.subject = subject
        self.importance = torch.zeros(width, 1).requires_grad_()
        self.table = (torch.randn(width, DIMENSION, generator=generator) * SPREAD).requires_grad_()

    def cosine(self, rows: Rows) -> Any:
        """Of the training pairs in ``rows``; NaN where a side has no text."""
        import torch

        subject = self.subject
        squared = torch.exp(2 * self.importance)
        inner = _summed(subject.common[rows], squared)[:, 0] + torch.from_numpy(subject.common_rest[rows])
        norms, short = [], []
        for places in (subject.left[rows], subject.right[rows]):
            units = subject.units[places]
            short.append(_summed(units, self.table))
            square = _summed(units.multiply(units).tocsr(), squared)[:, 0] + torch.from_numpy(subject.rest[places])
            norms.append(square + (short[-1] ** 2).sum(dim=1))
        cosine = (inner + (short[0] * short[1]).sum(dim=1)) / torch.sqrt(norms[0] * norms[1] + 1e-9)
        return torch.where(torch.from_numpy(subject.missing[rows]), torch.nan, cosine)

    def penalty(self) -> Any:
        """How far it has gone from the untaught cosine."""
        return (self.importance**2).sum() + (self.table**2).sum()

    def learned(self) -> Representation:
        """As it serves; rounding makes the file the same on machines whose last bits differ."""
        subject = self.subject
        importance = np.exp(self.importance.detach().numpy()[:, 0].astype(np.float64))
        table = np.round(self.table.detach().numpy().astype(np.float64), DECIMALS)
        return Representation(
            subject.columns,
            subject.frequency,
            np.round(importance, DECIMALS).astype(np.float32),
            table.astype(np.float32),
            subject.rarest,
            subject.words,
        )


def fit_representations(
    subjects: dict[str, Subject], comparisons: pd.DataFrame, target: Weights, rows: Rows, seed: int
) -> tuple[Representations, tuple[float, ...]]:
    """Learn all subjects' metrics together, on the CPU; the same seed gives the same.

    Args:
        subjects: by field.
        comparisons: of all training pairs, row by row.
        target: 1 for a match, else 0; shape (pairs,), float32.
        rows: the pairs that teach.
        seed: of the first values and of the order of batches.

    Returns:
        The representations and the network's mean log loss per epoch.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums come out the same on every machine
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            generator = torch.Generator().manual_seed(seed)
            metrics = {name: _Metric(subject, generator) for name, subject in subjects.items()}
            losses = tuple(_descend(metrics, comparisons, target, rows, seed))
    finally:
        torch.set_num_threads(threads)
    return Representations({name: metric.learned() for name, metric in metrics.items()}), losses


def _descend(
    metrics: dict[str, _Metric], comparisons: pd.DataFrame, target: Weights, rows: Rows, seed: int
) -> Iterator[float]:
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits as log_loss

    values = comparisons.to_numpy(dtype=np.float32)
    with torch.no_grad():
        untaught = np.column_stack([values[rows], _cosines(metrics, rows).numpy()])
    names = [*map(str, comparisons.columns), *map(learned_cosine, metrics)]
    network = MonotoneNetwork(untaught, target[rows], constraints(names))
    alone = torch.tensor([[FIRST_SLOPE] * len(metrics), [FIRST_INTERCEPT] * len(metrics)]).requires_grad_()
    taught = [tensor for metric in metrics.values() for tensor in (metric.importance, metric.table)]
    optimiser = torch.optim.Adam(
        [
            {"params": list(network.raw.values()), "lr": NETWORK_RATE},
            {"params": taught, "lr": LEARNING_RATE},
            {"params": [alone], "lr": ALONE_RATE},
        ]
    )
    order = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        total = 0.0
        shuffled = rows[order.permutation(len(rows))]
        for start in range(0, len(shuffled), BATCH):
            batch = shuffled[start : start + BATCH]
            answers = torch.from_numpy(target[batch])
            cosines = _cosines(metrics, batch)
            margin = forward(network.acting(), torch.cat([torch.from_numpy(values[batch]), cosines], dim=1))
            together = log_loss(margin, answers)
            there = ~torch.isnan(cosines)
            odds = torch.nan_to_num(cosines) * alone[0] + alone[1]
            each = log_loss(odds, answers[:, None].expand_as(odds), weight=there.float(), reduction="sum")
            held = PENALTY * sum(metric.penalty() for metric in metrics.values()) / len(rows)
            optimiser.zero_grad()
            (together + ALONE * each / len(batch) + held).backward()
            optimiser.step()
            total += float(together.detach()) * len(batch)
        yield total / len(rows)


def _cosines(metrics: dict[str, _Metric], rows: Rows) -> Any:
    import torch

    return torch.stack([metric.cosine(rows) for metric in metrics.values()], dim=1)


def _row_sums(matrix: Any) -> Weights:
    return np.asarray(matrix.sum(axis=1), dtype=np.float32).ravel()


def _summed(matrix: csr_matrix, weights: Any) -> Any:
    """A sparse matrix times dense weights, with a gradient for the weights."""
    import torch

    return torch.nn.functional.embedding_bag(
        torch.from_numpy(matrix.indices.astype(np.int64)),
        weights,
        torch.from_numpy(matrix.indptr[:-1].astype(np.int64)),
        mode="sum",
        per_sample_weights=torch.from_numpy(matrix.data),
    )
