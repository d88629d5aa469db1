"""Counter-examples of members of one household: they share all but individual fields."""

from collections import Counter

import pandas as pd
import pytest

from matchwright.core.records import normal_forms
from matchwright.core.records.conform import conform_values
from matchwright.training.datasets.augmentation import HOUSEHOLD_SHARE, counter_examples, household_members

INDIVIDUAL = ("given_name", "date_of_birth")


@pytest.fixture
def examples(small_world):
    """The records with their replaced fields, and the records they were made from."""
    right = small_world.right[small_world.labels == 1].reset_index(drop=True)
    spec = small_world.spec.model_copy(update={"individual": INDIVIDUAL})
    made, rows = counter_examples(right, spec, seed=1)
    source = right.iloc[rows].reset_index(drop=True)
    return made, source, made[list(spec.identity)].fillna("") != source[list(spec.identity)].fillna("")


def test_half_of_the_counter_examples_keep_the_surname(examples):
    _, _, replaced = examples
    assert (~replaced["surname"]).mean() == pytest.approx(HOUSEHOLD_SHARE, abs=0.12)
    assert replaced[replaced["surname"]].all(axis=None)


def test_there_are_twins_namesakes_and_siblings(examples):
    _, _, replaced = examples
    kinds = replaced.loc[~replaced["surname"], list(INDIVIDUAL)].value_counts(normalize=True)
    assert set(kinds.index) == {(True, False), (False, True), (True, True)}
    assert kinds.min() > 0.2


def test_all_that_a_household_shares_stays_as_it_was(examples):
    made, source, replaced = examples
    household = ~replaced["surname"]
    others = [name for name in made if name.partition("__")[0] not in INDIVIDUAL]
    pd.testing.assert_frame_equal(made.loc[household, others], source.loc[household, others])


def test_what_is_made_of_a_replaced_value_is_replaced_with_it(examples):
    made, source, replaced = examples
    namesakes = ~replaced["surname"] & replaced["date_of_birth"] & ~replaced["given_name"]
    sounds = (records.loc[namesakes, "given_name__phonetic"] for records in (made, source))
    pd.testing.assert_series_equal(*sounds)
    born = made.loc[replaced["date_of_birth"]].dropna(subset=["date_of_birth__year"])
    assert (born["date_of_birth__year"] == born["date_of_birth"].str[:4]).all()


def test_without_individual_fields_every_counter_example_has_another_surname(small_world):
    right = small_world.right[small_world.labels == 1].reset_index(drop=True)
    made, rows = counter_examples(right, small_world.spec.model_copy(update={"individual": ()}), seed=1)
    assert (made["surname"] != right.iloc[rows].reset_index(drop=True)["surname"]).all()


def kinds_of(made, rows, right, spec):
    """The individual fields in which made pairs differ, without those in which all identity fields differ."""
    origin = right.iloc[rows].reset_index(drop=True)
    differs = {field: (made[field].fillna("") != origin[field].fillna("")).to_numpy() for field in spec.identity}
    household = ~differs["surname"]
    return Counter(zip(*(differs[field][household].tolist() for field in spec.individual), strict=True))


def test_members_of_households_that_the_data_have_are_not_made(small_world):
    spec, right = small_world.spec, small_world.right[small_world.labels == 1].reset_index(drop=True)
    made, rows = counter_examples(right, spec, seed=1)
    kinds = kinds_of(made, rows, right, spec)
    assert set(kinds) == {(True, False), (False, True), (True, True)}
    siblings = (True, True)
    fewer, fewer_rows = counter_examples(right, spec, seed=1, own=Counter({siblings: 10_000}))
    others = Counter({kind: number for kind, number in kinds.items() if kind != siblings})
    assert kinds_of(fewer, fewer_rows, right, spec) == others
    assert len(fewer) == len(made) - kinds[siblings]


def test_members_of_households_are_counted_by_what_they_differ_in(persons_spec):
    home = {"surname": "miller", "street_number": "4", "street": "elm road", "postcode": "2000", "state": "nsw"}
    father = {**home, "given_name": "john", "date_of_birth": "1950-01-01"}
    others = [
        {**father, "date_of_birth": "1980-05-05"},  # his son
        {**father, "given_name": "peter"},  # his twin
        {**father, "given_name": "anna", "date_of_birth": "1952-02-02"},
        {**father, "given_name": "anna", "date_of_birth": None},
        {**father, "given_name": "anna", "street": "oak road", "postcode": "3000", "street_number": "9"},
        {**father, "surname": "smith"},
        father,
    ]
    conformed = [conform_values(rows, persons_spec, "left") for rows in ([father] * len(others), others)]
    left, right = (normal_forms(rows, persons_spec) for rows in conformed)
    own = household_members(left, right, persons_spec)
    given_name, date_of_birth = (persons_spec.individual.index(name) for name in ("given_name", "date_of_birth"))

    def kind(*fields):
        return tuple(index in fields for index in range(2))

    assert own == Counter({kind(date_of_birth): 1, kind(given_name): 1, kind(given_name, date_of_birth): 1})
