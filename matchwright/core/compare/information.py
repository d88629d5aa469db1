"""How much the agreeing values of a pair say: a rare name says much, a common state says little."""

from typing import cast

import numpy as np
import pandas as pd

from matchwright.core.compare.names import primary_comparison
from matchwright.core.records.columns import Columns
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import FALLING, MISSING_SUFFIX

Numbers = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def agreeing_information(
    left: Columns, right: Columns, comparisons: pd.DataFrame, spec: MatchSpec, corpus: Corpus
) -> Numbers:
    """The information of the values that agree, in decimal orders of magnitude: 3.0 is one record in a thousand.

    A field counts as agreeing if both records have it and it does not disagree. Where its two values are not the same,
    the mean of their information is taken, as if they were.

    Args:
        left: record features of the left records, one row per pair.
        right: those of the right records.
        comparisons: of the same pairs.
        spec: the match spec.
        corpus: has the frequency of every value.

    Returns:
        Shape (pairs, compared fields), in the spec's order. 0 where a field is missing or disagrees.
    """
    columns = []
    for field, section in spec.compared.items():
        name = primary_comparison(spec, field)
        primary = np.asarray(comparisons[name], dtype=np.float64)
        if name.partition("__")[2] in FALLING:
            primary = 1 / (1 + np.maximum(primary, 0))
        known = np.asarray(comparisons[f"{field}__{MISSING_SUFFIX}"]) == 0
        with np.errstate(invalid="ignore"):
            agrees = known & (np.round(primary, 5) >= section.disagrees_below)
        information = np.zeros(len(agrees))
        rows = np.flatnonzero(agrees)
        if len(rows):
            one, other = (corpus.value_information(field, side[field][rows]) for side in (left, right))
            information[rows] = (one + other) / 2
        columns.append(information)
    return cast("Numbers", np.column_stack(columns))
