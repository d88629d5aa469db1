"""The matching network in PyTorch. Training imports this file; serving does not.

It has two parts: embeddings of texts (:class:`EmbeddingModule`), and a pair score (:class:`PairHead`) from comparisons
and the cosines of the embeddings. The pair score reads these cosines as comparisons. So a decision can be replayed from
its logged comparisons.
"""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import elu, embedding_bag, softplus

from matchwright.core.models.network.sizes import DIMENSION, HIDDEN

FARTHEST = 5.0
"""Standardised values are clipped to this many standard deviations."""

DECIMALS = 6
SPREAD = 0.05
"""Standard deviation of the table's first values. It is small, so that fitting starts near the unfitted cosine."""

FIRST_READING = (6.0, -5.0)
"""First slope and intercept from a cosine to its own log-odds: 0 at a cosine of about 0.8."""


@dataclass(frozen=True)
class Bags:
    """A sparse matrix by rows: column ``indices``, ``offsets`` of the rows, and ``weights`` of the entries."""

    indices: Tensor
    offsets: Tensor
    weights: Tensor

    def times(self, dense: Tensor) -> Tensor:
        """The matrix times ``dense``, with a gradient for ``dense``."""
        return embedding_bag(self.indices, dense, self.offsets, mode="sum", per_sample_weights=self.weights)

    def squared(self) -> "Bags":
        """The same matrix with squared entries."""
        return Bags(self.indices, self.offsets, self.weights**2)


@dataclass(frozen=True)
class TextBatch:
    """The texts of one field for a batch of pairs.

    ``sides`` are the weighted n-grams of the left and the right texts. ``common`` are the products of the n-grams that
    both texts of a pair have. ``rests`` and ``common_rest``, shape (pairs,), are what n-grams without parameters add.
    ``missing``, shape (pairs,), is True where a side has no text.
    """

    common: Bags
    common_rest: Tensor
    sides: tuple[Bags, Bags]
    rests: tuple[Tensor, Tensor]
    missing: Tensor


class EmbeddingModule(nn.Module):
    """The parameters of one field's embedding: log importance per n-gram, and a table with a row per n-gram.

    ``reading`` holds the slope and intercept from the cosine to log-odds. Only fitting uses it.
    """

    def __init__(self, ngrams: int, generator: torch.Generator) -> None:
        super().__init__()
        self.importance = nn.Parameter(torch.zeros(ngrams, 1))
        self.table = nn.Parameter(torch.randn(ngrams, DIMENSION, generator=generator) * SPREAD)
        self.reading = nn.Parameter(torch.tensor(FIRST_READING))

    def forward(self, batch: TextBatch) -> Tensor:
        """The cosine of each pair, shape (pairs,); NaN where a side has no text."""
        squared = torch.exp(2 * self.importance)
        inner = batch.common.times(squared)[:, 0] + batch.common_rest
        left, right = (side.times(self.table) for side in batch.sides)
        norms = [
            side.squared().times(squared)[:, 0] + rest + (dense**2).sum(dim=1)
            for side, rest, dense in zip(batch.sides, batch.rests, (left, right), strict=True)
        ]
        cosine = (inner + (left * right).sum(dim=1)) / torch.sqrt(norms[0] * norms[1] + 1e-9)
        return torch.where(batch.missing, torch.nan, cosine)

    def read(self, cosine: Tensor) -> Tensor:
        """Log-odds from the cosine alone. For a missing cosine they are the intercept."""
        return torch.nan_to_num(cosine) * self.reading[0] + self.reading[1]

    def departure(self) -> Tensor:
        """The squared distance of the parameters from values that do not change the cosine."""
        return (self.importance**2).sum() + (self.table**2).sum()


