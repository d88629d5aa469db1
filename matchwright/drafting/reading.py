"""How the values of a drafted field are read: its words for 'empty', its notation, and what cannot be read."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matchwright.core.notation import Order
from matchwright.core.notation.dates import read_date
from matchwright.core.notation.numbers import read_number, without_zero_fraction
from matchwright.core.spec import FieldKind
from matchwright.drafting.missing import MissingWords
from matchwright.drafting.notations import (
    Proof,
    Told,
    date_forms,
    decimal_forms,
    decimal_proof,
    order_proof,
    unreadable_shares,
)
from matchwright.drafting.profile import Profile

Values = Sequence[Sequence[str | None]]


@dataclass(frozen=True)
class Reading:
    """Drafted keys of a field about its values, with what justifies them.

    ``missing`` is the field's own list, None where the spec's list holds. ``counts`` are of the words in this column,
    and ``kept`` of those that may be real values here.
    ``forms`` are masked values before and after they are read: with a 9 for every digit, or as ``dd/mm/yyyy``.
    """

    notation: dict[str, str]
    missing: tuple[str, ...] | None
    counts: dict[str, int]
    kept: dict[str, int]
    forms: tuple[tuple[str, str], ...]
    sure: bool
    unreadable: float
    proofs: tuple[Proof, ...] = ()
    """What the values of each table prove about the order of its dates, or about the mark of its decimals."""


def reading_of(column: str, kind: FieldKind, values: Values, profile: Profile, missing: MissingWords) -> Reading:
    """How the values of a column are read. ``values`` have no word for 'empty'."""
    notation: dict[str, str] = {}
    forms: list[tuple[str, str]] = []
    told, unreadable = None, 0.0
    proofs: tuple[Proof, ...] = ()
    distinct = [list(dict.fromkeys(value for value in side if value is not None)) for side in values]
    if kind == "number":
        told = profile.decimals
        notation = _keys("decimal", told)
        forms = decimal_forms(distinct, told)
        unreadable = unreadable_shares(values, lambda text, mark: not math.isnan(read_number(text, mark)), told)
        proofs = tuple(map(decimal_proof, values))
    elif kind == "date":
        told = profile.order
        notation = _keys("order", told)
        forms = date_forms(distinct, told)
        unreadable = unreadable_shares(values, _is_date, told)
        proofs = tuple(map(order_proof, values))
    return Reading(
        notation=notation,
        missing=missing.own.get(column),
        counts=missing.counts.get(column, {}),
        kept=missing.kept.get(column, {}),
        forms=tuple(forms),
        sure=told is None or told.sure,
        unreadable=unreadable,
        proofs=proofs,
    )


def _is_date(text: str, order: Order) -> bool:
    return read_date(without_zero_fraction(text), order) is not None


def _keys(name: str, told: Told) -> dict[str, str]:
    """The keys of a notation; none where every value is read in the same way in all notations."""
    if not told.matters:
        return {}
    return {name: told.left} | ({f"{name}_right": told.right} if told.right is not None else {})
