"""Corpus statistics: how rare a name is and how telling a word is.

Keys are 64-bit BLAKE2 hashes of normal forms, and a value seen fewer than three times is not
kept, so the file singles nobody out and holds no value that could be read back.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save

from matchwright.core.spec import MatchSpec
from matchwright.errors import DAMAGED, BundleError

SMALLEST_COUNT = 3
"""Values seen less often are left out and count as seen this often less one."""

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
        places = np.clip(np.searchsorted(self.keys, keys), 0, len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.counts[places], SMALLEST_COUNT - 1)


@dataclass(frozen=True)
class Corpus:
    """Frequencies of name values and document frequencies of text tokens, per field."""

    fields: dict[str, _Counts]

    @classmethod
    def fit(cls, normal: pd.DataFrame, spec: MatchSpec) -> "Corpus":
        """Count over the normal forms of all records (see :func:`~matchwright.core.records.normal_forms`)."""
        fields: dict[str, _Counts] = {}
        for name, field in spec.compared.items():
            values = normal[name].dropna()
            if field.kind in _VALUE_KINDS:
                fields[name] = _counted(name, Counter(values.tolist()), len(values))
            elif field.kind in _TOKEN_KINDS:
                tokens = Counter(token for value in values for token in set(value.split()))
                fields[name] = _counted(name, tokens, len(values))
        return cls(fields)

    def rarity(self, field: str, values: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Decimal orders of magnitude between all values and this one: 3.0 is one in a thousand; NaN where missing."""
        listed = values.tolist()
        distinct = [value for value in dict.fromkeys(listed) if isinstance(value, str)]
        rarity = dict(zip(distinct, self._information(field, distinct).tolist(), strict=True))
        return np.array([rarity.get(value, np.nan) for value in listed], dtype=np.float64)

    def inverse_document_frequency(self, field: str, tokens: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """How telling each token of a text field is, in decimal orders of magnitude."""
        return self._information(field, tokens)

    def _information(self, field: str, values: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
        counts = self.fields.get(field)
        if counts is None or counts.total == 0:
            return np.ones(len(values))
        share = counts.of(_hashed(field, values)) / (counts.total + SMALLEST_COUNT)
        return np.round(np.maximum(-np.log10(share), 0.0), 6).astype(np.float64)

    @cached_property
    def content(self) -> bytes:
        """The statistics in safetensors form, the same bytes for the same counts."""
        arrays: dict[str, np.ndarray[Any, Any]] = {}
        for name, counts in self.fields.items():
            arrays[f"{name}.keys"] = counts.keys
            arrays[f"{name}.counts"] = counts.counts
            arrays[f"{name}.total"] = np.array([counts.total], dtype=np.int64)
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
            }
        )


def feature_version(spec: MatchSpec, corpus: Corpus) -> str:
    """Twelve hex digits that change when record features would: they name the feature view and service."""
    fields = {name: [field.kind, spec.column_of(name)] for name, field in spec.compared.items()}
    meaning = json.dumps([spec.name, fields, corpus.digest], separators=(",", ":"))
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
