"""Texts as hashed character trigrams, and words where they may be read, weighted by inverse document frequency."""

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

Weights = np.ndarray[Any, np.dtype[np.float32]]

BUCKETS = 2**13
"""Columns that trigrams are hashed to, and as many more for words."""

SMALLEST_COUNT = 3
"""What stands in fewer distinct texts is not told apart: it counts as standing in one less, and has no parameters."""

_TRIGRAMS = HashingVectorizer(
    analyzer="char_wb", ngram_range=(3, 3), n_features=BUCKETS, alternate_sign=False, norm=None, dtype=np.float32
)
_WORDS = HashingVectorizer(analyzer=str.split, n_features=BUCKETS, alternate_sign=False, norm=None, dtype=np.float32)


def occurrences(texts: list[str], words: bool) -> csr_matrix:
    """1 where a text has a trigram (columns from 0) or a word (columns from ``BUCKETS``); shape (texts, columns)."""
    width = BUCKETS * (2 if words else 1)
    if not texts:
        return csr_matrix((0, width), dtype=np.float32)
    # a lone half of a surrogate pair is no character and cannot be encoded
    written = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    found = _TRIGRAMS.transform(written)
    columns, starts = found.indices, found.indptr
    if words:
        told = _WORDS.transform(written)
        rows = np.concatenate([rows_of(found), rows_of(told)])
        columns = np.concatenate([columns, told.indices + BUCKETS])[np.argsort(rows, kind="stable")]
        starts = starts + told.indptr
    return csr_matrix((np.ones(len(columns), dtype=np.float32), columns, starts), shape=(len(texts), width))


def rows_of(matrix: csr_matrix) -> "np.ndarray[Any, np.dtype[np.intp]]":
    """The row of each of its entries."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def inverse_frequencies(found: csr_matrix) -> tuple[Weights, "np.ndarray[Any, np.dtype[np.bool_]]", float]:
    """Per column its weight and whether enough texts have it, and the weight of those that too few have."""
    texts = found.shape[0]
    counts = np.asarray(found.sum(axis=0)).ravel()
    kept = counts >= SMALLEST_COUNT
    counts = np.where(kept, counts, SMALLEST_COUNT - 1)
    weights = np.maximum(np.log((texts + SMALLEST_COUNT) / (counts + 1)), 0).round(5).astype(np.float32)
    rarest = max(float(np.log((texts + SMALLEST_COUNT) / SMALLEST_COUNT)), 0.0)
    return weights, kept, round(rarest, 5)


def weighted(found: csr_matrix, weights: Weights) -> csr_matrix:
    """Unit vectors per text: trigrams and words have one half of it each, however many there are of either."""
    blocks = found.shape[1] // BUCKETS
    block = rows_of(found) * blocks + found.indices // BUCKETS
    values = weights[found.indices].astype(np.float64)
    squares = np.bincount(block, values * values, minlength=found.shape[0] * blocks) * blocks
    values /= np.sqrt(np.where(squares > 0, squares, 1))[block]
    return csr_matrix((values.astype(np.float32), found.indices, found.indptr), shape=found.shape)
