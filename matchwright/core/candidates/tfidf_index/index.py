"""The index of a register: fitted once, and then asked, updated, saved and loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from matchwright.core.candidates.table import Positions, Ranks
from matchwright.core.candidates.tfidf_index.block import TEXTS, Block, nearest_of_all
from matchwright.core.candidates.tfidf_index.ngrams import Integers, blocks_of_texts
from matchwright.core.candidates.tfidf_index.ranking import Members, Similarities, rank_in_row, ranked_records
from matchwright.core.candidates.tfidf_index.statistics import NgramStatistics, fitted
from matchwright.core.candidates.tfidf_index.texts import arrow_texts, distinct_texts, lengths_of
from matchwright.core.candidates.tfidf_index.vectors import Vectors, looked_up, vectors_of
from matchwright.core.spec.blocking import TfidfTopK
from matchwright.errors import CandidateError

Progress = Callable[[int], None]
"""Called with the number of records looked up so far."""

TAIL = 20_000
"""Texts that updates add before a block of their own is made of them."""
SPARE = 5
"""Texts more than needed that a search asks for. So it seldom has to ask again because of equal similarities."""
LARGEST = 20_000_000
"""Similarities that a search may hold at a time."""


@dataclass(frozen=True)
class Found:
    """The records that were found, by the record that was looked up, the best first.

    - ``asked``: the row of the record that was looked up; ``record``: the position of the record in the index;
      ``rank``: from 1; ``similarity``: in single precision. All have the shape (pairs,).
    - ``bounded``: how many records were looked up by some of their n-grams alone.
    - ``nothing``: how many of these were not looked up at all, because all of their n-grams are common.
    """

    asked: Positions
    record: Positions
    rank: Ranks
    similarity: Similarities
    bounded: int
    nothing: int


class TfidfIndex:
    """Finds the records whose texts are nearest to that of a record.

    How frequent n-grams are is counted when the index is fitted, and stays so when records are added or removed. So
    an index has the same answers as one with the same records and the same counts, whatever its history. Fit it anew
    when much of the register has changed: ``fitted_records`` and the number of records tell.

    An n-gram that more texts have than a search may look up is common, and is never looked up. If a register is small
    enough, the search is exact; see :data:`~matchwright.core.candidates.tfidf_index.statistics.EXACT_WORK`.

    The index holds texts of records, so it is personal data. It is not safe for use by several threads.
    """

    def __init__(self, spec: TfidfTopK, statistics: NgramStatistics, keys: Any, texts: Any, text_of: Integers) -> None:
        """See :meth:`fit`.

        Args:
            spec: what is compared, and how many records are found.
            statistics: what the index was fitted with.
            keys: the records' keys, rising, shape (records,).
            texts: an Arrow array of texts.
            text_of: the text of each record, shape (records,).
        """
        self.spec, self.statistics = spec, statistics
        self.keys, self._text_of = keys, text_of
        self._parts = [texts[start : start + TEXTS] for start in range(0, len(texts), TEXTS)]
        self._blocks: list[Block | None] = [None] * len(self._parts)
        self._members: Members | None = None

    @classmethod
    def fit(cls, features: pd.DataFrame, spec: TfidfTopK, asked: pd.DataFrame | None = None) -> "TfidfIndex":
        """An index of records.

        Args:
            features: record features with rising, distinct ``record_key``.
            spec: what is compared.
            asked: record features of other records that will be looked up. They count as records that have n-grams.
        """
        others = None if asked is None else arrow_texts(asked, spec.fields)
        return cls.fit_texts(
            features["record_key"].to_numpy(dtype=object), arrow_texts(features, spec.fields), spec, others
        )

    @classmethod
    def fit_texts(cls, keys: Any, texts: Any, spec: TfidfTopK, asked: Any | None = None) -> "TfidfIndex":
        """As :meth:`fit`, from Arrow arrays of texts."""
        statistics = fitted(distinct_texts(texts, asked), spec.ngram, spec.max_lookups_per_record)
        return cls.of(spec, statistics, keys, texts)

    @classmethod
    def of(cls, spec: TfidfTopK, statistics: NgramStatistics, keys: Any, texts: Any) -> "TfidfIndex":
        """An index of records with given statistics.

        Args:
            spec: what is compared.
            statistics: what the index was fitted with.
            keys: rising keys of the records, shape (records,).
            texts: an Arrow array with the text of each record.
        """
        encoded = texts.dictionary_encode()
        text_of = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        return cls(spec, statistics, keys, encoded.dictionary, text_of)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def fitted_records(self) -> int:
        """The records whose n-grams were counted."""
        return self.statistics.total

    def texts(self) -> Any:
        """The text of each record, an Arrow array."""
        return pa.chunked_array(self._parts, type=pa.large_string()).take(pa.array(self._text_of)).combine_chunks()

    def query(self, features: pd.DataFrame) -> pd.DataFrame:
        """The nearest records of each record. A record that the index has itself is not found for itself.

        Args:
            features: record features with ``record_key``.

        Returns:
            record_key, found_key, rank (from 1) and similarity, in the order of ``features`` and by rank.
        """
        keys = features["record_key"].to_numpy(dtype=object)
        found = self.nearest(arrow_texts(features, self.spec.fields), self._position(keys))
        order = np.lexsort((found.rank, found.asked))
        return pd.DataFrame(
            {
                "record_key": keys[found.asked[order]],
                "found_key": self.keys[found.record[order]],
                "rank": found.rank[order],
                "similarity": found.similarity[order],
            }
        )

    def nearest(self, texts: Any, own: Integers, progress: Progress | None = None) -> Found:
        """As :meth:`query`, from texts to positions.

        Args:
            texts: an Arrow array with the text of each record.
            own: the position that each of them has in the index, -1 for none; shape (records,).
            progress: called after every block of texts.
        """
        encoded = texts.dictionary_encode()
        asked = Members.of(encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), len(encoded.dictionary))
        kinds = (np.int32, np.int32, np.int16, np.float32)
        columns: tuple[list[Any], ...] = tuple([np.empty(0, dtype=kind)] for kind in kinds)
        bounded = nothing = done = 0
        for part in blocks_of_texts(lengths_of(encoded.dictionary)):
            block = encoded.dictionary[part.start : part.stop].to_pylist()
            looked = looked_up(vectors_of(block, self.statistics), self.statistics.most)
            counts = np.diff(asked.starts)[part]
            bounded += int(counts[looked.bounded].sum())
            nothing += int(counts[looked.nothing].sum())
            text, records = asked.expanded(np.arange(part.start, part.stop))
            for column, values in zip(columns, self._of_records(looked.vectors, text, records, own), strict=True):
                column.append(values)
            done += int(counts.sum())
            if progress is not None:
                progress(done)
        row, record, rank, similarity = map(_joined, columns)
        return Found(row, record, rank, similarity, bounded, nothing)

    def update(self, features: pd.DataFrame) -> None:
        """Add records, in place of those with the same keys.

        This takes time in proportion to the records of the index, but little: about 0.05 s for a million.

        Raises:
            CandidateError: record keys repeat.
        """
        keys = features["record_key"].to_numpy(dtype=object)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        repeated = int((keys[1:] == keys[:-1]).sum())
        if repeated:
            raise CandidateError(f"{repeated} record key(s) repeat.", "keep one row per record and source")
        self._drop(self._position(keys))
        encoded = arrow_texts(features, self.spec.fields).take(pa.array(order)).dictionary_encode()
        text_of = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64) + sum(map(len, self._parts))
        at = np.searchsorted(self.keys, keys)
        self.keys = np.insert(self.keys, at, keys)
        self._text_of = np.insert(self._text_of, at, text_of)
        self._append(encoded.dictionary)
        self._tidy()

    def remove(self, keys: "pd.Series[str]") -> int:
        """Remove records by their keys. Keys that the index lacks are ignored.

        Returns:
            How many records were removed. A saved index holds nothing of them.
        """
        before = len(self)
        self._drop(self._position(keys.drop_duplicates().to_numpy(dtype=object)))
        self._tidy()
        return before - len(self)

    def _position(self, keys: Any) -> Integers:
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, at, -1)

    def _drop(self, positions: Integers) -> None:
        there = positions[positions >= 0]
        self.keys, self._text_of = np.delete(self.keys, there), np.delete(self._text_of, there)
        self._members = None

    def _append(self, texts: Any) -> None:
        if self._parts and self._is_tail():
            texts = pa.concat_arrays([self._parts.pop(), texts])
            self._blocks.pop()
        self._parts.append(texts)
        self._blocks.append(None)

    def _is_tail(self) -> bool:
        return len(self._parts[-1]) < TAIL

    def _tidy(self) -> None:
        """Make all blocks anew where many of their texts belong to no record."""
        if sum(map(len, self._parts)) > 2 * len(self) + TAIL:
            fresh = TfidfIndex.of(self.spec, self.statistics, self.keys, self.texts())
            self._parts, self._blocks, self._text_of = fresh._parts, fresh._blocks, fresh._text_of

    def _of_records(self, queries: Vectors, text: Integers, records: Integers, own: Integers) -> tuple[Any, ...]:
        """What is found for ``records``, of which each has the query with the number ``text``."""
        # a record may be found for itself, so one more than wanted is ranked
        query, other, similarity = self._ranked(queries, self.spec.top_k + 1)
        lengths = np.bincount(query, minlength=queries.texts)
        each = Members(np.r_[0, np.cumsum(lengths)], np.arange(len(query)))
        row, entry = each.expanded(text)
        one, other, similarity = records[row], other[entry], similarity[entry]
        others = own[one] != other
        one, other, similarity = one[others], other[others], similarity[others]
        rank = rank_in_row(one)
        kept = rank <= self.spec.top_k
        return one[kept].astype(np.int32), other[kept].astype(np.int32), rank[kept].astype(np.int16), similarity[kept]

    def _ranked(self, queries: Vectors, most: int) -> tuple[Integers, Integers, Similarities]:
        """The first ``most`` records of each query: aligned arrays, by query and then the best first."""
        if self._members is None:
            self._members = Members.of(self._text_of, sum(map(len, self._parts)))
        for number, texts in enumerate(self._parts):
            if self._blocks[number] is None:
                self._blocks[number] = Block(texts, self.statistics)
        blocks = [block for block in self._blocks if block is not None]
        found: list[tuple[Integers, Integers, Similarities]] = []
        waiting, wanted = [np.arange(queries.texts)], most + SPARE
        while blocks and waiting:
            again = []
            for rows in waiting:
                nearest = nearest_of_all(blocks, queries.rows(rows), wanted, self.spec.min_similarity)
                ranked = ranked_records(nearest, wanted, self._members, most)
                found.append((rows[ranked.query], ranked.record, ranked.similarity))
                again.append(rows[ranked.incomplete])
            wanted *= 4
            left = np.concatenate(again)
            step = max(LARGEST // wanted, 1)
            waiting = [left[start : start + step] for start in range(0, len(left), step)]
        empty = (np.empty(0, dtype=np.int64),) * 2 + (np.empty(0, dtype=np.float32),)
        query, record, similarity = (np.concatenate(column) for column in zip(empty, *found, strict=True))
        order = np.argsort(query, kind="stable")
        return query[order], record[order], similarity[order]


def _joined(parts: list[Any]) -> Any:
    """One array of several, which are given up so that no more than one column is held twice."""
    joined = np.concatenate(parts)
    parts.clear()
    return joined
