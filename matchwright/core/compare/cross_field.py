"""Evidence across fields: a value of one record that is somewhere in the other record."""

from operator import contains
from typing import cast

import numpy as np

from matchwright.core.compare.pairing import Pairing, numbered_values
from matchwright.core.compare.strings import Comparison, jaro_winkler
from matchwright.core.records.columns import Columns, as_objects
from matchwright.core.records.compound_codes import HYPHEN
from matchwright.core.records.whole import as_text, record_fields, record_texts, text_fields
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD

SHORTEST_VALUE = 2
SWAPPED_FROM = 0.7
"""Names that are less alike are not swapped."""


def record_pairing(left: Columns, right: Columns, spec: MatchSpec, fields: tuple[str, ...] | None = None) -> Pairing:
    """The whole records of both sides as text, or some of their fields."""
    chosen = record_fields(spec) if fields is None else fields
    one, other = ({RECORD: record_texts(side, chosen)} for side in (left, right))
    return Pairing.of(one, other, RECORD, spec.sources.alike)


def searched_texts(left: Columns, right: Columns, spec: MatchSpec) -> Pairing:
    """The running texts of both records, in which values of other fields are searched for."""
    return record_pairing(left, right, spec, text_fields(spec))


def cross_field(pairing: Pairing, texts: Pairing, squeeze: bool) -> Comparison:
    """1 where each known value of a field is found in the texts of the other record, or both are equal; else 0.

    NaN where one side alone has a value and the other record has no text, or neither side has a value. Only texts are
    searched, and both values of two different ones must be found. So a value that disagrees is never evidence for a
    match, neither for its own field nor for another one.

    Args:
        pairing: the field's values. Numbers are in their shortest notation.
        texts: the texts of both sides, see :func:`searched_texts`.
        squeeze: search for codes inside words and across spaces; otherwise for whole words.
    """
    found, looked = np.zeros(len(pairing)), np.zeros(len(pairing))
    values, whole = numbered_values(pairing), numbered_values(texts)
    # a missing value has number -1, so it reads the last element, which is empty
    sought = as_objects([*(_sought(value, squeeze) for value in as_text(values.values)), ""])
    searched = as_objects([*(_searched(text, squeeze) for text in whole.values), ""])
    asks, reads = sought != "", searched != ""
    for value, text in ((values.left, whole.right), (values.right, whole.left)):
        rows = np.flatnonzero(asks[value] & reads[text])
        looked[rows] += 1
        hits = map(contains, searched[text[rows]].tolist(), sought[value[rows]].tolist())
        found[rows] += np.fromiter(hits, dtype=bool, count=len(rows))
    wanted = np.where(pairing.both, 2, 1)
    share = np.where(looked > 0, found == wanted, np.where(pairing.both, 0.0, np.nan))
    return cast("Comparison", np.where(pairing.both & pairing.equal, 1.0, share).astype(np.float32))


def _sought(value: str | None, squeeze: bool) -> str:
    if value is None or len(value) < SHORTEST_VALUE:
        return ""
    return value if squeeze else f" {value} "


def _searched(text: str, squeeze: bool) -> str:
    words = text.replace(HYPHEN, " ")
    return words.replace(" ", "") if squeeze else f" {words} "


def swapped(left: Columns, right: Columns, field: str, others: tuple[str, ...], alike: bool) -> Comparison:
    """How well two names agree when they are swapped: the weaker of both Jaro-Winkler similarities, in [0, 1].

    It is the best value over ``others``; NaN where none of them has all four values. Below :data:`SWAPPED_FROM` it is
    0: names that are hardly alike are not swapped, and must not be evidence for a match.
    """
    best = np.full(len(left[field]), np.nan, dtype=np.float32)
    for other in others:
        across = [Pairing.across(left, one, right, two, alike) for one, two in ((field, other), (other, field))]
        best = np.fmax(best, np.minimum(jaro_winkler(across[0]), jaro_winkler(across[1])))
    return cast("Comparison", np.where(best < SWAPPED_FROM, np.float32(0), best))
