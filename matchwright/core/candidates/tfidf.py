"""Sparse character n-gram TF-IDF top-k: finds what no equality rule foresees."""

from typing import Any

import joblib  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sparse_dot_topn import sp_matmul_topn

from matchwright.core.candidates.lookups import looked_up
from matchwright.core.candidates.table import Positions, Proposal, RecordTable
from matchwright.core.spec.model import TfidfTopK

NAME = "tfidf"


def propose_by_tfidf(table: RecordTable, spec: TfidfTopK) -> Proposal:
    """Each left record's ``top_k`` nearest right records above ``min_similarity``, with their ranks.

    In deduplication each record's nearest others; a pair found from both ends is kept once,
    with its better rank, as are pairs found ``both_ways``. A record without any text has no neighbours.
    """
    texts = joined_text(table.features, spec.fields)
    # Sublinear counts and n-grams across word ends found more true pairs than the plain variants on every set tried.
    vectorizer = TfidfVectorizer(
        analyzer="char", ngram_range=(spec.ngram, spec.ngram), sublinear_tf=True, lowercase=False, dtype=np.float32
    )
    if not any(len(text) >= spec.ngram for text in texts):
        return Proposal(NAME, *(np.empty(0, dtype=np.int32),) * 2, np.empty(0, dtype=np.int16))
    vectors = vectorizer.fit_transform(texts)
    left, right, rank = _nearest(vectors, table.left, table.right, spec)
    if table.one_table:
        left, right = np.minimum(left, right), np.maximum(left, right)
    elif spec.both_ways:
        other_right, other_left, other_rank = _nearest(vectors, table.right, table.left, spec)
        left, right = np.concatenate([left, other_left]), np.concatenate([right, other_right])
        rank = np.concatenate([rank, other_rank])
    return Proposal(NAME, left, right, rank.astype(np.int16))


def joined_text(features: pd.DataFrame, fields: tuple[str, ...]) -> list[str]:
    """The normal forms of ``fields`` as one text per record; missing values leave nothing behind."""
    columns = [_as_text(features[field]) for field in fields]
    return [" ".join(filter(None, values)) for values in zip(*columns, strict=True)]


def _nearest(vectors: Any, asking: Positions, asked: Positions, spec: TfidfTopK) -> tuple[Positions, Positions, Any]:
    """Each asking record's nearest asked ones: two arrays of positions, and the ranks."""
    queries, index = vectors[asking], vectors[asked].T.tocsr()
    nearest = sp_matmul_topn(
        looked_up(queries, np.diff(index.indptr), spec.max_lookups_per_record),
        index,
        top_n=spec.top_k + (asking is asked),  # in one table a record is nearest to itself
        threshold=spec.min_similarity,
        sort=True,
        n_threads=joblib.cpu_count(),
    )
    rows = np.repeat(np.arange(nearest.shape[0]), np.diff(nearest.indptr))
    one, other = asking[rows], asked[nearest.indices]
    others = one != other
    one, other, rank = one[others], other[others], _place_in_row(rows[others])
    near = rank <= spec.top_k
    return one[near], other[near], rank[near]


def _as_text(values: "pd.Series[Any]") -> list[str]:
    if pd.api.types.is_numeric_dtype(values):
        return ["" if np.isnan(value) else f"{value:g}" for value in values.to_numpy(dtype=np.float64)]
    return list(values.where(values.notna(), ""))


def _place_in_row(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """1, 2, 3 ... within each run of equal, sorted row numbers."""
    if not len(rows):
        return np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    return np.arange(len(rows)) - np.repeat(starts, np.diff(np.r_[starts, len(rows)])) + 1
