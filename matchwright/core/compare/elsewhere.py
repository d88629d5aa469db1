"""Evidence across fields: a value that stands somewhere else in the other record."""

from collections.abc import Callable
from typing import cast

import numpy as np

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison, jaro_winkler
from matchwright.core.records.columns import Array, Columns, as_objects
from matchwright.core.records.whole import as_text, record_texts
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD

SHORTEST_VALUE = 2


def record_pairing(left: Columns, right: Columns, spec: MatchSpec) -> Pairing:
    """Both sides' whole records as text."""
    one, other = ({RECORD: record_texts(side, spec)} for side in (left, right))
    return Pairing.of(one, other, RECORD, spec.sources.alike)


def elsewhere(pairing: Pairing, records: Pairing, squeeze: bool) -> Comparison:
    """Share of the sides' values that stand in the other record's text, whatever the field: 0, 0.5 or 1.

    NaN where neither side has a value of at least two characters, or the other record is empty. A value
    may be compared although the other side has none in this field: that is what it is for.

    Args:
        pairing: the field's values; numbers are read in their shortest notation.
        records: both sides' whole records as text.
        squeeze: look for codes inside words and across blanks; otherwise for whole words.
    """
    found, looked = np.zeros(len(pairing.left)), np.zeros(len(pairing.left))
    for values, texts in ((pairing.left, records.right), (pairing.right, records.left)):
        wanted, asked = _each_once(as_text(values), lambda value: _sought(value, squeeze))
        read, text = _each_once(texts.tolist(), lambda value: _searched(value, squeeze))
        rows = np.flatnonzero((asked != "")[wanted] & (text != "")[read])
        looked[rows] += 1
        pairs = zip(asked[wanted[rows]].tolist(), text[read[rows]].tolist(), strict=True)
        found[rows] += np.fromiter((value in whole for value, whole in pairs), dtype=bool, count=len(rows))
    share = np.divide(found, looked, out=np.full(len(found), np.nan), where=looked > 0)
    return cast("Comparison", share.astype(np.float32))


def _each_once(values: list[str | None], convert: Callable[[str], str]) -> tuple[Array, Array]:
    """For each value the place of its conversion, and the conversions as objects; "" where there is nothing."""
    places: dict[str | None, int] = {}
    place = np.fromiter((places.setdefault(value, len(places)) for value in values), dtype=np.intp, count=len(values))
    return place, as_objects(["" if value is None else convert(value) for value in places])


def _sought(value: str, squeeze: bool) -> str:
    if len(value) < SHORTEST_VALUE:
        return ""
    return value if squeeze else f" {value} "


def _searched(text: str, squeeze: bool) -> str:
    return text.replace(" ", "") if squeeze else f" {text} "


def swapped(left: Columns, right: Columns, field: str, others: tuple[str, ...], alike: bool) -> Comparison:
    """How well two names agree when they change places: the weaker of both Jaro-Winkler similarities, in [0, 1].

    The best over ``others``; NaN where none has all four values.
    """
    best = np.full(len(left[field]), np.nan, dtype=np.float32)
    for other in others:
        across = [
            Pairing.of({field: left[one]}, {field: right[two]}, field, alike)
            for one, two in ((field, other), (other, field))
        ]
        best = np.fmax(best, np.minimum(jaro_winkler(across[0]), jaro_winkler(across[1])))
    return best
