"""Texts as hashed character trigrams, and words where allowed, weighted by inverse document frequency."""

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from matchwright.core.records.word_split import split_words

Weights = np.ndarray[Any, np.dtype[np.float32]]

BUCKETS = 2**13
"""Columns that trigrams are hashed to. Words are hashed to as many more."""

SMALLEST_COUNT = 3
"""An n-gram in fewer distinct texts has no parameters. Its count is taken as one less than this."""

_TRIGRAMS = HashingVectorizer(
    analyzer="char_wb", ngram_range=(3, 3), n_features=BUCKETS, alternate_sign=False, norm=None, dtype=np.float32
)
_WORDS = HashingVectorizer(analyzer=split_words, n_features=BUCKETS, alternate_sign=False, norm=None, dtype=np.float32)


def occurrences(texts: list[str], words: bool) -> csr_matrix:
    """1 where a text has a trigram (columns from 0) or a word (columns from ``BUCKETS``); shape (texts, columns)."""
    width = BUCKETS * (2 if words else 1)
    if not texts:
        return csr_matrix((0, width), dtype=np.float32)
    # a lone surrogate cannot be encoded
    written = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    found = _TRIGRAMS.transform(written)
    columns, starts = found.indices, found.indptr
    if words:
        by_word = _WORDS.transform(written)
        rows = np.concatenate([rows_of(found), rows_of(by_word)])
        columns = np.concatenate([columns, by_word.indices + BUCKETS])[np.argsort(rows, kind="stable")]
        starts = starts + by_word.indptr
    return csr_matrix((np.ones(len(columns), dtype=np.float32), columns, starts), shape=(len(texts), width))


def rows_of(matrix: csr_matrix) -> "np.ndarray[Any, np.dtype[np.intp]]":
    """The row of each entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def inverse_frequencies(found: csr_matrix) -> tuple[Weights, "np.ndarray[Any, np.dtype[np.bool_]]", float]:
    """The weight of each column, whether enough texts have it, and the weight of an n-gram that too few texts have."""
    texts = found.shape[0]
    counts = np.asarray(found.sum(axis=0)).ravel()
    kept = counts >= SMALLEST_COUNT
    counts = np.where(kept, counts, SMALLEST_COUNT - 1)
    weights = np.maximum(np.log((texts + SMALLEST_COUNT) / (counts + 1)), 0).round(5).astype(np.float32)
    rarest = max(float(np.log((texts + SMALLEST_COUNT) / SMALLEST_COUNT)), 0.0)
    return weights, kept, round(rarest, 5)


def weighted(found: csr_matrix, weights: Weights) -> csr_matrix:
    """One unit vector per text. If there are words, trigrams and words have half of its squared length each."""
    blocks = found.shape[1] // BUCKETS
    block = rows_of(found) * blocks + found.indices // BUCKETS
    values = weights[found.indices].astype(np.float64)
    squares = np.bincount(block, values * values, minlength=found.shape[0] * blocks) * blocks
    values /= np.sqrt(np.where(squares > 0, squares, 1))[block]
    return csr_matrix((values.astype(np.float32), found.indices, found.indptr), shape=found.shape)
