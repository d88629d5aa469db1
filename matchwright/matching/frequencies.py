"""Which values of the matched tables are as frequent as the corpus of the bundle has it.

The corpus holds no value that fewer than three records have, nor one that its register lacks. The matched tables tell
these apart: at most two of their records have a rare value, and more have a common one that the register lacks.
"""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.information import counted_fields
from matchwright.core.records.columns import Columns, row_count
from matchwright.core.records.corpus import SMALLEST_COUNT, Corpus
from matchwright.core.spec import MatchSpec

Mask = np.ndarray[Any, np.dtype[np.bool_]]

SMALLEST_SHARE = 0.5
"""Tables that have values of a field in fewer records than this share of those that the corpus counted cannot tell that
a value is rare: in a table of twenty records, two may have a very common surname."""


def known_frequencies(features: Columns, spec: MatchSpec, corpus: Corpus) -> Mask:
    """Whether the corpus knows how frequent each value of some tables is, shape (records, counted fields).

    It does if it holds the value, or if at most two records of the tables have it and the tables are large enough.

    Args:
        features: record features of all records of the tables.
        spec: the match spec.
        corpus: of the bundle.
    """
    fields = counted_fields(spec)
    known = np.zeros((row_count(features), len(fields)), dtype=bool)
    for index, field in enumerate(fields):
        known[:, index] = _of_field(field, features[field], corpus)
    return known


def of_pairs(frequencies: Mask, left: Any, right: Any) -> Mask:
    """Whether the corpus knows how frequent the values of both records are, shape (pairs, counted fields)."""
    return np.asarray(frequencies[left] & frequencies[right])


def _of_field(field: str, values: "np.ndarray[Any, Any]", corpus: Corpus) -> Mask:
    codes, distinct = pd.factorize(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(distinct))
    rare = (counts < SMALLEST_COUNT) & (counts.sum() >= SMALLEST_SHARE * corpus.counted(field))
    rare[~rare] = corpus.holds(field, corpus.value_information(field, np.asarray(distinct)[~rare]))
    return np.append(rare, False)[codes]  # a missing value has the code -1
