"""Candidates by character n-gram TF-IDF: finds similar records that are equal in no feature of a rule."""

from collections.abc import Callable
from typing import Any

import joblib  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sparse_dot_topn import sp_matmul_topn

from matchwright.core.candidates.lookups import lookups_allowed, rarest_first
from matchwright.core.candidates.table import Positions, Proposal, RecordTable
from matchwright.core.records.whole import as_text
from matchwright.core.records.word_split import for_ngrams
from matchwright.core.spec.blocking import TfidfTopK

NAME = "tfidf"
ROWS = 50_000
"""Records looked up at a time. This bounds the memory of a search."""

Ranks = np.ndarray[Any, np.dtype[np.int16]]

Progress = Callable[[int, int], None]
"""Called with the number of records looked up so far, and the number of all records to look up."""


def quiet(done: int, of: int) -> None:
    """Report no progress."""


def propose_by_tfidf(table: RecordTable, spec: TfidfTopK, progress: Progress = quiet) -> Proposal:
    """The ``top_k`` nearest right records of each left record above ``min_similarity``, with their ranks.

    In deduplication they are the nearest other records. A pair may be found from both of its records; then the better
    rank counts. A record without text has no neighbours. Memory grows with the n-grams and the pairs found.
    ``progress`` is called after every 50,000 records.
    """
    texts = [for_ngrams(text, spec.ngram) for text in joined_text(table.features, spec.fields)]
    # Sublinear counts, and n-grams that cross words, found more true pairs than the plain variants on every dataset.
    vectorizer = TfidfVectorizer(
        analyzer="char", ngram_range=(spec.ngram, spec.ngram), sublinear_tf=True, lowercase=False, dtype=np.float32
    )
    if not any(len(text) >= spec.ngram for text in texts):
        return Proposal(NAME, *(np.empty(0, dtype=np.int32),) * 2, np.empty(0, dtype=np.int16))
    vectors = vectorizer.fit_transform(texts)
    both_ways = spec.both_ways and not table.one_table
    of = len(table.left) + (len(table.right) if both_ways else 0)
    left, right, rank = _nearest(vectors, table.left, table.right, spec, lambda done: progress(done, of))
    if table.one_table:
        left, right = np.minimum(left, right), np.maximum(left, right)
    elif both_ways:
        other_right, other_left, other_rank = _nearest(
            vectors, table.right, table.left, spec, lambda done: progress(len(table.left) + done, of)
        )
        left, right = np.concatenate([left, other_left]), np.concatenate([right, other_right])
        rank = np.concatenate([rank, other_rank])
    return Proposal(NAME, left, right, rank)


def joined_text(features: pd.DataFrame, fields: tuple[str, ...]) -> list[str]:
    """The normal forms of ``fields`` as one text per record, without missing values."""
    columns = [_as_text(features[field]) for field in fields]
    return [" ".join(filter(None, values)) for values in zip(*columns, strict=True)]


def _nearest(
    vectors: Any, query_rows: Positions, target_rows: Positions, spec: TfidfTopK, progress: Callable[[int], None]
) -> tuple[Positions, Positions, Ranks]:
    """The nearest records of ``target_rows`` for each of ``query_rows``: two arrays of positions, and the ranks."""
    index = vectors[target_rows].T.tocsr()
    record_counts = np.diff(index.indptr)
    most = lookups_allowed(vectors[query_rows], record_counts, spec.max_lookups_per_record)
    found = []
    for start in range(0, max(len(query_rows), 1), ROWS):
        rows = query_rows[start : start + ROWS]
        queries = vectors[rows]
        nearest = sp_matmul_topn(
            queries if most is None else rarest_first(queries, record_counts, most),
            index,
            top_n=spec.top_k + (query_rows is target_rows),  # in deduplication a record is nearest to itself
            threshold=spec.min_similarity,
            sort=True,
            n_threads=joblib.cpu_count(),
        )
        found.append(ranked(nearest, rows, target_rows, spec.top_k))
        progress(start + len(rows))
    one, other, rank = (np.concatenate([part[position] for part in found]) for position in range(3))
    return one, other, rank


def ranked(
    nearest: Any, query_rows: Positions, target_rows: Positions, top_k: int
) -> tuple[Positions, Positions, Ranks]:
    """The pairs of a sparse matrix of neighbours, nearest first in each row. No record is paired with itself."""
    rows = np.repeat(np.arange(nearest.shape[0]), np.diff(nearest.indptr))
    one, other = query_rows[rows], target_rows[nearest.indices]
    others = one != other
    one, other, rank = one[others], other[others], _rank_in_row(rows[others])
    near = rank <= top_k
    return one[near], other[near], rank[near].astype(np.int16)


def _as_text(values: "pd.Series[Any]") -> list[str]:
    if pd.api.types.is_numeric_dtype(values):
        return [text or "" for text in as_text(values.to_numpy(dtype=np.float64))]
    return list(values.where(values.notna(), ""))


def _rank_in_row(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """1, 2, 3 ... within each run of equal, sorted row numbers."""
    if not len(rows):
        return np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    return np.arange(len(rows)) - np.repeat(starts, np.diff(np.r_[starts, len(rows)])) + 1
