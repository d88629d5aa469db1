"""Further candidates: pairs with several common predicted partners."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.models.neighbours import further_candidates

MATCH, NONE = 3.0, -3.0


def further(**log_odds: float) -> list[tuple[str, str]]:
    keys = list(log_odds)
    found = further_candidates([key[0] for key in keys], [key[1] for key in keys], np.array(list(log_odds.values())))
    return list(zip(*(each.tolist() for each in found), strict=True))


def test_two_records_with_two_common_partners_are_a_further_candidate():
    assert further(ac=MATCH, ad=MATCH, bc=MATCH, db=MATCH, cd=NONE) == [("a", "b")]


def test_one_common_partner_is_too_few():
    assert further(ac=MATCH, bc=MATCH) == []


def test_a_pair_that_was_compared_is_no_further_candidate():
    assert further(ac=MATCH, ad=MATCH, bc=MATCH, bd=MATCH, cd=NONE, ba=NONE) == []


def test_common_partners_that_are_a_small_share_of_both_neighbourhoods_are_not_enough():
    shared = {f"{one}{other}": MATCH for one in "ab" for other in "cd"}
    others = {f"{one}{other}": MATCH for one, names in (("a", "efghi"), ("b", "jklmn")) for other in names}
    assert ("a", "b") not in further(**shared, **others)
    few = {key: value for key, value in others.items() if key[0] == "a"}
    assert ("a", "b") in further(**shared, **few)  # all partners of b


def test_without_candidates_or_predicted_matches_there_are_none():
    assert further() == []
    assert further(ab=NONE, bc=NONE) == []


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]),
        st.booleans(),
        min_size=1,
    )
)
def test_they_are_what_counting_partners_one_by_one_gives(register):
    keys = list(register)
    left, right = (np.array([pair[side] for pair in keys]) for side in (0, 1))
    found = further_candidates(left, right, np.array([MATCH if register[pair] else NONE for pair in keys]))
    partners = {
        record: {other for pair in keys if register[pair] and record in pair for other in pair} - {record}
        for record in range(10)
    }
    expected = [
        (one, other)
        for one in range(10)
        for other in range(one + 1, 10)
        if (one, other) not in register
        and len(both := partners[one] & partners[other]) >= 2
        and len(both) >= 0.3 * min(len(partners[one]), len(partners[other]))
    ]
    assert list(zip(*(each.tolist() for each in found), strict=True)) == expected
