"""A typing error is one small change of its kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from matchwright.synthesis.typing_errors import KINDS, mistype

uniform = st.floats(0, 1, exclude_max=True)
values = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789 -'", min_size=1, max_size=20)


@given(values, st.sampled_from(list(KINDS)), uniform, uniform)
def test_there_is_always_an_error_and_never_a_large_one(value: str, kind: str, place: float, choice: float) -> None:
    made = mistype(value, kind, place, choice)
    assert made
    assert 1 <= DamerauLevenshtein.distance(value, made) <= 2


@pytest.mark.parametrize(
    ("value", "kind", "made"),
    [
        ("smith", "transposition", "smtih"),
        ("smith", "deletion", "smth"),
        ("smith", "insertion", "smnith"),
        ("smith", "keyboard", "smoth"),
        ("stephen", "phonetic", "stefen"),
        ("barnes", "optical", "bames"),
        ("2034", "substitution", "2054"),
        ("aa", "transposition", "an"),
        ("x", "deletion", "m"),
    ],
)
def test_each_kind_has_its_form(value: str, kind: str, made: str) -> None:
    choice = 0.0 if kind in ("phonetic", "optical") else 0.51
    assert mistype(value, kind, 0.5, choice) == made


def test_a_key_beside_another_is_hit() -> None:
    assert {mistype("s", "keyboard", 0, choice) for choice in (0.0, 0.6)} == {"a", "d"}
