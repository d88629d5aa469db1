"""Comparing records in the fields whose values are counted."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.compare.information import counted_fields, disagreeing, similarities
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.register_evidence.register import Mask, Rows

Array = np.ndarray[Any, np.dtype[np.float64]]


class CountedComparer:
    """Compares rows of a frame in the counted fields alone. Texts and whole records take time, and are not needed."""

    def __init__(self, frame: pd.DataFrame, spec: MatchSpec, corpus: Corpus) -> None:
        counted = counted_fields(spec)
        others = {
            name: section if name in counted else section.model_copy(update={"compare": False})
            for name, section in spec.fields.items()
        }
        self._frame, self._corpus = frame, corpus
        self._spec = spec.model_copy(update={"fields": others, "record": None})

    def disagreement(self, left: Rows, right: Rows) -> Mask:
        """In which counted fields the rows clearly disagree, shape (pairs, fields)."""
        return disagreeing(self._compared(left, right), self._spec)

    def similarities(self, left: Rows, right: Rows) -> Array:
        """How alike the rows are in the counted fields, shape (pairs, fields); NaN where a value is missing."""
        return similarities(self._compared(left, right), self._spec)

    def _compared(self, left: Rows, right: Rows) -> pd.DataFrame:
        one, other = (columns_of(self._frame.iloc[rows].reset_index(drop=True)) for rows in (left, right))
        return compare(one, other, self._spec, self._corpus)
