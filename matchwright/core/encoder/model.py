"""The encoder as it serves: hashed character n-grams times one matrix, in NumPy alone."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save
from sklearn.feature_extraction.text import HashingVectorizer

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

    def encode(self, records: pd.DataFrame) -> Vectors:
        """Unit vectors, shape (records, dimension), of record features; all zero where every field is missing."""
        if not len(records):
            return np.zeros((0, self.spec.dimension), dtype=np.float32)
        texts = record_texts(records, self.spec)
        codes, distinct = pd.factorize(np.array(texts, dtype=object))
        vectors = self._vectorizer.transform(distinct) @ self.weights
        norms = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
        unit = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
        return cast("Vectors", unit[codes])

    def cosine(self, left: pd.DataFrame, right: pd.DataFrame) -> Vectors:
        """Cosine in [0, 1] of row-aligned records (negative values count as 0), NaN where a record has no text."""
        one, other = self.encode(left), self.encode(right)
        cosine = np.clip((one * other).sum(axis=1), 0.0, 1.0)
        known = (np.abs(one).sum(axis=1) > 0) & (np.abs(other).sum(axis=1) > 0)
        return np.where(known, cosine, np.nan).astype(np.float32)

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


def record_texts(records: pd.DataFrame, spec: EncoderSpec) -> list[str]:
    """The encoder's fields of each record in one line."""
    columns = [records[name].astype(object).where(records[name].notna(), "").tolist() for name in spec.fields]
    return [" ".join(str(value) for value in row if value != "") for row in zip(*columns, strict=True)]
