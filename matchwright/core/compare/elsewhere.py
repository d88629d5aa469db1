"""Evidence across fields: a value that stands somewhere else in the other record."""

from typing import cast

import numpy as np

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison, jaro_winkler
from matchwright.core.records.columns import Columns
from matchwright.core.records.whole import as_text, record_fields, record_texts
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD

SHORTEST_VALUE = 2


def record_pairing(left: Columns, right: Columns, spec: MatchSpec, fields: tuple[str, ...] | None = None) -> Pairing:
    """Both sides' whole records, or some of their fields, as text."""
    chosen = record_fields(spec) if fields is None else fields
    one, other = ({RECORD: record_texts(side, chosen)} for side in (left, right))
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
        for row, (value, text) in enumerate(zip(as_text(values), texts, strict=True)):
            if value is None or text is None or len(value) < SHORTEST_VALUE:
                continue
            looked[row] += 1
            found[row] += value in text.replace(" ", "") if squeeze else f" {value} " in f" {text} "
    share = np.divide(found, looked, out=np.full(len(found), np.nan), where=looked > 0)
    return cast("Comparison", share.astype(np.float32))


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
