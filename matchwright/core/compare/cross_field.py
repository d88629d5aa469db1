"""Evidence across fields: a value of one record that is somewhere in the other record."""

from operator import contains
from typing import cast

import numpy as np

from matchwright.core.compare.pairing import Pairing, numbered_values
from matchwright.core.compare.strings import Comparison, jaro_winkler
from matchwright.core.records.columns import Columns, as_objects
from matchwright.core.records.whole import as_text, record_fields, record_texts
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD

SHORTEST_VALUE = 2


def record_pairing(left: Columns, right: Columns, spec: MatchSpec, fields: tuple[str, ...] | None = None) -> Pairing:
    """The whole records of both sides as text, or some of their fields."""
    chosen = record_fields(spec) if fields is None else fields
    one, other = ({RECORD: record_texts(side, chosen)} for side in (left, right))
    return Pairing.of(one, other, RECORD, spec.sources.alike)


def cross_field(pairing: Pairing, records: Pairing, squeeze: bool) -> Comparison:
    """The share of the two values of a field that are found in the text of the other record: 0, 0.5 or 1.

    NaN where neither side has a value of at least two characters, or the other record is empty. A value is searched
    for also if the other record has none in this field.

    Args:
        pairing: the field's values. Numbers are in their shortest notation.
        records: the whole records of both sides as text.
        squeeze: search for codes inside words and across spaces; otherwise for whole words.
    """
    found, looked = np.zeros(len(pairing.left)), np.zeros(len(pairing.left))
    values, texts = numbered_values(pairing), numbered_values(records)
    # a missing value has number -1, so it reads the last element, which is empty
    sought = as_objects([*(_sought(value, squeeze) for value in as_text(values.values)), ""])
    searched = as_objects([*(_searched(text, squeeze) for text in texts.values), ""])
    asks, reads = sought != "", searched != ""
    for value, text in ((values.left, texts.right), (values.right, texts.left)):
        rows = np.flatnonzero(asks[value] & reads[text])
        looked[rows] += 1
        hits = map(contains, searched[text[rows]].tolist(), sought[value[rows]].tolist())
        found[rows] += np.fromiter(hits, dtype=bool, count=len(rows))
    share = np.divide(found, looked, out=np.full(len(found), np.nan), where=looked > 0)
    return cast("Comparison", share.astype(np.float32))


def _sought(value: str | None, squeeze: bool) -> str:
    if value is None or len(value) < SHORTEST_VALUE:
        return ""
    return value if squeeze else f" {value} "


def _searched(text: str, squeeze: bool) -> str:
    return text.replace(" ", "") if squeeze else f" {text} "


def swapped(left: Columns, right: Columns, field: str, others: tuple[str, ...], alike: bool) -> Comparison:
    """How well two names agree when they are swapped: the weaker of both Jaro-Winkler similarities, in [0, 1].

    It is the best value over ``others``; NaN where none of them has all four values.
    """
    best = np.full(len(left[field]), np.nan, dtype=np.float32)
    for other in others:
        across = [
            Pairing.of({field: left[one]}, {field: right[two]}, field, alike)
            for one, two in ((field, other), (other, field))
        ]
        best = np.fmax(best, np.minimum(jaro_winkler(across[0]), jaro_winkler(across[1])))
    return best
