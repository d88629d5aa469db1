"""Candidates by character n-gram TF-IDF: finds similar records that are equal in no feature of a rule."""

from collections.abc import Callable
from typing import Any

import numpy as np

from matchwright.core.candidates.table import Bounded, Positions, Proposal, RecordTable
from matchwright.core.candidates.tfidf_index import Found, TfidfIndex
from matchwright.core.candidates.tfidf_index.texts import arrow_texts
from matchwright.core.spec.blocking import TfidfTopK

NAME = "tfidf"

Progress = Callable[[int, int], None]
"""Called with the number of records looked up so far, and the number of all records to look up."""


def quiet(done: int, of: int) -> None:
    """Report no progress."""


def propose_by_tfidf(table: RecordTable, spec: TfidfTopK, progress: Progress = quiet) -> Proposal:
    """The ``top_k`` nearest right records of each left record above ``min_similarity``, with their ranks.

    In deduplication they are the nearest other records. A pair may be found from both of its records; then the better
    rank counts. A record without text has no neighbours. Of equally similar records, those with the smaller keys are
    nearer. The search is that of :class:`~matchwright.core.candidates.tfidf_index.TfidfIndex`.
    """
    search = _Search(table, spec, progress)
    one_way = search.nearest(table.left, table.right)
    left, right, rank = table.left[one_way.asked], table.right[one_way.record], one_way.rank
    if table.one_table:
        left, right = np.minimum(left, right), np.maximum(left, right)
    elif spec.both_ways:
        other = search.nearest(table.right, table.left)
        left = np.concatenate([left, table.left[other.record]])
        right = np.concatenate([right, table.right[other.asked]])
        rank = np.concatenate([rank, other.rank])
    return Proposal(NAME, left, right, rank, search.bounded)


class _Search:
    """Indexes one side of a table and looks up the other, once or both ways."""

    def __init__(self, table: RecordTable, spec: TfidfTopK, progress: Progress) -> None:
        self._table, self._spec, self._progress = table, spec, progress
        self._texts: Any = arrow_texts(table.features, spec.fields)
        self._of = len(table.left) + (len(table.right) if spec.both_ways and not table.one_table else 0)
        self._done = 0
        self.bounded: Bounded | None = None

    def nearest(self, asked: Positions, indexed: Positions) -> Found:
        one_table, done = self._table.one_table, self._done
        texts, others = (self._texts, None) if one_table else (self._texts.take(indexed), self._texts.take(asked))
        index = TfidfIndex.fit_texts(self._table.keys[indexed], texts, self._spec, others)
        own = np.arange(len(asked)) if one_table else np.full(len(asked), -1)
        found = index.nearest(
            texts if others is None else others, own, lambda more: self._progress(done + more, self._of)
        )
        self._done += len(asked)
        if index.statistics.most is not None:
            earlier = self.bounded or Bounded(index.statistics.length, index.statistics.most, 0, 0, 0)
            self.bounded = Bounded(
                ngram=earlier.ngram,
                most=earlier.most,
                records=earlier.records + len(asked),
                bounded=earlier.bounded + found.bounded,
                nothing=earlier.nothing + found.nothing,
            )
        return found
