"""The benchmark of ranked requests: its queries know what they say, and its candidates are matches or strangers."""

import numpy as np
import pandas as pd
import pytest
from fixtures.two_name_register import two_name_register

from benchmarks.problems.labelled import Problem
from benchmarks.sparse.ranked import CANDIDATES, STRANGERS, Register


@pytest.fixture(scope="module")
def register():
    world = two_name_register(persons=400)
    true = world.matches.assign(label=1)
    parts = pd.Series("test", index=world.frame["record_key"])
    problem = Problem("two names", world.spec, world.frame, world.corpus, true, true)
    return Register.of(problem, true, parts)


def test_a_search_finds_the_records_that_agree_most(register):
    made = register.searched(50, np.random.default_rng(1))
    assert set(np.bincount(made.number)) == {CANDIDATES}
    agree = ((register.codes[made.query] == register.codes[made.candidate]) & made.known).sum(axis=1)
    for number in range(50):
        of = made.number == number
        everybody = (register.codes[register.records] == register.codes[made.query[of][0]])[:, made.known[of][0]]
        assert sorted(agree[of])[::-1] == sorted(everybody.sum(axis=1))[::-1][:CANDIDATES]
    assert register.matches(made)[agree == made.known.sum(axis=1)].any()


def test_a_query_has_its_known_fields_alone(register):
    made = register.searched(20, np.random.default_rng(1))
    left, right = register.sides(made)
    there = left[["given_name", "surname", "state"]].notna().to_numpy()
    np.testing.assert_array_equal(there, made.known)
    assert right["state"].notna().all()


def test_strangers_are_no_match(register):
    made = register.strangers(50, np.random.default_rng(1))
    assert not register.matches(made).any()
    assert np.bincount(made.number).max() <= STRANGERS
