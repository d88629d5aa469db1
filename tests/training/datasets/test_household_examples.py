"""Counter-examples of members of one household: they share all but individual fields."""

import pandas as pd
import pytest

from matchwright.training.datasets.augmentation import HOUSEHOLD_SHARE, counter_examples

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
