"""Whether pairs that are labelled as no match look alike, as candidates do, or are drawn at random."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from matchwright.core.records.normal import words
from matchwright.drafting.tables import Labels, Tables

_PAIRS, _PARTNERS = 200, 50
_PERHAPS_BY_CHANCE = 0.1
"""Of pairs drawn at random, about one in fifty has more words in common than so many others. A few more say nothing."""


def others_look_alike(tables: Tables, columns: Sequence[str], labels: Labels) -> bool:
    """Whether several pairs labelled as no match have more words in common than their left record has with others.

    Args:
        tables: the tables.
        columns: the columns that are compared.
        labels: the labelled pairs that training can use.
    """
    draw = np.random.default_rng(4)
    rows = [dict(zip(side[tables.record_id], range(len(side)), strict=True)) for side in tables.sides]
    others = [(labels.left[n], labels.right[n]) for n in draw.permutation(np.flatnonzero(~labels.matches))[:_PAIRS]]
    pairs = [(rows[0][one], rows[-1][other]) for one, other in others if one in rows[0] and other in rows[-1]]
    if not pairs:
        return False
    left, right = tables.sides[0][list(columns)], tables.sides[-1][list(columns)]
    known: dict[int, frozenset[str]] = {}

    def of_right(row: int) -> frozenset[str]:
        if row not in known:
            known[row] = _words(right, row)
        return known[row]

    strangers = draw.integers(0, len(right), _PARTNERS).tolist()
    alike = 0
    for one, other in pairs:
        given = _words(left, one)
        most = max((_overlap(given, of_right(row)) for row in strangers if row != other), default=0.0)
        alike += _overlap(given, of_right(other)) > most
    return alike > _PERHAPS_BY_CHANCE * len(pairs)


def _words(table: pd.DataFrame, row: int) -> frozenset[str]:
    values = [value for value in table.iloc[row] if isinstance(value, str)]
    return frozenset(word for value in values for word in (words(value) or "").split())


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
