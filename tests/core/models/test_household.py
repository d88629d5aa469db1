"""The fields of an address are no independent witnesses: members of a household, and persons who have moved."""

import numpy as np
import pytest

from matchwright.core.models.household import Household

NAMES = ("given_name__similar", "surname__similar", "born__same", "street__same", "town__same", "context__lead")
BASE = -2.0
LIMITS = {"given_name__similar": 0.7, "born__same": 0.75}
ALL_LIMITS = {**LIMITS, "surname__similar": 0.7, "street__same": 0.6, "town__same": 0.6}
PERSONS = Household(identity=("given_name", "surname", "born"), individual=("given_name", "born"), limits=LIMITS)


def values_of(added: np.ndarray) -> np.ndarray:
    """Values that are equal where they are for a match, unlike where they are against one, and else missing."""
    return np.where(added > 0, 1.0, np.where(added < 0, 0.0, np.nan))


def total(*added: float, **known: float) -> float:
    row = np.array([added])
    values = values_of(row)
    for field, value in known.items():
        values[0, [name.startswith(field) for name in NAMES]] = value
    return float(PERSONS.read(row, values, NAMES, BASE).sum())


def test_an_address_does_not_join_members_of_a_household():
    assert total(-3, 4, -4, 3, 3, 0) < 0
    assert total(-3, 4, 0, 3, 3, 0) < 0, "also where one of the two fields is not known"


def test_twins_and_father_and_son_of_one_name_stay_below_0():
    assert -0.25 <= BASE + total(-3, 4, 6, 3, 3, 0) < 0
    assert -0.25 <= BASE + total(5, 4, -3, 3, 3, 0) < 0


def test_a_family_of_which_no_individual_field_is_known_stays_below_0():
    assert -0.25 <= BASE + total(0, 4, 0, 3, 3, 0) < 0


def test_a_typing_error_is_no_clear_disagreement():
    assert total(-3, 4, 6, 3, 3, 0, given_name=0.85) == pytest.approx(13)


def test_a_short_form_is_no_disagreement():
    names = (*NAMES, "given_name__nickname")
    added = np.array([[-1, 4, 6, 3, 3, 0, 2.0]])
    values = np.array([[0.2, 1, 1, 1, 1, np.nan, 1.0]])
    assert PERSONS.read(added, values, names).sum() == pytest.approx(17)
    values[0, -1] = 0.0
    assert PERSONS.read(added, values, names).sum() < 0


def test_a_person_who_moved_loses_no_more_than_one_field_says():
    assert total(4, 4, 6, -4, -3, 0) == pytest.approx(10)
    assert total(4, 4, 6, -4, 0, 0) == pytest.approx(10)


def test_a_surname_that_changed_is_not_individual():
    assert total(4, -4, 6, 3, 3, 0) == pytest.approx(12)


def test_competing_candidates_count_as_before():
    assert total(4, 4, 6, -4, -3, -2) == pytest.approx(8)


def test_more_agreement_never_adds_less():
    draw = np.random.default_rng(3)
    less = draw.normal(0, 3, (2_000, len(NAMES)))
    more = less + draw.random(less.shape) * (draw.random(less.shape) < 0.3) * 4
    before, after = (PERSONS.read(added, values_of(added), NAMES).sum(axis=1) for added in (less, more))
    assert (after >= before - 1e-9).all()


@pytest.mark.parametrize(("both", "doubtful"), [(100, True), (2, False)])
def test_only_a_table_with_households_has_doubtful_pairs(both, doubtful):
    """Nearly all members of a household differ in both fields. Where hardly any pair does, one of them is wrong."""
    pairs = {(1.0, 1.0): 400, (0.2, 1.0): 40, (1.0, 0.2): 30, (0.2, 0.2): both}
    values = np.array([(given, 1, born, 1, 1, np.nan) for (given, born), count in pairs.items() for _ in range(count)])
    found = PERSONS.found_in(values, NAMES, ALL_LIMITS)
    assert bool(found.limits) is doubtful
