"""The plan of a register: how many records a person has, who lives with whom, and which pairs are true."""

from itertools import combinations

import numpy as np
import pytest

from matchwright.synthesis import Options, Register, plan_register
from matchwright.synthesis import register as planning


def planned(records: int = 30_000, seed: int = 1, two_tables: bool = False, **options: float) -> Register:
    return plan_register(Options(**options), records, seed, two_tables)


def pairs_of(register: Register) -> set[tuple[int, int]]:
    return {(int(one), int(other)) for left, right in register.pairs() for one, other in zip(left, right, strict=True)}


def test_most_persons_have_one_record_and_a_few_have_many() -> None:
    counts = np.bincount(planned().entity)
    assert len(planned().entity) == 30_000
    assert counts.mean() == pytest.approx(1.5, abs=0.03)
    assert (counts == 1).mean() == pytest.approx(0.7, abs=0.02)
    assert 0.2 < np.isin(counts, (2, 3)).mean() < 0.3
    assert 0 < (counts > 6).mean() < 0.01


def test_a_register_with_many_records_of_a_person_can_be_asked_for() -> None:
    counts = np.bincount(planned(records_per_entity=8).entity)
    assert counts.mean() == pytest.approx(8, rel=0.06)
    assert counts.max() > 30


def test_in_two_tables_the_asked_share_of_persons_is_in_both() -> None:
    register = planned(two_tables=True, overlap=0.3)
    left, right = (set(register.entity[register.right == side]) for side in (False, True))
    assert len(left & right) / len(left) == pytest.approx(0.3, abs=0.02)
    assert len(left & right) / len(right) == pytest.approx(0.3, abs=0.02)
    # each person is once in a table
    assert len(left) + len(right) == 30_000


@pytest.mark.parametrize("two_tables", [False, True])
def test_the_true_pairs_are_those_of_records_with_one_entity(two_tables: bool) -> None:
    register = planned(800, two_tables=two_tables, records_per_entity=3)
    expected = {
        (one, other)
        for one, other in combinations(range(800), 2)
        if register.entity[one] == register.entity[other]
        and (not two_tables or (not register.right[one] and register.right[other]))
    }
    assert pairs_of(register) == expected
    assert expected


def test_the_plan_is_the_same_in_blocks_of_another_size(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = planned(5_000, two_tables=True)
    monkeypatch.setattr(planning, "_BLOCK", 37)
    parts = planned(5_000, two_tables=True)
    for name in ("household", "member", "copy", "entity", "right", "order"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name


def test_another_seed_gives_another_register() -> None:
    assert not np.array_equal(planned(seed=1).entity, planned(seed=2).entity)


def test_neither_place_nor_id_of_a_record_says_whose_it_is() -> None:
    register = planned()
    places = register.places()
    assert sorted(places) == list(range(30_000))
    same = np.flatnonzero(np.diff(register.entity) == 0)
    assert abs(np.corrcoef(places[same], places[same + 1])[0, 1]) < 0.03
