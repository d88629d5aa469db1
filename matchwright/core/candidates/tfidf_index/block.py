"""A block of texts that is searched: for each n-gram, the texts that have it."""

from collections.abc import Sequence
from typing import Any

import joblib  # type: ignore[import-untyped]
import numpy as np
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn, zip_sp_matmul_topn

from matchwright.core.candidates.tfidf_index.ngrams import CodeTable, blocks_of_texts, runs_of
from matchwright.core.candidates.tfidf_index.statistics import NgramStatistics
from matchwright.core.candidates.tfidf_index.texts import lengths_of
from matchwright.core.candidates.tfidf_index.vectors import Vectors, vectors_of

TEXTS = 200_000
"""Texts of a block. The sums of one record then stay in the processor's cache."""

FEW = 1_000
"""For fewer texts, only the n-grams that they have are taken out of a block."""


class Block:
    """The weights of the n-grams of some texts. N-grams that are never looked up are left out.

    The vectors keep their full length, so a similarity does not depend on what else is looked up.
    """

    def __init__(self, texts: Any, statistics: NgramStatistics) -> None:
        parts = [
            vectors_of(texts[part.start : part.stop].to_pylist(), statistics)
            for part in blocks_of_texts(lengths_of(texts))
        ]
        if statistics.most is not None:
            parts = [part.take(part.lookups <= statistics.most) for part in parts]
        codes = np.sort(np.concatenate([np.empty(0, dtype=np.uint64), *(part.code for part in parts)]))
        codes = runs_of(codes)[1]
        self._table = CodeTable(codes)
        by_text: Any = csr_matrix(
            (
                np.concatenate([np.empty(0), *(part.weight for part in parts)]),
                np.concatenate([np.empty(0, np.int32), *(self._table.find(p.code).astype(np.int32) for p in parts)]),
                np.r_[0, np.cumsum(np.concatenate([np.bincount(p.row, minlength=p.texts) for p in parts]))]
                if parts
                else np.zeros(1, dtype=np.int32),
            ),
            shape=(len(texts), len(codes)),
        )
        self._by_ngram = by_text.T.tocsr()

    def nearest(self, queries: Vectors, top_n: int, threshold: float) -> Any:
        """The ``top_n`` texts above ``threshold`` for each row of ``queries``, as a sparse matrix of similarities."""
        column = self._table.find(queries.code)
        known = column >= 0
        column, by_ngram = column[known], self._by_ngram
        starts = np.r_[0, np.cumsum(np.bincount(queries.row[known], minlength=queries.texts))]
        if not len(column):
            return csr_matrix((queries.texts, by_ngram.shape[1]), dtype=np.float64)
        few = queries.texts < FEW
        if few:
            used, column = np.unique(column, return_inverse=True)
            by_ngram = by_ngram[used]
        asked = csr_matrix((queries.weight[known], column, starts), shape=(queries.texts, by_ngram.shape[0]))
        threads = 1 if few else joblib.cpu_count()  # to wake other threads would take longer than the work
        return sp_matmul_topn(asked, by_ngram, top_n=top_n, threshold=threshold, sort=True, n_threads=threads)


def nearest_of_all(blocks: Sequence[Block], queries: Vectors, top_n: int, threshold: float) -> Any:
    """As :meth:`Block.nearest`, over several blocks with their texts numbered through."""
    found = [block.nearest(queries, top_n, threshold) for block in blocks]
    return found[0] if len(found) == 1 else zip_sp_matmul_topn(top_n, found)
