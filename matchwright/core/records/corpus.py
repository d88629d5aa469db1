"""Corpus statistics: how rare a name is, and how much information a word carries.

Keys are 64-bit BLAKE2 hashes of normal forms. Values seen fewer than three times are not kept. So the file points to
no single person, and no value can be read from it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from matchwright.core.records.columns import Columns, columns_of, numbering, of_categories
from matchwright.core.records.compound_codes import HYPHEN
from matchwright.core.records.normal import NORMAL_FORMS
from matchwright.core.records.numbered import NumberedColumns
from matchwright.core.records.whole import record_fields, record_texts
from matchwright.core.records.word_split import split_words
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD
from matchwright.errors import DAMAGED, BundleError

SMALLEST_COUNT = 3
"""Values seen fewer times are not kept. They count as seen one time less than this, and so does a value that was never
seen. Nobody can tell them apart, which would say of a person whether the tables hold them."""

NGRAM_BUCKETS = 2**14
"""Columns that character trigrams are hashed to."""

_VALUE_KINDS = ("name",)
_TOKEN_KINDS = ("text",)
_EVERY = slice(None)
_WHOLE = "whole:"
"""The prefix of the counts of whole values in the file."""


@dataclass(frozen=True)
class _Counts:
    keys: np.ndarray[Any, np.dtype[np.int64]]
    counts: np.ndarray[Any, np.dtype[np.int64]]
    total: int

    def of(self, keys: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.int64]]:
        if not len(self.keys):
            return np.full(len(keys), SMALLEST_COUNT - 1, dtype=np.int64)
        positions = np.clip(np.searchsorted(self.keys, keys), 0, len(self.keys) - 1)
        return np.where(self.keys[positions] == keys, self.counts[positions], SMALLEST_COUNT - 1)


@dataclass(frozen=True)
class Corpus:
    """Counts of names and document frequencies of words, per field and over the whole record.

    ``ngrams`` are document frequencies of hashed character trigrams, shape (NGRAM_BUCKETS,). ``values`` has the counts
    of whole values of every compared field that is no name.
    """

    fields: dict[str, _Counts]
    ngrams: dict[str, np.ndarray[Any, np.dtype[np.int64]]] = field(default_factory=dict)
    values: dict[str, _Counts] = field(default_factory=dict)

    @classmethod
    def fit(cls, normal: pd.DataFrame, spec: MatchSpec) -> "Corpus":
        """Count over the normal forms of all records (see :func:`~matchwright.core.records.normal_forms`)."""
        fields: dict[str, _Counts] = {}
        whole: dict[str, _Counts] = {}
        for name, section in spec.compared.items():
            values = normal[name].dropna().tolist()
            if section.kind in _VALUE_KINDS:
                fields[name] = _counted(name, Counter(values), len(values))
                continue
            whole[name] = _counted(name, Counter(map(_as_key, values)), len(values))
            if section.kind in _TOKEN_KINDS:
                fields[name] = _counted_words(name, values)
        if spec.record is None:
            return cls(fields, values=whole)
        texts = [text for text in record_texts(columns_of(normal), record_fields(spec)) if text is not None]
        fields[RECORD] = _counted_words(RECORD, texts)
        return cls(fields, {RECORD: _counted_ngrams(texts)}, whole)

    def rarity(self, field: str, values: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """How rare each value is, in decimal orders of magnitude: 3.0 is one in a thousand. NaN where missing."""
        if isinstance(values, pd.Categorical):
            return of_categories(values, self.information(field, values.categories.tolist()), np.nan)
        listed = values.tolist()
        distinct = [value for value in dict.fromkeys(listed) if isinstance(value, str)]
        rarity = dict(zip(distinct, self.information(field, distinct).tolist(), strict=True))
        return np.array([rarity.get(value, np.nan) for value in listed], dtype=np.float64)

    def information(self, field: str, values: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The information of each value of a name field or word of a text field, in decimal orders of magnitude."""
        counts = self.fields.get(field)
        if counts is None or counts.total == 0:
            return np.ones(len(values))
        return _information(counts.of(_hashed(field, values)), counts.total)

    def value_information(self, field: str, values: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The information of whole values of any compared field, in decimal orders of magnitude; 0 where missing.

        Args:
            field: the field.
            values: its normal forms, or numbers; shape (records,).
        """
        counts = self.values.get(field) or self.fields.get(field)
        listed = values.tolist()
        distinct = [value for value in dict.fromkeys(listed) if value is not None and value == value]
        if counts is None or counts.total == 0 or not distinct:
            return np.zeros(len(listed))
        found = _information(counts.of(_hashed(field, map(_as_key, distinct))), counts.total)
        known = dict(zip(distinct, found.tolist(), strict=True))
        return np.array([known.get(value, 0.0) for value in listed], dtype=np.float64)

    def information_in(
        self, columns: Columns, field: str, rows: "np.ndarray[Any, Any] | slice" = _EVERY
    ) -> np.ndarray[Any, np.dtype[np.float64]]:
        """:meth:`value_information` of a field of some of the rows. It is computed once for each numbered value."""
        if not (isinstance(columns, NumberedColumns) and columns.has_numbers(field)):
            return self.value_information(field, columns[field][rows])
        numbers, values = columns.numbers(field)
        # a missing value has number -1, so it reads the last element
        found = values.computed(
            f"information of {field}", self, lambda values: np.append(self.value_information(field, values), 0.0)
        )
        return np.asarray(found[numbers[rows]])

    def information_of_count(self, field: str, count: int) -> float:
        """The information of a value of a compared field that ``count`` records have."""
        counts = self.values.get(field) or self.fields.get(field)
        return float(_information(np.array([count]), counts.total)[0]) if counts else 0.0

    def holds(self, field: str, information: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether the corpus holds values of a compared field, by what :meth:`value_information` says of them."""
        return np.asarray(information < self.information_of_count(field, SMALLEST_COUNT - 1))

    def counted(self, field: str) -> int:
        """How many records had a value of a compared field when the corpus was counted."""
        counts = self.values.get(field) or self.fields.get(field)
        return counts.total if counts else 0

    def ngram_vectors(self, field: str, texts: list[str]) -> csr_matrix:
        """Unit vectors over hashed trigrams, weighted by inverse document frequency; shape (texts, NGRAM_BUCKETS)."""
        vectors = _ngram_counts(texts)
        counts = self.ngrams.get(field)
        if counts is not None:
            total = self.fields[field].total
            weights = np.log((total + SMALLEST_COUNT) / (np.maximum(counts, SMALLEST_COUNT - 1) + 1))
            vectors.data *= np.maximum(weights, 0.0)[vectors.indices]
        squares = np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel()
        vectors.data /= np.repeat(np.sqrt(np.where(squares > 0, squares, 1.0)), np.diff(vectors.indptr))
        return vectors

    @cached_property
    def content(self) -> bytes:
        """The statistics in safetensors form, the same bytes for the same counts."""
        arrays: dict[str, np.ndarray[Any, Any]] = {}
        whole = {f"{_WHOLE}{name}": counts for name, counts in self.values.items()}
        for name, counts in {**self.fields, **whole}.items():
            arrays[f"{name}.keys"] = counts.keys
            arrays[f"{name}.counts"] = counts.counts
            arrays[f"{name}.total"] = np.array([counts.total], dtype=np.int64)
        arrays |= {f"{name}.ngrams": counts for name, counts in self.ngrams.items()}
        return bytes(save(arrays or {"empty": np.zeros(1, dtype=np.int64)}))

    @property
    def digest(self) -> str:
        """SHA-256 of :attr:`content`."""
        return hashlib.sha256(self.content).hexdigest()

    def save(self, path: Path) -> None:
        """Write ``corpus.safetensors``."""
        path.write_bytes(self.content)

    @classmethod
    def load(cls, path: Path) -> "Corpus":
        """Read what :meth:`save` wrote.

        Raises:
            BundleError: the file is not a corpus.
        """
        try:
            arrays = load_file(path)
        except Exception as error:
            raise BundleError("The corpus statistics cannot be read.", DAMAGED) from error
        names = sorted({key.rpartition(".")[0] for key in arrays} - {""})
        counts = {
            name: _Counts(arrays[f"{name}.keys"], arrays[f"{name}.counts"], int(arrays[f"{name}.total"][0]))
            for name in names
        }
        return cls(
            {name: found for name, found in counts.items() if not name.startswith(_WHOLE)},
            {name: arrays[f"{name}.ngrams"] for name in names if f"{name}.ngrams" in arrays},
            {name.removeprefix(_WHOLE): found for name, found in counts.items() if name.startswith(_WHOLE)},
        )


def feature_version(spec: MatchSpec, corpus: Corpus) -> str:
    """Twelve hex digits that change when record features change. They are part of the feature service's name."""
    fields = {
        name: [
            *(field.kind, spec.column_of(name), spec.missing_in(name)),
            *(field.decimal, field.decimal_right, field.order, field.order_right),
        ]
        for name, field in spec.compared.items()
    }
    meaning = json.dumps([NORMAL_FORMS, spec.name, fields, corpus.digest], separators=(",", ":"))
    return hashlib.sha256(meaning.encode()).hexdigest()[:12]


def _as_key(value: Any) -> str:
    """A value as the text that is hashed; a number with all its digits."""
    return value if isinstance(value, str) else repr(float(value))


def _information(counts: np.ndarray[Any, Any], total: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.round(np.maximum(-np.log10(counts / (total + SMALLEST_COUNT)), 0.0), 6).astype(np.float64)


def _hashed(field: str, values: Iterable[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    person = field.encode()[:16]
    digests = b"".join(hashlib.blake2b(v.encode(), digest_size=8, person=person).digest() for v in values)
    return np.frombuffer(digests, dtype="<i8").astype(np.int64)


def _counted(field: str, counter: Counter[str], total: int) -> _Counts:
    kept = [(value, count) for value, count in counter.items() if count >= SMALLEST_COUNT]
    keys = _hashed(field, [value for value, _ in kept])
    order = np.argsort(keys, kind="stable")
    counts = np.array([count for _, count in kept], dtype=np.int64)
    return _Counts(keys[order], counts[order], total)


def _counted_words(field: str, texts: list[str]) -> _Counts:
    return _counted(field, Counter(word for text in texts for word in set(split_words(text))), len(texts))


def _counted_ngrams(texts: list[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    if not texts:
        return np.zeros(NGRAM_BUCKETS, dtype=np.int64)
    counts = np.bincount(_ngram_counts(texts).indices, minlength=NGRAM_BUCKETS)
    return np.where(counts >= SMALLEST_COUNT, counts, 0).astype(np.int64)


def _ngram_counts(texts: list[str]) -> csr_matrix:
    """Counts of the hashed trigrams of each text. They are those of its words, because no trigram crosses a space."""
    positions = numbering()
    words: list[int] = []
    starts = [0]
    for text in texts:
        words.extend(map(positions.__getitem__, text.replace(HYPHEN, " ").split()))
        starts.append(len(words))
    of_texts = csr_matrix((np.ones(len(words)), words, starts), shape=(len(texts), max(len(positions), 1)))
    counts = (of_texts @ _ngram_counter().transform(list(positions) or [""])).tocsr()
    counts.sort_indices()
    return counts


@cache
def _ngram_counter() -> HashingVectorizer:
    return HashingVectorizer(
        analyzer="char_wb",
        ngram_range=(3, 3),
        n_features=NGRAM_BUCKETS,
        alternate_sign=False,
        norm=None,
        lowercase=False,
        dtype=np.float64,
    )
