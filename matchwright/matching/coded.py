"""Record features as numbers: equal values have equal numbers, and no number says what its value is.

Whoever plans the blocks of a register needs to know which values are equal, and never the values. Values are hashed
where they are, with a key that no one keeps. Of 128 bits, two values of a register never have the same hash.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates import RecordTable
from matchwright.core.records.corpus import SMALLEST_COUNT, Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD_FEATURES
from matchwright.matching.engine import Hashes
from matchwright.matching.frequencies import SMALLEST_SHARE, Mask

Codes = np.ndarray[Any, np.dtype[np.int64]]
MISSING = -1

KEY_BYTES = 32


def hashes_of(values: "pd.Series[Any]", key: bytes) -> Hashes:
    """The hash of each value, shape (rows, 2), 0 where it is missing. Each distinct value is hashed once.

    Args:
        values: texts or numbers. Numbers that are equal have equal hashes.
        key: of :data:`KEY_BYTES` bytes.
    """
    codes, distinct = pd.factorize(values.to_numpy())
    numeric = pd.api.types.is_numeric_dtype(values)
    texts = [repr(float(value) + 0.0) if numeric else str(value) for value in distinct]  # -0.0 and 0.0 are equal
    found = np.zeros((len(distinct) + 1, 2), dtype=np.uint64)
    for row, text in enumerate(texts):
        digest = hashlib.blake2b(text.encode(), digest_size=16, key=key).digest()
        found[row] = np.frombuffer(digest, dtype=np.uint64)
    return found[codes]


def codes_of(hashes: Hashes) -> Codes:
    """A number for each hash, in the order in which they first occur, :data:`MISSING` where a value is missing."""
    first, second = (pd.factorize(hashes[:, half])[0].astype(np.int64) for half in (0, 1))
    known = hashes.any(axis=1)
    both = first * (second.max(initial=0) + 1) + second
    found = np.full(len(hashes), MISSING, dtype=np.int64)
    found[known] = pd.factorize(both[known])[0]
    return found


def coded_table(keys: Any, codes: Mapping[str, Codes], one_table: bool, spec: MatchSpec) -> RecordTable:
    """A table of records whose features are numbers in place of values. Rules make the same blocks of it.

    Args:
        keys: the record keys, rising, shape (records,).
        codes: of features, by position.
        one_table: whether pairs are looked for within all records.
        spec: says which features are the rarity of a value, which no rule is narrowed by.
    """
    columns: dict[str, Any] = {"record_key": keys}
    for name, numbers in codes.items():
        # objects, because a number stands for a text: a rule is narrowed by texts alone
        objects = np.array([*range(int(numbers.max(initial=-1)) + 1), None], dtype=object)
        floats = np.where(numbers == MISSING, np.nan, numbers)
        columns[name] = floats if is_derived_number(name, spec) else objects[numbers]
    return RecordTable.of(pd.DataFrame(columns), one_table=one_table)


def is_derived_number(feature: str, spec: MatchSpec) -> bool:
    """Whether a feature is a number that is derived from a field, such as the rarity of a name."""
    field, _, suffix = feature.partition("__")
    return bool(suffix) and RECORD_FEATURES[spec.fields[field].kind].get(suffix) == "number"


def known_by_codes(
    codes: Mapping[str, Codes], held: Mask, fields: Sequence[str], corpus: Corpus
) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """As :func:`~matchwright.matching.frequencies.known_frequencies`, for records with numbers in place of values.

    Args:
        codes: of the counted fields, by position.
        held: whether the corpus holds the values of each record, shape (records, counted fields).
        fields: the counted fields.
        corpus: of the bundle.
    """
    known = np.zeros_like(held)
    for index, field in enumerate(fields):
        numbers = codes[field]
        counts = np.bincount(numbers[numbers != MISSING])
        rare = (counts < SMALLEST_COUNT) & (counts.sum() >= SMALLEST_SHARE * corpus.counted(field))
        known[:, index] = (np.append(rare, False)[numbers] | held[:, index]) & (numbers != MISSING)
    return known


def held_by_corpus(features: pd.DataFrame, fields: Sequence[str], corpus: Corpus) -> Mask:
    """Whether the corpus holds the values of each record, shape (records, counted fields)."""
    held = np.zeros((len(features), len(fields)), dtype=bool)
    for index, field in enumerate(fields):
        codes, distinct = pd.factorize(features[field].to_numpy())
        values = corpus.holds(field, corpus.value_information(field, np.asarray(distinct)))
        held[:, index] = np.append(values, False)[codes]
    return held
