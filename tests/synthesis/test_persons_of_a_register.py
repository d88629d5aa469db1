"""How people live: shared addresses and surnames, twins, namesakes, weddings, moves, shared numbers.

The records here have no errors, so every difference is one of life.
"""

import numpy as np
import pandas as pd
import pytest

from matchwright.synthesis import FIELDS, Options, plan_register, record_values

STILL = {"twins": 0, "namesakes": 0, "double_surnames": 0, "own_surnames": 0, "weddings": 0, "household_moves": 0,
         "person_moves": 0, "new_phones": 0, "shared_phones": 0, "shared_emails": 0}  # fmt: skip
ERRORS = ("mistyped", "nickname", "initial", "abbreviated_street", "swapped_names", "swapped_day_month",
          "default_date", "placeholder")  # fmt: skip
ADDRESS = ["street_number", "address_1", "suburb", "postcode", "state"]


def people(records: int = 20_000, **rates: float) -> pd.DataFrame:
    """The records of a register, with household, member and entity. Nothing happens in it but what is named."""
    options = Options(people={**STILL, **rates}, errors=dict.fromkeys(ERRORS, 0), missing=dict.fromkeys(FIELDS, 0))
    register = plan_register(options, records, seed=1)
    values = pd.DataFrame(record_values(register, options, 1, np.arange(records)))
    return values.assign(household=register.household, member=register.member, entity=register.entity)


def once(table: pd.DataFrame) -> pd.DataFrame:
    """One record of each person."""
    return table.drop_duplicates("entity")


def test_a_household_has_one_surname_and_one_address_and_a_person_one_of_everything() -> None:
    table = people()
    for column in ("surname", *ADDRESS):
        assert table.groupby("household")[column].nunique().max() == 1, column
    assert (table.groupby("entity")[list(FIELDS)].nunique(dropna=False) == 1).all(axis=None)
    # other households have others
    assert once(table).groupby("household")[ADDRESS].first().duplicated().mean() < 0.01


def test_common_names_are_very_common_and_most_names_are_rare() -> None:
    persons = once(people())
    counts = persons.drop_duplicates("household")["surname"].value_counts(normalize=True)
    assert counts.iloc[0] == pytest.approx(0.01, abs=0.004)
    assert counts.index[0] == "smith"
    assert (counts[counts.cumsum() > 0.5] < 0.0005).all()
    assert persons["given_name"].value_counts(normalize=True).iloc[0] > 0.01


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_twins_have_one_date_of_birth_one_surname_one_address_and_two_given_names(rate: float) -> None:
    persons = once(people(twins=rate))
    alike = persons[persons.duplicated(["household", "date_of_birth"], keep=False)].groupby("household")
    assert len(alike) > 300 if rate else len(alike) < 5
    if rate:
        assert (alike["surname"].nunique() == 1).all()
        assert (alike["given_name"].nunique() == 2).mean() > 0.98


def test_a_son_may_have_the_full_name_of_his_father() -> None:
    shares = []
    for rate in (0.0, 0.5):
        persons = once(people(namesakes=rate))
        named = persons.duplicated(["household", "given_name", "surname"])
        shares.append(named.sum())
        if rate:
            assert not persons.duplicated(["household", "given_name", "surname", "date_of_birth"]).any()
    assert shares[1] > 10 * max(shares[0], 1)


def test_a_partner_may_marry_and_then_has_another_surname_and_address() -> None:
    table = people(weddings=1.0)
    surnames, addresses = (table.groupby("entity")[column].nunique() for column in ("surname", "address_1"))
    assert set(surnames) == {1, 2}
    assert (addresses[surnames == 2] == 2).mean() > 0.98
    assert (table.groupby("entity")["member"].first()[surnames == 2] == 1).all()


def test_households_move_together_and_persons_alone() -> None:
    together, alone = people(household_moves=1.0), people(person_moves=1.0)
    assert together.groupby("household")["address_1"].nunique().max() == 2
    assert alone.groupby("household")["address_1"].nunique().max() > 2
    assert alone.groupby("entity")["address_1"].nunique().max() == 2


@pytest.mark.parametrize("column", ["phone", "email"])
def test_the_persons_of_a_household_may_share_a_number_and_an_address(column: str) -> None:
    own, shared = (people(**{f"shared_{column}s": rate}) for rate in (0.0, 1.0))
    assert shared.groupby("household")[column].nunique().max() == 1
    assert once(own).duplicated(["household", column]).mean() < 0.01


def test_some_persons_have_a_new_number() -> None:
    assert people(new_phones=1.0).groupby("entity")["phone"].nunique().max() == 2


def test_no_number_and_no_address_can_be_anybodys() -> None:
    persons = people(2_000)
    assert persons["phone"].str.startswith("+999").all()
    assert persons["email"].str.fullmatch(r"[a-z._0-9-]+@(example\.(com|org|net)|mail\.example|post\.example)").all()
