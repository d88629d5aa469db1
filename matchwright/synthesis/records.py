"""The values of records of a planned register."""

import numpy as np

from matchwright.synthesis.draws import Draws, Whole
from matchwright.synthesis.faults import Columns, with_faults
from matchwright.synthesis.options import Options
from matchwright.synthesis.persons import Persons
from matchwright.synthesis.register import Register

FIELDS = ("given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state",
          "date_of_birth", "soc_sec_id", "phone", "email")  # fmt: skip
"""The columns, with the names that FEBRL uses, so that the same specs read both."""


def record_values(register: Register, options: Options, seed: int, rows: Whole) -> Columns:
    """The values of some records: a column of text or None for each of :data:`FIELDS`.

    Args:
        register: the plan.
        options: the rates with which it was made.
        seed: the seed with which it was made.
        rows: positions of records. A record has the same values whatever other records are asked for.
    """
    draws = Draws(seed)
    household, member = register.household[rows].astype(np.int64), register.member[rows].astype(np.int64)
    key = register.person[rows] * 256 + register.copy[rows]
    persons = Persons(draws, options.people, household, member, draws.uniform("time", key))
    given_names = persons.given_names()
    values = {
        "given_name": given_names,
        "surname": persons.surnames(),
        **persons.addresses(),
        "soc_sec_id": persons.national_ids(),
        "phone": persons.phones(),
        "email": persons.emails(given_names),
    }
    written = with_faults(values, persons.births(), options.errors, options.missing, draws, key)
    return {name: written[name] for name in FIELDS}
