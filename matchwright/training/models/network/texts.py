"""The texts of training pairs: n-grams as sparse matrices, made once, and batches of them as tensors."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.sparse import csr_matrix

from matchwright.core.compare.pairing import Pairing
from matchwright.core.models.network.embeddings import TextEmbedding
from matchwright.core.models.network.module import Bags, EmbeddingModule, TextBatch
from matchwright.core.models.network.ngrams import Weights, inverse_frequencies, occurrences, weighted

DECIMALS = 4

Rows = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class PairTexts:
    """One field's texts of the training pairs: the n-grams of each distinct text, and the texts of each pair.

    ``columns`` are the n-grams that enough texts have. ``units`` are the weights of these n-grams in each text, shape
    (texts, columns). ``common`` are the products of the weights in both texts of a pair, shape (pairs, columns).
    ``rest`` is what the other n-grams add to a text's squared length, (texts,). ``common_rest`` is what they add to a
    pair's product, (pairs,). ``left`` and ``right`` are the rows of each pair's texts. ``missing`` is True if a side
    has no text.
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
    def of(cls, pairing: Pairing, words: bool) -> "PairTexts":
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

    def batch(self, rows: Rows, device: torch.device) -> TextBatch:
        """The texts of the training pairs in ``rows``."""
        sides = self.left[rows], self.right[rows]
        return TextBatch(
            common=_bags(self.common[rows], device),
            common_rest=torch.from_numpy(self.common_rest[rows]).to(device),
            sides=(_bags(self.units[sides[0]], device), _bags(self.units[sides[1]], device)),
            rests=(
                torch.from_numpy(self.rest[sides[0]]).to(device),
                torch.from_numpy(self.rest[sides[1]]).to(device),
            ),
            missing=torch.from_numpy(self.missing[rows]).to(device),
        )

    def embedding(self, module: EmbeddingModule) -> TextEmbedding:
        """The fitted parameters for serving; rounded, so that all machines write the same file."""
        importance = np.exp(module.importance.detach().cpu().numpy()[:, 0].astype(np.float64))
        table = np.round(module.table.detach().cpu().numpy().astype(np.float64), DECIMALS)
        return TextEmbedding(
            self.columns,
            self.frequency,
            np.round(importance, DECIMALS).astype(np.float32),
            table.astype(np.float32),
            self.rarest,
            self.words,
        )


def _row_sums(matrix: Any) -> Weights:
    return np.asarray(matrix.sum(axis=1), dtype=np.float32).ravel()


def _bags(matrix: csr_matrix, device: torch.device) -> Bags:
    return Bags(
        torch.from_numpy(matrix.indices.astype(np.int64)).to(device),
        torch.from_numpy(matrix.indptr[:-1].astype(np.int64)).to(device),
        torch.from_numpy(matrix.data).to(device),
    )
