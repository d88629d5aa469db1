"""Representations as they serve: hashed n-grams under a learned metric, in NumPy alone.

A text is a long vector of its n-grams' weights and a short one, the sum of what each n-gram was taught to mean.
Untaught, the cosine of two texts is that of inverse document frequencies.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save
from scipy.sparse import csr_matrix

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison
from matchwright.core.representations.ngrams import BUCKETS, Weights, occurrences, rows_of, weighted
from matchwright.core.representations.subjects import subjects_of
from matchwright.core.spec import MatchSpec
from matchwright.errors import DAMAGED, BundleError

ARRAYS = ("columns", "frequency", "importance", "table", "rarest")
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Representation:
    """One field's, or the record's.

    ``columns`` are the n-grams that taught, rising; of each ``frequency`` is its inverse document frequency,
    ``importance`` what training made of it (1: nothing), and ``table`` its row of shape (dimension,). All others
    have the weight ``rarest``. ``words`` says whether words are read beside trigrams.
    """

    columns: Array
    frequency: Weights
    importance: Weights
    table: Weights
    rarest: float
    words: bool

    def cosine(self, pairing: Pairing) -> Comparison:
        """In [0, 1] (negative ones count as 0), NaN where a side has no text. Symmetric."""
        result = np.full(len(pairing.both), np.nan, dtype=np.float32)
        if not pairing.any:
            return result
        present = pairing.present
        one, other, count = present.left, present.right, len(present.left)
        long, short = self.vectors([str(value) for value in present.values])
        squares = np.bincount(rows_of(long), long.data.astype(np.float64) ** 2, minlength=len(present.values))
        norms = squares + (short * short).sum(axis=1)
        shared = long[one].multiply(long[other]).tocsr()
        inner = np.bincount(rows_of(shared), shared.data, minlength=count) + (short[one] * short[other]).sum(axis=1)
        bound = np.sqrt(norms[one] * norms[other])
        result[pairing.both] = np.clip(np.divide(inner, bound, out=np.full(count, np.nan), where=bound > 0), 0, 1)
        return result

    def vectors(self, texts: list[str]) -> tuple[csr_matrix, "np.ndarray[Any, np.dtype[np.float64]]"]:
        """The long vectors, shape (texts, n-grams), and the short ones, (texts, dimension)."""
        frequency, importance, table = self._by_column
        units = weighted(occurrences(texts, self.words), frequency)
        long = csr_matrix((units.data * importance[units.indices], units.indices, units.indptr), shape=units.shape)
        return long, np.asarray(units @ table, dtype=np.float64)

    @cached_property
    def _by_column(self) -> tuple[Weights, Weights, Weights]:
        width = BUCKETS * (2 if self.words else 1)
        frequency, importance = np.full(width, self.rarest, np.float32), np.ones(width, np.float32)
        frequency[self.columns], importance[self.columns] = self.frequency, self.importance
        table = np.zeros((width, self.table.shape[1]), np.float32)
        table[self.columns] = self.table
        return frequency, importance, table


@dataclass(frozen=True)
class Representations:
    """By field, and ``record`` for that of the whole record."""

    fields: dict[str, Representation]

    def save(self, path: Path) -> None:
        """Write ``representations.safetensors``: numbers of hashed n-grams, and no text."""
        arrays: dict[str, Array] = {}
        for name, one in self.fields.items():
            arrays |= {f"{name}.{part}": np.ascontiguousarray(getattr(one, part)) for part in ARRAYS[:-1]}
            arrays[f"{name}.rarest"] = np.array([one.rarest], dtype=np.float64)
        path.write_bytes(save(arrays))

    @classmethod
    def load(cls, path: Path, spec: MatchSpec) -> "Representations":
        """Read what :meth:`save` wrote, in the order of the spec's fields.

        Raises:
            BundleError: the file is something else, or is of other fields than the spec has.
        """
        try:
            arrays = load_file(path)
        except Exception as error:
            raise BundleError("The representations cannot be read.", DAMAGED) from error
        known = subjects_of(spec)
        foreign = sorted({name.partition(".")[0] for name in arrays} - set(known))
        if foreign or not arrays:
            what = f"of {', '.join(foreign)}, which the spec has none for" if foreign else "of no field"
            raise BundleError(f"The representations are {what}.", "train and register it again")
        named = [name for name in known if f"{name}.columns" in arrays]
        return cls({name: _read(arrays, name, known[name]) for name in named})


def _read(arrays: dict[str, Array], name: str, words: bool) -> Representation:
    found = {part: arrays[f"{name}.{part}"] for part in ARRAYS if f"{name}.{part}" in arrays}
    if len(found) < len(ARRAYS) or not _sound(found, BUCKETS * (2 if words else 1)):
        raise BundleError(f"The representation of {name} is not one.", DAMAGED)
    rarest = float(found.pop("rarest")[0])
    return Representation(**found, rarest=rarest, words=words)


def _sound(found: dict[str, Array], width: int) -> bool:
    columns = found["columns"]
    if columns.dtype != np.int64 or columns.ndim != 1 or (np.diff(columns) <= 0).any():
        return False
    shapes = [found[part].shape for part in ("frequency", "importance", "rarest")]
    fits = shapes == [columns.shape, columns.shape, (1,)] and found["table"].ndim == 2
    inside = not len(columns) or (columns[0] >= 0 and columns[-1] < width)
    finite = all(np.isfinite(found[part]).all() for part in ARRAYS)
    return bool(fits and inside and len(found["table"]) == len(columns) and finite)
