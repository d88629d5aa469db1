"""The methods that find candidates: equality rules and TF-IDF, alone and together, and those of other libraries."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from benchmarks.candidates.problem import Problem
from matchwright.core.candidates import propose_without_budget
from matchwright.core.candidates.pairs import canonical_pairs
from matchwright.core.candidates.rules import propose_by_rules
from matchwright.core.candidates.table import Positions, RecordTable, unite
from matchwright.core.candidates.tfidf import propose_by_tfidf
from matchwright.core.candidates.tfidf_index.texts import joined_text
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.blocking import TfidfTopK

MOST_ASKED = 2_000
"""The most left records that brute force looks up, because its time grows with the square of the records."""


def methods(problem: Problem) -> Iterator[tuple[str, Callable[[], pd.DataFrame], int]]:
    """Each method: its name, a function that returns left_key and right_key, and how many left records it looks up."""
    table, spec = problem.table, problem.spec
    nearest, asked = nearest_of(spec), len(table.left)
    yield (
        f"equality rules ({len(spec.candidates.rules)})",
        lambda: unite(table, propose_by_rules(table, spec.candidates).proposals).frame(table),
        asked,
    )
    yield f"TF-IDF char-{nearest.ngram} top {nearest.top_k}", partial(neighbours, problem), asked
    if not table.one_table:
        yield f"TF-IDF top {nearest.top_k} both ways", partial(neighbours, problem, both_ways=True), asked
    yield f"rules and TF-IDF top {nearest.top_k}", lambda: propose_without_budget(table.features, spec), asked
    sample = len(sample_of(table))
    name = f"scikit-learn brute force top {nearest.top_k}" + (f", {sample:,} records" if sample < asked else "")
    yield name, partial(brute_force, problem), sample
    for first in nearest.fields[:2]:
        yield f"recordlinkage, block on {first}", partial(indexed, table, first, window=0), asked
        yield f"recordlinkage, sorted neighbours 9 on {first}", partial(indexed, table, first, window=9), asked


def nearest_of(spec: MatchSpec) -> TfidfTopK:
    """The spec's TF-IDF, or one over all fields."""
    return spec.candidates.tfidf or TfidfTopK(fields=tuple(spec.compared), top_k=10)


def neighbours(problem: Problem, **other: object) -> pd.DataFrame:
    """TF-IDF's candidates with the spec's settings, changed by ``other``."""
    nearest = nearest_of(problem.spec).model_copy(update=other)
    return unite(problem.table, [propose_by_tfidf(problem.table, nearest)]).frame(problem.table)


def sample_of(table: RecordTable) -> Positions:
    """The left records that a slow peer looks up."""
    if len(table.left) <= MOST_ASKED:
        return table.left
    return np.sort(np.random.default_rng(1).choice(table.left, MOST_ASKED, replace=False))


def brute_force(problem: Problem) -> pd.DataFrame:
    """scikit-learn's exact nearest neighbours by cosine over the same vectors."""
    table, nearest = problem.table, nearest_of(problem.spec)
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(nearest.ngram,) * 2, sublinear_tf=True, dtype=np.float32)
    vectors = vectorizer.fit_transform(joined_text(table.features, nearest.fields))
    asked = sample_of(table)
    index = NearestNeighbors(n_neighbors=nearest.top_k + table.one_table, metric="cosine", algorithm="brute")
    distance, position = index.fit(vectors[table.right]).kneighbors(vectors[asked])
    left, right = np.repeat(asked, position.shape[1]), table.right[position.ravel()]
    kept = (1 - distance.ravel() >= nearest.min_similarity) & (left != right)
    return pd.DataFrame({"left_key": table.keys[left[kept]], "right_key": table.keys[right[kept]]})


def indexed(table: RecordTable, field: str, window: int) -> pd.DataFrame:
    """recordlinkage's Block (window 0) or SortedNeighbourhood on one field."""
    import recordlinkage

    indexer = recordlinkage.Index()
    if window:
        indexer.sortedneighbourhood(field, window=window)
    else:
        indexer.block(field)
    records = table.features.set_index("record_key")
    sides = [records] if table.one_table else [records.iloc[table.left], records.iloc[table.right]]
    pairs = indexer.index(*(side[side[field].notna()] for side in sides))
    return canonical_pairs(pd.DataFrame(list(pairs), columns=PAIR_KEYS))
