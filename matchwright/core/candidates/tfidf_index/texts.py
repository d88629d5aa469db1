"""The texts of records. Records with the same text are looked up once, and found together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from matchwright.core.candidates.tfidf_index.ngrams import Integers, blocks_of_texts
from matchwright.core.records.whole import as_text

ROWS = 50_000
"""Records whose fields are joined at a time."""


@dataclass(frozen=True)
class DistinctTexts:
    """Distinct texts in the order in which they first occur.

    - ``text``: an Arrow array of strings, shape (texts,).
    - ``copies``: how many records have each, shape (texts,).
    - ``indexed``, ``asked``: 1 for texts of the index, and for texts that are looked up in it; shape (texts,).
    """

    text: Any
    copies: Integers
    indexed: Integers
    asked: Integers

    @property
    def records(self) -> int:
        """The records with these texts, those without text included."""
        return int(self.copies.sum())

    def blocks(self) -> "Iterator[tuple[list[str], tuple[Integers, Integers, Integers]]]":
        """The texts block by block, each with its copies and flags."""
        for part in blocks_of_texts(lengths_of(self.text)):
            chosen = self.text[part.start : part.stop].to_pylist()
            yield chosen, (self.copies[part], self.indexed[part], self.asked[part])


def distinct_texts(index: Any, asked: Any | None) -> DistinctTexts:
    """The distinct texts of two sets of records.

    Args:
        index: the texts of the records of an index, an Arrow array of strings.
        asked: those of other records that are looked up in it. None where the records of the index are.
    """
    both = index if asked is None else pa.concat_arrays([index, asked])
    encoded = both.dictionary_encode()
    text_of = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    of_index, of_asked = text_of[: len(index)], text_of if asked is None else text_of[len(index) :]
    size = len(encoded.dictionary)
    flags = [np.zeros(size, dtype=np.int64) for _ in range(2)]
    flags[0][of_index], flags[1][of_asked] = 1, 1
    return DistinctTexts(encoded.dictionary, np.bincount(text_of, minlength=size), *flags)


def joined_text(features: pd.DataFrame, fields: tuple[str, ...]) -> list[str]:
    """The normal forms of ``fields`` as one text per record, without missing values."""
    columns = [_as_text(features[field]) for field in fields]
    return [" ".join(filter(None, values)) for values in zip(*columns, strict=True)]


def arrow_texts(features: pd.DataFrame, fields: tuple[str, ...]) -> Any:
    """As :func:`joined_text`, as an Arrow array, which takes a third of the memory of a list."""
    chosen = features[list(fields)]
    parts = [
        pa.array(joined_text(chosen.iloc[start : start + ROWS], fields), type=pa.large_string())
        for start in range(0, len(features), ROWS)
    ]
    return pa.concat_arrays(parts) if parts else pa.array([], type=pa.large_string())


def lengths_of(texts: Any) -> Integers:
    """The bytes of each text of an Arrow array."""
    import pyarrow.compute as pc

    return np.asarray(pc.binary_length(texts).to_numpy(zero_copy_only=False), dtype=np.int64)


def _as_text(values: "pd.Series[Any]") -> list[str]:
    if pd.api.types.is_numeric_dtype(values):
        return [text or "" for text in as_text(values.to_numpy(dtype=np.float64))]
    return list(values.astype(object).where(values.notna(), ""))
