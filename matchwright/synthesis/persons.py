"""What is true of a person at the time of a record: names, date of birth, address, telephone number, e-mail address."""

from dataclasses import dataclass

import numpy as np

from matchwright.synthesis.draws import Draws, Values, Whole
from matchwright.synthesis.options import People
from matchwright.synthesis.register import MEMBERS, couples, household_sizes
from matchwright.synthesis.word_lists import BUILDINGS, STATES, word_lists

YEAR = 365.25
LATEST_BIRTH = 2024
EMAIL_DOMAINS = ("example.com", "example.org", "example.net", "mail.example", "post.example")
"""Domains that belong to nobody, ever (RFC 2606 and RFC 6761)."""
PHONE_PREFIX = "+999"
"""A country code that is assigned to no country, so no number is anybody's."""

_ALONE = np.int64(1) << np.int64(48)
"""Added to the number of a person's own home, number or address, to keep it apart from a household's."""


@dataclass(frozen=True)
class Persons:
    """Persons at the times of records: one entry for each record in every array."""

    draws: Draws
    people: People
    household: Whole
    member: Whole
    time: Values
    """From 0 to 1: when the record was made, in the years in which the register was kept."""

    @property
    def number(self) -> Whole:
        number: Whole = self.household * MEMBERS + self.member
        return number

    def given_name_codes(self, member: Whole) -> tuple[Values, Whole]:
        """The sex (True is male) and the position of the given name in its list, of one member of each household."""
        lists = word_lists().given_names
        male, uniform = self._male(member), self._name_draw(member)
        father = np.zeros_like(member)
        eldest = (self._child(member) == 0) & male & self._male(father)
        named = eldest & self.draws.happens("namesake", self.people.namesakes, self.household)
        uniform = np.where(named, self._name_draw(father), uniform)
        return male, np.where(male, lists[1].drawn(uniform), lists[0].drawn(uniform))

    def given_names(self, member: Whole | None = None) -> Values:
        """Given names, of the persons or of one member of each household."""
        lists = word_lists().given_names
        male, codes = self.given_name_codes(self.member if member is None else member)
        names = lists[0].words[np.where(male, 0, codes)]
        names[male] = lists[1].words[codes[male]]
        return names

    def surnames(self) -> Values:
        """The surname of the household; a partner's own, if it was kept or before the wedding."""
        surnames = word_lists().surnames
        names = surnames.words[surnames.drawn(self.draws.uniform("surname", self.household))]
        double = np.flatnonzero(self.draws.happens("double surname", self.people.double_surnames, self.household))
        second = surnames.words[surnames.drawn(self.draws.uniform("second surname", self.household[double]))]
        names[double] = names[double] + "-" + second
        own = self._partner & (self._keeps_surname | self._before_wedding)
        names[own] = surnames.words[surnames.drawn(self.draws.uniform("own surname", self.number[own]))]
        return names

    def births(self) -> Whole:
        """Days since 1970-01-01. Parents are 20 to 35 at the birth of their first child; twins have one day."""
        first = 1933 + 66 * self.draws.uniform("birth", self.household)
        partner = first + 12 * (self._mean_of_two("age of partner") - 0.5)
        child = self._child(self.member)
        twins = self.draws.happens("twins", self.people.twins, self.household) & (self._children >= 2)
        order = np.where(twins & (child == 1), 0, child).clip(min=0)
        spacing = 1.5 + 1.5 * self.draws.uniform("between children", self.household, order)
        born = first + 20 + 15 * self.draws.uniform("first child", self.household) + order * spacing
        born = np.where(born > LATEST_BIRTH, LATEST_BIRTH - (born - LATEST_BIRTH) % 20, born)
        years = np.where(child >= 0, born, np.where(self._partner, partner, first))
        return np.floor((years - 1970) * YEAR).astype(np.int64)

    def addresses(self) -> dict[str, Values]:
        """Street number, street, building or flat (often none), suburb, postcode and state."""
        lists, draws, home = word_lists(), self.draws, self._home
        place = lists.places.drawn(draws.uniform("place", home))
        in_place = draws.below("street", lists.place_streets[place], home)
        street = lists.streets.drawn(draws.uniform("street of place", place, in_place))
        number = 1 + (150 * draws.uniform("street number", home) ** 2).astype(np.int64)
        kind, unit = draws.uniform("building", home), 1 + draws.below("flat", 40, home)
        building = np.full(len(home), None, dtype=object)
        flat = np.flatnonzero(kind < 0.25)
        building[flat] = [f"flat {number}" for number in unit[flat].tolist()]
        named = np.flatnonzero((kind >= 0.25) & (kind < 0.32))
        building[named] = np.array(BUILDINGS, dtype=object)[unit[named] % len(BUILDINGS)]
        return {
            "street_number": number.astype(str).astype(object),
            "address_1": lists.streets.words[street],
            "address_2": building,
            "suburb": lists.places.words[place],
            "postcode": lists.place_postcode[place],
            "state": np.array(STATES, dtype=object)[lists.place_state[place]],
        }

    def phones(self) -> Values:
        """Telephone numbers. Some households share one, and some persons change theirs."""
        shared = self.draws.happens("shared phone", self.people.shared_phones, self.household)
        changed = self._after("new phone", self.people.new_phones, self.number)
        owner = np.where(shared, self.household, _ALONE + self.number * 2 + changed)
        numbers = 400_000_000 + self.draws.below("phone", 100_000_000, owner)
        return np.array([f"{PHONE_PREFIX}{number}" for number in numbers.tolist()], dtype=object)

    def emails(self, given_names: Values) -> Values:
        """Addresses from the name at birth; in some households that of the first person."""
        shared = self.draws.happens("shared email", self.people.shared_emails, self.household)
        surnames = word_lists().surnames
        names = surnames.words[surnames.drawn(self.draws.uniform("surname", self.household))]
        own = self._partner & ~shared
        names[own] = surnames.words[surnames.drawn(self.draws.uniform("own surname", self.number[own]))]
        given = given_names.copy()
        given[shared] = self._of(shared).given_names(np.zeros(int(shared.sum()), dtype=np.int64))
        owner = np.where(shared, self.household * MEMBERS, self.number)
        form = self.draws.below("form of email", 4, owner).tolist()
        digits = self.draws.below("digits of email", 1_000, owner).tolist()
        domain = self.draws.below("domain", len(EMAIL_DOMAINS), owner).tolist()
        rows = zip(given, names, form, digits, domain, strict=True)
        return np.array([_email(*row) for row in rows], dtype=object)

    def national_ids(self) -> Values:
        """Seven digits."""
        numbers = self.draws.below("national id", 9_000_000, self.number) + 1_000_000
        return numbers.astype(str).astype(object)

    def _of(self, rows: Values) -> "Persons":
        return Persons(self.draws, self.people, self.household[rows], self.member[rows], self.time[rows])

    @property
    def _couple(self) -> Values:
        return couples(self.draws, self.household)

    @property
    def _partner(self) -> Values:
        partner: Values = (self.member == 1) & self._couple
        return partner

    @property
    def _children(self) -> Whole:
        return household_sizes(self.draws, self.household) - 1 - self._couple

    def _child(self, member: Whole) -> Whole:
        """Which child of the household a member is, from 0; below 0 for the others."""
        return np.where(member > 0, member - 1 - self._couple, -1)

    @property
    def _keeps_surname(self) -> Values:
        return self.draws.happens("keeps surname", self.people.own_surnames, self.household)

    @property
    def _before_wedding(self) -> Values:
        return self._partner & ~self._keeps_surname & self._before("wedding", self.people.weddings, self.household)

    def _male(self, member: Whole) -> Values:
        first = self.draws.happens("first is male", 0.5, self.household) | self._couple
        partner = (member == 1) & self._couple
        child = self.draws.happens("child is male", 0.5, self.household * MEMBERS + member)
        return np.where(member == 0, first, np.where(partner, False, child))

    def _name_draw(self, member: Whole) -> Values:
        """Uniform numbers for given names. A second child has one at a distance from the first child's, for twins."""
        own = self.draws.uniform("given name", self.household * MEMBERS + member)
        second = self._child(member) == 1
        first_child = self.draws.uniform("given name", self.household * MEMBERS + member - 1)
        return np.where(second, (first_child + 0.1 + 0.8 * own) % 1, own)

    def _mean_of_two(self, purpose: str) -> Values:
        return (self.draws.uniform(purpose, self.household) + self.draws.uniform(f"{purpose} 2", self.household)) / 2

    @property
    def _home(self) -> Whole:
        """A number for each home: the household's, before or after its move, or a person's own."""
        moved = self._after("household move", self.people.household_moves, self.household)
        own = self._before_wedding | self._after("person move", self.people.person_moves, self.number)
        return np.where(own, _ALONE + self.number * 2 + self._before_wedding, self.household * 2 + moved)

    def _after(self, event: str, share: float, key: Whole) -> Values:
        """Whether an event that this share of the keys has happened before the record was made."""
        when = 0.1 + 0.8 * self.draws.uniform(f"time of {event}", key)
        return self.draws.happens(event, share, key) & (self.time >= when)

    def _before(self, event: str, share: float, key: Whole) -> Values:
        """Whether an event that this share of the keys has is still to happen when the record is made."""
        when = 0.1 + 0.8 * self.draws.uniform(f"time of {event}", key)
        return self.draws.happens(event, share, key) & (self.time < when)


def _email(given: str, surname: str, form: int, digits: int, domain: int) -> str:
    name = (f"{given}.{surname}", f"{given[0]}{surname}", f"{given}_{surname}", f"{surname}.{given}")[form]
    number = str(digits) if digits >= 400 else ""
    return f"{name}{number}@{EMAIL_DOMAINS[domain]}"
