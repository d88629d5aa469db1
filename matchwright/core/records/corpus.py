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

from matchwright.core.records.columns import columns_of, numbering
from matchwright.core.records.normal import NORMAL_FORMS
from matchwright.core.records.whole import record_fields, record_texts
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD
from matchwright.errors import DAMAGED, BundleError

SMALLEST_COUNT = 3
"""Values seen fewer times are not kept. They count as seen one time less than this."""

NGRAM_BUCKETS = 2**14
"""Columns that character trigrams are hashed to."""

_VALUE_KINDS = ("name",)
_TOKEN_KINDS = ("text",)


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

    ``ngrams`` are document frequencies of hashed character trigrams, shape (NGRAM_BUCKETS,).
    """

    fields: dict[str, _Counts]
    ngrams: dict[str, np.ndarray[Any, np.dtype[np.int64]]] = field(default_factory=dict)

    @classmethod
    def fit(cls, normal: pd.DataFrame, spec: MatchSpec) -> "Corpus":
        """Count over the normal forms of all records (see :func:`~matchwright.core.records.normal_forms`)."""
        fields: dict[str, _Counts] = {}
        for name, section in spec.compared.items():
            values = normal[name].dropna()
            if section.kind in _VALUE_KINDS:
                fields[name] = _counted(name, Counter(values.tolist()), len(values))
            elif section.kind in _TOKEN_KINDS:
                fields[name] = _counted_words(name, values.tolist())
        if spec.record is None:
            return cls(fields)
        texts = [text for text in record_texts(columns_of(normal), record_fields(spec)) if text is not None]
        return cls({**fields, RECORD: _counted_words(RECORD, texts)}, {RECORD: _counted_ngrams(texts)})

    def rarity(self, field: str, values: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """How rare each value is, in decimal orders of magnitude: 3.0 is one in a thousand. NaN where missing."""
        listed = values.tolist()
        distinct = [value for value in dict.fromkeys(listed) if isinstance(value, str)]
        rarity = dict(zip(distinct, self.information(field, distinct).tolist(), strict=True))
        return np.array([rarity.get(value, np.nan) for value in listed], dtype=np.float64)

    def information(self, field: str, values: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The information of each value of a name field or word of a text field, in decimal orders of magnitude."""
        counts = self.fields.get(field)
        if counts is None or counts.total == 0:
            return np.ones(len(values))
        share = counts.of(_hashed(field, values)) / (counts.total + SMALLEST_COUNT)
        return np.round(np.maximum(-np.log10(share), 0.0), 6).astype(np.float64)

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
        for name, counts in self.fields.items():
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
        names = {key.rpartition(".")[0] for key in arrays} - {""}
        return cls(
            {
                name: _Counts(arrays[f"{name}.keys"], arrays[f"{name}.counts"], int(arrays[f"{name}.total"][0]))
                for name in sorted(names)
            },
            {name: arrays[f"{name}.ngrams"] for name in sorted(names) if f"{name}.ngrams" in arrays},
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
    return _counted(field, Counter(word for text in texts for word in set(text.split())), len(texts))


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
        words.extend(map(positions.__getitem__, text.split()))
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
