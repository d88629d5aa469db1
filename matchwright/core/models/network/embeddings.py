"""Embeddings of texts, applied in NumPy alone.

An embedding has two parts. The sparse part holds the weight of each hashed n-gram of the text. The dense part is the
sum of rows of a fitted table, one row per n-gram. Before fitting, the cosine of two texts is that of their inverse
document frequencies.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save
from scipy.sparse import csr_matrix, diags_array, hstack

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison
from matchwright.core.models.network.fields import embedded_fields, text_pairing, texts_of
from matchwright.core.models.network.ngrams import BUCKETS, Weights, occurrences, rows_of, weighted
from matchwright.core.records.columns import Columns, Table, columns_of
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD
from matchwright.errors import DAMAGED, BundleError

ARRAYS = ("columns", "frequency", "importance", "table", "rarest")
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class TextEmbedding:
    """The embedding for the texts of one field, or of the whole record.

    ``columns`` are the fitted n-grams, rising. Each has an inverse document frequency (``frequency``), a fitted factor
    (``importance``, 1 for no change) and a row of ``table``, shape (dimension,). All other n-grams have the weight
    ``rarest``. ``words`` says whether words are read as well as trigrams.
    """

    columns: Array
    frequency: Weights
    importance: Weights
    table: Weights
    rarest: float
    words: bool

    def cosine(self, pairing: Pairing) -> Comparison:
        """The cosine of each pair in [0, 1], NaN where a side has no text. Negative cosines count as 0.

        The two sides may be swapped.
        """
        result = np.full(len(pairing.both), np.nan, dtype=np.float32)
        if not pairing.any:
            return result
        present = pairing.present
        one, other, count = present.left, present.right, len(present.left)
        sparse, dense = self.vectors([str(value) for value in present.values])
        norms = _squares(sparse, dense)
        shared = sparse[one].multiply(sparse[other]).tocsr()
        inner = np.bincount(rows_of(shared), shared.data, minlength=count) + (dense[one] * dense[other]).sum(axis=1)
        bound = np.sqrt(norms[one] * norms[other])
        result[pairing.both] = np.clip(np.divide(inner, bound, out=np.full(count, np.nan), where=bound > 0), 0, 1)
        return result

    def vectors(self, texts: list[str]) -> tuple[csr_matrix, "np.ndarray[Any, np.dtype[np.float64]]"]:
        """The sparse parts, shape (texts, n-grams), and the dense parts, shape (texts, dimension)."""
        frequency, importance, table = self._by_column
        units = weighted(occurrences(texts, self.words), frequency)
        sparse = csr_matrix((units.data * importance[units.indices], units.indices, units.indptr), shape=units.shape)
        return sparse, np.asarray(units @ table, dtype=np.float64)

    def unit_vectors(self, texts: Array) -> csr_matrix:
        """Both parts in one unit vector per text, shape (texts, n-grams + dimension); zeros where there is no text."""
        codes, distinct = pd.factorize(texts)
        sparse, dense = self.vectors([str(text) for text in distinct])
        norms = np.sqrt(_squares(sparse, dense))
        scale = np.divide(1, norms, out=np.zeros(len(norms)), where=norms > 0)
        units = csr_matrix(diags_array(scale) @ hstack([sparse, csr_matrix(dense)]), dtype=np.float32)
        units.resize((len(distinct) + 1, units.shape[1]))  # one row of zeros, for records without a text
        return units[np.where(codes < 0, len(distinct), codes)]

    @cached_property
    def _by_column(self) -> tuple[Weights, Weights, Weights]:
        width = BUCKETS * (2 if self.words else 1)
        frequency, importance = np.full(width, self.rarest, np.float32), np.ones(width, np.float32)
        frequency[self.columns], importance[self.columns] = self.frequency, self.importance
        table = np.zeros((width, self.table.shape[1]), np.float32)
        table[self.columns] = self.table
        return frequency, importance, table


@dataclass(frozen=True)
class Embeddings:
    """The embeddings by field. The key ``record`` is for the whole record."""

    fields: dict[str, TextEmbedding]

    def cosines(self, left: Columns, right: Columns, spec: MatchSpec) -> Iterator[Comparison]:
        """The learned cosine of each field in order, for row-aligned record features."""
        for name, embedding in self.fields.items():
            yield embedding.cosine(text_pairing(left, right, name, spec))

    def record_vectors(self, records: Table, spec: MatchSpec) -> csr_matrix:
        """One vector per record, shape (records, columns). A larger inner product means more similar records.

        It is the embedding of the whole record if there is one. Otherwise it joins the embeddings of the fields, and
        the inner product is the mean of their cosines. A missing field counts as 0. A negative cosine stays negative.
        """
        columns = columns_of(records)
        names = [RECORD] if RECORD in self.fields else list(self.fields)
        parts = [self.fields[name].unit_vectors(texts_of(columns, name, spec)) for name in names]
        return csr_matrix(hstack(parts) * np.float32(len(parts) ** -0.5), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write ``embeddings.safetensors``. It holds numbers for hashed n-grams and no text."""
        arrays: dict[str, Array] = {}
        for name, one in self.fields.items():
            arrays |= {f"{name}.{part}": np.ascontiguousarray(getattr(one, part)) for part in ARRAYS[:-1]}
            arrays[f"{name}.rarest"] = np.array([one.rarest], dtype=np.float64)
        path.write_bytes(save(arrays))

    @classmethod
    def load(cls, path: Path, spec: MatchSpec) -> "Embeddings":
        """Read what :meth:`save` wrote, in the order of the spec's fields.

        Raises:
            BundleError: the file is something else, or has embeddings of fields that get none in this spec.
        """
        try:
            arrays = load_file(path)
        except Exception as error:
            raise BundleError("The embeddings cannot be read.", DAMAGED) from error
        known = embedded_fields(spec)
        foreign = sorted({name.partition(".")[0] for name in arrays} - set(known))
        if foreign or not arrays:
            what = f"for {', '.join(foreign)}, which the spec does not embed" if foreign else "for no field"
            raise BundleError(f"The embeddings are {what}.", "train and register it again")
        named = [name for name in known if f"{name}.columns" in arrays]
        return cls({name: _read(arrays, name, known[name]) for name in named})


def _squares(sparse: csr_matrix, dense: Array) -> Array:
    """The squared length of each vector, shape (texts,)."""
    squares = np.bincount(rows_of(sparse), sparse.data.astype(np.float64) ** 2, minlength=sparse.shape[0])
    return np.asarray(squares + (dense * dense).sum(axis=1))


def _read(arrays: dict[str, Array], name: str, words: bool) -> TextEmbedding:
    found = {part: arrays[f"{name}.{part}"] for part in ARRAYS if f"{name}.{part}" in arrays}
    if len(found) < len(ARRAYS) or not _sound(found, BUCKETS * (2 if words else 1)):
        raise BundleError(f"The embedding of {name} cannot be read.", DAMAGED)
    rarest = float(found.pop("rarest")[0])
    return TextEmbedding(**found, rarest=rarest, words=words)


def _sound(found: dict[str, Array], width: int) -> bool:
    columns = found["columns"]
    if columns.dtype != np.int64 or columns.ndim != 1 or (np.diff(columns) <= 0).any():
        return False
    shapes = [found[part].shape for part in ("frequency", "importance", "rarest")]
    fits = shapes == [columns.shape, columns.shape, (1,)] and found["table"].ndim == 2
    inside = not len(columns) or (columns[0] >= 0 and columns[-1] < width)
    finite = all(np.isfinite(found[part]).all() for part in ARRAYS)
    return bool(fits and inside and len(found["table"]) == len(columns) and finite)
