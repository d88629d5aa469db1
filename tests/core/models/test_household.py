"""The fields of an address are no independent witnesses: members of a household, and persons who have moved."""

import numpy as np
import pytest

from matchwright.core.models.unsupervised import Household

NAMES = ("given_name__similar", "surname__similar", "born__same", "street__same", "town__same", "context__lead")
PERSONS = Household(identity=("given_name", "surname", "born"), individual=("given_name", "born"))


def total(*added: float) -> float:
    return float(PERSONS.read(np.array([added]), NAMES).sum())


def test_an_address_does_not_join_members_of_a_household():
    assert total(-3, 4, -4, 3, 3, 0) < 0
    assert total(-3, 4, 0, 3, 3, 0) < 0, "also where one of the two fields is not known"


def test_one_individual_field_that_agrees_lets_the_others_count():
    assert total(-3, 4, 6, 3, 3, 0) == pytest.approx(13)


def test_an_address_that_is_not_known_to_differ_counts_in_full():
    assert total(0, 4, 0, 3, 3, 0) == pytest.approx(10)


def test_a_person_who_moved_loses_no_more_than_one_field_says():
    assert total(4, 4, 6, -4, -3, 0) == pytest.approx(10)
    assert total(4, 4, 6, -4, 0, 0) == pytest.approx(10)


def test_competing_candidates_count_as_before():
    assert total(4, 4, 6, -4, -3, -2) == pytest.approx(8)


def test_more_agreement_never_adds_less():
    draw = np.random.default_rng(3)
    less = draw.normal(0, 3, (2_000, len(NAMES)))
    more = less + draw.random(less.shape) * (draw.random(less.shape) < 0.3) * 4
    before, after = (PERSONS.read(added, NAMES).sum(axis=1) for added in (less, more))
    assert (after >= before - 1e-9).all()
