"""An augmented pair stands in the place of the candidate that it was made from."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.compare.competing_scores import competing_scores
from matchwright.training.second_stage.standing_in import scores_standing_in

CANDIDATES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-20, 20), st.integers(-20, 20)),
    min_size=1,
    max_size=25,
    unique_by=lambda row: row[:2],
)


@given(CANDIDATES, st.booleans())
@settings(deadline=None, max_examples=60)
def test_its_scores_are_those_it_would_have_as_a_candidate(rows, alike):
    left, right, before, after = (np.array(column) for column in zip(*rows, strict=True))
    log_odds, new = before / 2.0, after / 2.0
    right = right + 100
    found = scores_standing_in(left, right, log_odds, np.arange(len(rows)), new, alike)
    for row in range(len(rows)):
        changed = log_odds.copy()
        changed[row] = new[row]
        expected = competing_scores(changed, left, right, alike)
        np.testing.assert_allclose(found.iloc[row], expected.iloc[row], atol=2e-5)


def test_in_one_table_the_candidates_of_a_record_are_those_on_either_side():
    left, right = np.array([0, 1, 0]), np.array([1, 2, 2])
    log_odds, new = np.array([2.0, 1.0, -1.0]), np.array([0.5])
    found = scores_standing_in(left, right, log_odds, np.array([1]), new, alike=True)
    changed = np.array([2.0, 0.5, -1.0])
    expected = competing_scores(changed, left, right, alike=True)
    np.testing.assert_allclose(found.iloc[0], expected.iloc[1], atol=2e-5)