class PairHead(nn.Module):
    """Log-odds of a match from comparisons, monotone by construction.

    It has two hidden layers, after Runje and Shankaranarayana (2023), Constrained Monotonic Neural Networks. The
    weights are never negative, and a comparison changes its sign where more means less alike. Half of the units of each
    layer are convex and half are concave. A comparison that may stay missing has a fitted value and a flag. The weight
    of the flag may have any sign. In the pair score these are only comparisons with competing candidates: all others
    have a neutral value where they are missing.

    Args:
        comparisons: of the training pairs, shape (pairs, comparisons), NaN where missing. Their means and standard
            deviations standardise the input.
        target: 1 for a match, else 0; shape (pairs,).
        directions: per comparison 1, -1 or 0, see :func:`~matchwright.core.compare.names.constraints`.
    """

    mean: Tensor
    scale: Tensor
    bound: Tensor

    def __init__(self, comparisons: Any, target: Any, directions: list[int]) -> None:
        super().__init__()
        width = comparisons.shape[1]
        with np.errstate(all="ignore"):
            filled = np.ma.masked_invalid(comparisons.astype(np.float64))
            mean, spread = filled.mean(axis=0).filled(0.0), filled.std(axis=0).filled(1.0)
        sign = np.where(np.array(directions) < 0, -1.0, 1.0)
        scale = sign / np.where(spread < 1e-3, 1.0, spread)
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).round(decimals=DECIMALS))
        self.register_buffer("scale", torch.tensor(scale, dtype=torch.float32).round(decimals=DECIMALS))
        self.register_buffer("bound", torch.tensor([direction != 0 for direction in directions])[:, None])
        first, second = HIDDEN
        share = target.mean().clip(1e-4, 1 - 1e-4)
        self.missing = nn.Parameter(torch.zeros(width))
        self.flags = nn.Parameter(torch.zeros(width, first))
        self.first = nn.Parameter(_small(width, first))
        self.second = nn.Parameter(_small(first, second))
        self.third = nn.Parameter(_small(second, 1))
        self.first_bias = nn.Parameter(torch.empty(first).uniform_(-1, 1))
        self.second_bias = nn.Parameter(torch.empty(second).uniform_(-1, 1))
        self.third_bias = nn.Parameter(torch.tensor([float(np.log(share / (1 - share)))]))

    def acting(self) -> dict[str, Tensor]:
        """The effective weights: never negative where the score must not fall."""
        free = self.first - float(np.log(np.expm1(1 / len(self.mean))))  # starts around zero
        return {
            **dict(self.named_parameters()),
            "first": torch.where(self.bound, softplus(self.first), free),
            "second": softplus(self.second),
            "third": softplus(self.third),
            "mean": self.mean,
            "scale": self.scale,
        }

    def forward(self, comparisons: Tensor) -> Tensor:
        """Log-odds, shape (pairs,), of comparisons, shape (pairs, comparisons)."""
        return log_odds(self.acting(), comparisons)


class MatchingNetwork(nn.Module):
    """The embeddings by field, and the pair head.

    There are no embeddings if the cosines are already among the comparisons.
    """

    def __init__(self, head: PairHead, embeddings: dict[str, EmbeddingModule]) -> None:
        super().__init__()
        self.head = head
        self.embeddings = nn.ModuleDict(embeddings)

    @property
    def by_field(self) -> dict[str, EmbeddingModule]:
        """The embeddings by field."""
        return {name: cast("EmbeddingModule", module) for name, module in self.embeddings.items()}

    def forward(self, comparisons: Tensor, texts: dict[str, TextBatch]) -> tuple[Tensor, Tensor, Tensor]:
        """Log-odds of a match, shape (pairs,), the learned cosines, and the log-odds from each cosine alone.

        The last two have shape (pairs, embeddings).
        """
        cosines = learned_cosines(self.by_field, texts)
        alone = [module.read(cosine) for module, cosine in zip(self.by_field.values(), cosines, strict=True)]
        columns = [comparisons, *(cosine[:, None] for cosine in cosines)]
        return (
            self.head(torch.cat(columns, dim=1)),
            _stacked(cosines, comparisons),
            _stacked(alone, comparisons),
        )


def learned_cosines(embeddings: dict[str, EmbeddingModule], texts: dict[str, TextBatch]) -> list[Tensor]:
    """The cosines of each embedding in order, each of shape (pairs,)."""
    return [module(texts[name]) for name, module in embeddings.items()]


def log_odds(weights: dict[str, Tensor], comparisons: Tensor) -> Tensor:
    """Log-odds, shape (pairs,), with effective weights (see :meth:`PairHead.acting`)."""
    absent = torch.isnan(comparisons)
    standard = ((torch.nan_to_num(comparisons) - weights["mean"]) * weights["scale"]).clamp(-FARTHEST, FARTHEST)
    shown = torch.where(absent, weights["missing"], standard)
    hidden = shown @ weights["first"] + absent.float() @ weights["flags"] + weights["first_bias"]
    hidden = _bend(hidden) @ weights["second"] + weights["second_bias"]
    return (_bend(hidden) @ weights["third"] + weights["third_bias"]).squeeze(1)


def _small(rows: int, columns: int) -> Tensor:
    """Raw weights whose effective values are about one over the number of inputs."""
    return torch.randn(rows, columns) * 0.5 + float(np.log(np.expm1(1 / rows)))


def _bend(hidden: Tensor) -> Tensor:
    """The activation: half of the units are convex, half are concave, and all are increasing."""
    convex, concave = hidden.chunk(2, dim=1)
    return torch.cat([elu(convex), -elu(-concave)], dim=1)


def _stacked(columns: list[Tensor], like: Tensor) -> Tensor:
    """The columns as a matrix; without columns an empty one with the rows of ``like``."""
    return torch.stack(columns, dim=1) if columns else like[:, :0]
