"""Neutral values of comparisons: what holds a scorer to common sense where evidence is missing or contradicts itself.

A comparison's neutral value speaks neither for nor against a match. A missing comparison counts as neutral. So a
blanked field that agreed never raises the score, and one that disagreed never lowers it, if more agreement never lowers
the score.

A field may have several comparisons, and the first one says whether it disagrees. Where that one is below its neutral
value, none of the others counts as more than neutral: two years that are not equal are no evidence for a match because
they share three digits. Two kinds of comparisons are left as they are. Similarities of running texts each say something
else about a text. And some comparisons find the same value in another way: a short form of a name, names that are
swapped, a value in a text of the other record, a date of which only the year was known.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from matchwright.core.compare.names import CONTEXT, RECORD
from matchwright.core.spec.vocabulary import COMPARATORS, IN_ANOTHER_WAY

Matrix = np.ndarray[Any, np.dtype[np.float32]]


def with_neutral(matrix: Matrix, neutral: tuple[float, ...], names: tuple[str, ...]) -> Matrix:
    """The comparisons as a scorer reads them, shape (pairs, comparisons).

    Args:
        matrix: the comparisons, NaN where one is missing.
        neutral: the neutral value of each; NaN for one that may stay missing. If it is empty, nothing is changed.
        names: of the comparisons.
    """
    if not neutral:
        return matrix
    values = np.array(neutral, dtype=np.float32)
    filled = np.where(np.isnan(matrix), values, matrix)
    first = first_of_field(names)
    # where the first comparison of a field is its own, both conditions never hold
    return np.where((filled[:, first] < values[first]) & (filled > values), values, filled)


@lru_cache
def first_of_field(names: tuple[str, ...]) -> "np.ndarray[Any, np.dtype[np.intp]]":
    """For each comparison the index of the first one of its field; its own index where it may speak alone."""
    firsts: dict[str, int] = {}
    found = []
    for index, name in enumerate(names):
        field, _, comparator = name.partition("__")
        first = firsts.setdefault(field, index)
        free = field in (RECORD, CONTEXT) or comparator in IN_ANOTHER_WAY
        of_text = names[first].partition("__")[2] in COMPARATORS["text"]
        found.append(index if free or of_text else first)
    return np.array(found, dtype=np.intp)
