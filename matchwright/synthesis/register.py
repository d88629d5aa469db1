"""Which records a register has: households, their persons, and how many records each person has.

Only whole numbers are kept, a few bytes for each record. Values follow from them (see :mod:`persons`), so a register
of any size is written in blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matchwright.synthesis.draws import Draws, Values, Whole
from matchwright.synthesis.options import Options

MEMBERS = 32
"""More than any household has: the number of a person is that of the household times this, plus the member's."""
HOUSEHOLD_SIZES = (0.28, 0.35, 0.15, 0.13, 0.06, 0.02, 0.01)
"""The shares of households of 1, 2, 3, ... persons: the census of the United States of 2020."""
COUPLES = 0.75
"""Of households with two or more persons: the first two are a couple."""
SKEW = 0.6
"""The shape of the negative binomial distribution of the further records of a person: the smaller, the more skewed."""
MOST_RECORDS = 127
_RIGHT = 128
_BLOCK = 50_000


@dataclass(frozen=True)
class Register:
    """The records, those of a person one after the other. All arrays have one entry for each record.

    ``copy`` tells the records of a person apart. ``right`` says which are in the right table. ``order`` has the
    positions of the records as they are written, which is random: neither place nor id gives away who a record is.
    """

    household: Whole
    member: Whole
    copy: Whole
    entity: Whole
    right: Values
    order: Whole
    two_tables: bool

    @property
    def person(self) -> Whole:
        """A number for each record's person, from which values are drawn."""
        number: Whole = self.household.astype(np.int64) * MEMBERS + self.member
        return number

    def side(self, right: bool) -> Whole:
        """The records of one table, in the order in which they are written."""
        rows: Whole = self.order[self.right[self.order] == right]
        return rows

    def places(self) -> Whole:
        """For each record, its place in its table, from 0: the number in its id."""
        places = np.empty(len(self.order), dtype=np.int32)
        for right in (False, True):
            side = self.side(right)
            places[side] = np.arange(len(side), dtype=np.int32)
        return places

    def pairs(self) -> Iterator[tuple[Whole, Whole]]:
        """All true pairs, as positions of records: in two tables those of one with the other."""
        most = int(np.bincount(self.entity).max(initial=0))
        for distance in range(1, most):
            first = np.flatnonzero(self.entity[:-distance] == self.entity[distance:])
            if self.two_tables:  # the left records of a person come first
                first = first[~self.right[first] & self.right[first + distance]]
            yield first, first + distance


def plan_register(options: Options, records: int, seed: int, two_tables: bool = False) -> Register:
    """Draw who is in a register of so many records (of both tables together).

    Args:
        options: the rates.
        records: how many. The last person may have fewer records than drawn.
        seed: the same seed gives the same register.
        two_tables: make two tables that overlap.
    """
    draws = Draws(seed)
    counts = _cumulated_counts(options.mean_records(two_tables))
    parts: list[tuple[Whole, Whole, Whole]] = []
    missing, begin = records, 0
    while missing > 0:
        part = _block(draws, np.arange(begin, begin + _BLOCK), counts, options.overlap if two_tables else None)
        begin += _BLOCK
        parts.append(tuple(values[:missing] for values in part))  # type: ignore[arg-type]
        missing -= len(parts[-1][0])
    household, member, copy = (np.concatenate(values) for values in zip(*parts, strict=True))
    new = np.ones(len(household), dtype=bool)
    new[1:] = (household[1:] != household[:-1]) | (member[1:] != member[:-1])
    order = np.argsort(draws.bits("order", np.arange(len(household))), kind="stable").astype(np.int32)
    return Register(household, member, copy, np.cumsum(new, dtype=np.int32) - 1, copy >= _RIGHT, order, two_tables)


def household_sizes(draws: Draws, household: Whole) -> Whole:
    """How many persons live in each household."""
    cumulated = np.cumsum(HOUSEHOLD_SIZES)
    return np.searchsorted(cumulated / cumulated[-1], draws.uniform("household size", household), side="right") + 1


def couples(draws: Draws, household: Whole) -> Values:
    """Whether the first two persons of each household are a couple."""
    return (household_sizes(draws, household) > 1) & draws.happens("couple", COUPLES, household)


def _block(draws: Draws, households: Whole, counts: Values, overlap: float | None) -> tuple[Whole, Whole, Whole]:
    sizes = household_sizes(draws, households)
    household = np.repeat(households, sizes)
    member = np.arange(len(household)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    person = household * MEMBERS + member

    def drawn(table: str) -> Whole:
        return np.searchsorted(counts, draws.uniform(f"records {table}", person), side="right") + 1

    left, right = drawn("left"), np.zeros(len(person), dtype=np.int64)
    if overlap is not None:
        # each table has so many persons of its own that `overlap` of its persons are in the other one
        place, both = draws.uniform("table", person), overlap / (2 - overlap)
        alone = (1 - both) / 2
        right = np.where(place >= alone, drawn("right"), 0)
        left = np.where((place < alone) | (place >= 2 * alone), left, 0)
    total = left + right
    row = np.repeat(np.arange(len(person)), total)
    number = np.arange(len(row)) - np.repeat(np.cumsum(total) - total, total)
    copy = np.where(number < left[row], number, number - left[row] + _RIGHT)
    return household[row].astype(np.uint32), member[row].astype(np.uint8), copy.astype(np.uint8)


def _cumulated_counts(mean: float) -> Values:
    """The cumulated shares of persons with 1, 2, ... records: one, and a negative binomial number of further ones."""
    share = SKEW / (SKEW + mean - 1)
    shares = [share**SKEW]
    for further in range(1, MOST_RECORDS):
        shares.append(shares[-1] * (further - 1 + SKEW) / further * (1 - share))
    cumulated: Values = np.cumsum(shares)
    cumulated /= cumulated[-1]
    return cumulated
