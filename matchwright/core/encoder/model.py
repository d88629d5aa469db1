"""The encoder as it serves: hashed character n-grams times one matrix, in NumPy alone."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save
from sklearn.feature_extraction.text import HashingVectorizer

from matchwright.core.records.columns import Table, columns_of
from matchwright.core.spec.model import EncoderSpec
from matchwright.errors import DAMAGED, BundleError

Vectors = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Encoder:
    """``weights`` has shape (buckets, dimension); a record's vector is the normalised sum of its n-grams' rows."""

    spec: EncoderSpec
    weights: Vectors

    @cached_property
    def _vectorizer(self) -> HashingVectorizer:
        return ngram_vectorizer(self.spec)

    def encode(self, records: Table) -> Vectors:
        """Unit vectors, shape (records, dimension), of record features; all zero where every field is missing."""
        return self._vectors(record_texts(records, self.spec))

    def cosine(self, left: Table, right: Table) -> Vectors:
        """Cosine in [0, 1] of row-aligned records (negative values count as 0), NaN where a record has no text."""
        texts = record_texts(left, self.spec)
        both = self._vectors([*texts, *record_texts(right, self.spec)])
        one, other = both[: len(texts)], both[len(texts) :]
        cosine = np.clip((one * other).sum(axis=1), 0.0, 1.0)
        known = (np.abs(one).sum(axis=1) > 0) & (np.abs(other).sum(axis=1) > 0)
        return np.where(known, cosine, np.nan).astype(np.float32)

    def _vectors(self, texts: list[str]) -> Vectors:
        places: dict[str, int] = {}
        codes = [places.setdefault(text, len(places)) for text in texts]  # each distinct text is encoded once
        if not texts:
            return np.zeros((0, self.spec.dimension), dtype=np.float32)
        vectors = self._vectorizer.transform(places) @ self.weights
        norms = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
        unit = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
        return cast("Vectors", unit[codes])

    def save(self, path: Path) -> None:
        """Write ``encoder.safetensors``."""
        path.write_bytes(save({"weights": np.ascontiguousarray(self.weights)}))

    @classmethod
    def load(cls, path: Path, spec: EncoderSpec) -> "Encoder":
        """Read what :meth:`save` wrote.

        Raises:
            BundleError: the file is not this spec's encoder.
        """
        try:
            weights = load_file(path)["weights"]
        except Exception as error:
            raise BundleError("The encoder's weights cannot be read.", DAMAGED) from error
        if weights.shape != (spec.buckets, spec.dimension):
            raise BundleError(f"The encoder's weights have shape {weights.shape}, not the spec's.", DAMAGED)
        return cls(spec, weights)


def ngram_vectorizer(spec: EncoderSpec) -> HashingVectorizer:
    """Character n-grams inside word boundaries, hashed (MurmurHash3) to ``buckets`` columns."""
    return HashingVectorizer(
        analyzer="char_wb",
        ngram_range=(spec.ngram, spec.ngram),
        n_features=spec.buckets,
        alternate_sign=False,
        norm="l2",
        lowercase=False,
        dtype=np.float32,
    )


def record_texts(records: Table, spec: EncoderSpec) -> list[str]:
    """The encoder's fields of each record in one line."""
    columns = columns_of(records)
    present = [columns[name].astype(object) for name in spec.fields]
    for place, values in enumerate(present):
        present[place] = np.where(pd.isna(values), "", values)
    return [" ".join(str(value) for value in row if value != "") for row in zip(*present, strict=True)]
