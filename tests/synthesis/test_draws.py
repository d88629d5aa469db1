"""Draws depend on the seed, the purpose and the keys alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.synthesis.draws import Draws

KEYS = np.arange(20_000)


@given(st.integers(0, 20_000), st.integers(0, 20_000), st.integers())
def test_a_part_of_the_keys_gets_what_it_gets_among_all(one: int, other: int, seed: int) -> None:
    begin, end = sorted((one, other))
    whole, part = (Draws(seed).uniform("name", keys, keys % 7) for keys in (KEYS, KEYS[begin:end]))
    assert np.array_equal(whole[begin:end], part)


def test_draws_are_uniform_and_differ_by_seed_and_purpose() -> None:
    drawn = Draws(1).uniform("name", KEYS)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert np.histogram(drawn, bins=20, range=(0, 1))[0] == pytest.approx(np.full(20, 1_000), abs=150)
    for other in (Draws(2).uniform("name", KEYS), Draws(1).uniform("place", KEYS), Draws(1).uniform("name", KEYS + 1)):
        assert abs(np.corrcoef(drawn, other)[0, 1]) < 0.03
    assert np.unique(Draws(1).bits("name", KEYS)).size == KEYS.size


def test_a_share_of_the_rows_is_chosen_and_whole_numbers_stay_below_their_count() -> None:
    assert Draws(1).happens("error", 0.2, KEYS).mean() == pytest.approx(0.2, abs=0.01)
    assert not Draws(1).happens("error", 0.0, KEYS).any()
    assert Draws(1).happens("error", 1.0, KEYS).all()
    assert set(Draws(1).below("side", 3, KEYS)) == {0, 1, 2}
