"""Candidates by a common neighbour: records that no other method brings together."""

import pytest
from fixtures.candidates import as_pairs, records, spec_with

from matchwright.core.candidates import propose_candidates
from matchwright.core.candidates.common_neighbour import MOST_NEIGHBOURS

RULES = [["surname"], ["town"], ["surname", "price"], ["town", "price"]]


def with_neighbours(features, rules=RULES, common_neighbours=True):
    spec = spec_with(rules)
    candidates = spec.candidates.model_copy(update={"common_neighbours": common_neighbours})
    found = propose_candidates(features, spec.model_copy(update={"candidates": candidates}))
    return dict(zip(as_pairs(found), found["proposed_by"], strict=True))


MOVED_AND_MARRIED = records(
    left_1=("smith", "york", 1.0),
    left_2=("smith", "leeds", 1.0),  # moved
    left_3=("jones", "leeds", 1.0),  # then married
)


def test_a_record_between_two_changes_brings_the_others_together():
    found = with_neighbours(MOVED_AND_MARRIED)
    assert found["left:1", "left:3"] == "common_neighbour"


def test_without_the_key_there_are_no_such_candidates():
    assert ("left:1", "left:3") not in with_neighbours(MOVED_AND_MARRIED, common_neighbours=False)


def test_candidates_of_one_method_are_no_neighbours():
    chain = records(left_1=("smith", "york", 1.0), left_2=("smith", "leeds", 2.0), left_3=("jones", "leeds", 3.0))
    assert ("left:1", "left:3") not in with_neighbours(chain)


def test_a_pair_that_another_method_proposes_keeps_its_methods_alone():
    found = with_neighbours(MOVED_AND_MARRIED)
    assert found["left:1", "left:2"] == "rule:surname|rule:surname+price"


@pytest.mark.parametrize(("others", "proposed"), [(MOST_NEIGHBOURS - 1, True), (MOST_NEIGHBOURS, False)])
def test_a_record_with_very_many_neighbours_proposes_no_pair(others, proposed):
    hub = {"left_hub": ("smith", "york", 1.0)}
    # each of the others agrees with the hub in two fields; the last one in another field than all before it
    same = {f"left_{n:03d}": ("smith", "york", float(10 + n)) for n in range(others)}
    last = {"left_last": ("jones", "york", 1.0)}
    found = with_neighbours(
        records(**hub, **same, **last), rules=[["surname"], ["price"], ["town", "price"], ["surname", "town"]]
    )
    assert (found.get(("left:000", "left:last")) == "common_neighbour") is proposed


def test_two_tables_have_no_common_neighbours():
    tables = records(
        left_1=("smith", "york", 1.0),
        right_1=("smith", "york", 2.0),
        left_2=("smith", "york", 3.0),
        right_2=("x", "y", 3.0),
    )
    assert ("left:1", "right:2") not in with_neighbours(tables)
