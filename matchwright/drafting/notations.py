"""The notation of a column, told from its values: the decimal mark of its numbers, and the order of its dates."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matchwright.core.notation import Decimal, Order
from matchwright.core.notation.dates import order_matters, read_date
from matchwright.core.notation.masks import date_mask, number_mask
from matchwright.core.notation.numbers import depends_on_notation, read_number, write_number

DECIMALS: tuple[Decimal, ...] = ("point", "comma")
ORDERS: tuple[Order, ...] = ("day_first", "month_first", "year_first")
_SHOWN = 3
_PLAIN = re.compile(r"-?\d+(?:\.\d{1,2})?")
_MEASURED = 2_000
_FEWEST_MIXED, _LEAST_MIXED = 3, 0.05
"""So many dates, and this share of those that prove an order, prove the rarer one where the orders are mixed."""


@dataclass(frozen=True)
class Told:
    """A notation per table. ``matters`` says whether a value is read differently in another notation.

    ``sure`` is False if the values of all tables fit several notations equally well.
    """

    sides: tuple[Any, ...]
    matters: bool
    sure: bool

    @property
    def left(self) -> Any:
        """The notation of the first table."""
        return self.sides[0]

    @property
    def right(self) -> Any:
        """The notation of the second table, if it is another one; else None."""
        return self.sides[-1] if self.sides[-1] != self.sides[0] else None


@dataclass(frozen=True)
class Proof:
    """The values of a table that can be read in one of two notations only, and those that are read as two values.

    The notations are the day first and the month first, or a decimal point and a decimal comma.
    """

    first: int
    second: int
    either: int

    @property
    def proves(self) -> int:
        """The values that can be read in one notation only."""
        return self.first + self.second

    @property
    def rarer(self) -> int:
        """The values that prove the notation that fewer values have."""
        return min(self.first, self.second)

    @property
    def is_mixed(self) -> bool:
        """Whether so many values prove each notation that none of them is a typing error."""
        return self.rarer >= max(_FEWEST_MIXED, _LEAST_MIXED * self.proves)


def told_decimal(sides: Sequence[Sequence[str]]) -> Told:
    """The decimal mark of each table, from its distinct values; a point where nothing speaks for either."""
    return _told(sides, DECIMALS, lambda text, mark: not math.isnan(read_number(text, mark)), depends_on_notation)


def told_order(sides: Sequence[Sequence[str]]) -> Told:
    """The order of the dates of each table, from its distinct values; the day first where nothing speaks for any.

    Where values of one table prove both orders of day and month, it is ``mixed``, unless one of both is rare.
    """
    told = _told(sides, ORDERS, lambda text, order: read_date(text, order) is not None, order_matters)
    proofs = [order_proof(_sample(values)) for values in sides]
    orders = ["mixed" if proof.is_mixed else order for proof, order in zip(proofs, told.sides, strict=True)]
    # a table whose dates prove nothing is taken to be written like the other one
    mixed = "mixed" in orders
    orders = ["mixed" if mixed and not proof.proves else order for proof, order in zip(proofs, orders, strict=True)]
    return replace(told, sides=tuple(orders), sure=told.sure or mixed)


def order_proof(values: Iterable[str | None]) -> Proof:
    """How many dates can be read with the day first only, with the month first only, and as two different days."""
    return _proof(values, lambda text: (read_date(text, "day_first"), read_date(text, "month_first")))


def decimal_proof(values: Iterable[str | None]) -> Proof:
    """How many numbers can be read with a decimal point only, with a comma only, and as two different numbers."""

    def readings(text: str) -> tuple[float | None, float | None]:
        point, comma = read_number(text, "point"), read_number(text, "comma")
        return (None if math.isnan(point) else point), (None if math.isnan(comma) else comma)

    return _proof(values, readings)


def _proof(values: Iterable[str | None], readings: Callable[[str], tuple[Any, Any]]) -> Proof:
    found = Counter[str]()
    for value, count in Counter(value for value in values if value is not None).items():
        first, second = readings(value)
        if first != second:
            found["second" if first is None else "first" if second is None else "either"] += count
    return Proof(found["first"], found["second"], found["either"])


def decimal_forms(sides: Sequence[Sequence[str]], told: Told) -> list[tuple[str, str]]:
    """The most frequent forms of the numbers, masked, each with the form in which it is read."""

    def form(text: str, decimal: Any) -> tuple[str, str] | None:
        number = read_number(text, decimal)
        return (
            None
            if math.isnan(number) or _PLAIN.fullmatch(text)
            else (number_mask(text), number_mask(write_number(number)))
        )

    return _forms(sides, told, form)


def date_forms(sides: Sequence[Sequence[str]], told: Told) -> list[tuple[str, str]]:
    """The most frequent forms of the dates, as patterns, each with the pattern in which it is read."""

    def form(text: str, order: Any) -> tuple[str, str] | None:
        read = read_date(text, order)
        if read is None:
            return None
        return date_mask(text, order), "yyyy-mm-dd" if "-" in read else "yyyymmdd"

    return _forms(sides, told, form)


def unreadable_shares(sides: Sequence[Sequence[str | None]], readable: Callable[[str, Any], bool], told: Told) -> float:
    """The share of a table's values that cannot be read, in the table where it is larger."""
    shares = []
    for values, notation in zip(sides, told.sides, strict=True):
        counts = Counter(value for value in values if value is not None)
        bad = sum(count for value, count in counts.items() if not readable(value, notation))
        shares.append(bad / counts.total() if counts else 0.0)
    return max(shares)


def _told(
    sides: Sequence[Sequence[str]],
    notations: Sequence[Any],
    reads: Callable[[str, Any], bool],
    matters: Callable[[str], bool],
) -> Told:
    samples = list(map(_sample, sides))
    speaking = [[value for value in values if matters(value)] for values in samples]
    fits = [{notation: sum(reads(v, notation) for v in values) for notation in notations} for values in speaking]
    best = [_single_best(found) for found in fits]
    # a table that says nothing is taken to be written like the other one
    known = next((notation for notation in best if notation is not None), None)
    return Told(
        sides=tuple(notation or known or notations[0] for notation in best),
        matters=any(speaking),
        sure=known is not None or not any(speaking),
    )


def _sample(values: Sequence[str]) -> Sequence[str]:
    return values[:: max(1, -(-len(values) // _MEASURED))]


def _single_best(fits: dict[Any, int]) -> Any:
    most = max(fits.values(), default=0)
    found = [notation for notation, count in fits.items() if count == most]
    return found[0] if most and len(found) == 1 else None


def _forms(
    sides: Sequence[Sequence[str]], told: Told, form: Callable[[str, Any], tuple[str, str] | None]
) -> list[tuple[str, str]]:
    counts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for values, notation in zip(sides, told.sides, strict=True):
        for value in _sample(values):
            found = form(value, notation)
            if found is not None and found[0] != found[1]:
                counts[found[0]] += 1
                pairs[found] += 1
    usual: dict[str, str] = {}
    for (before, after), _ in pairs.most_common():
        usual.setdefault(before, after)
    return [(before, usual[before]) for before, _ in counts.most_common(_SHOWN)]
