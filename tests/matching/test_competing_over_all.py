"""Competing candidates over a whole register give what they give for all pairs at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.compare.competing import context_of
from matchwright.core.compare.competing_scores import competing_scores
from matchwright.core.spec import MatchSpec
from matchwright.matching import competing


def spec_of(multiplicity: str, alike: bool) -> MatchSpec:
    return MatchSpec.model_validate(
        {
            "format": 2,
            "name": "people",
            "version": 1,
            "description": "people",
            "record_id": "id",
            "sources": {"alike": alike},
            "multiplicity": multiplicity,
            "fields": {"surname": {"kind": "name", "pii": "quasi", "label": "surname"}},
            "candidates": {"rules": [["surname"]]},
            "costs": {"false_match": 10, "missed_match": 5, "review": 1},
        }
    )


@st.composite
def candidates(draw):
    one_table = draw(st.booleans())
    right = st.integers(0, 8) if one_table else st.integers(9, 17)
    ends = st.tuples(st.integers(0, 8), right).filter(lambda pair: pair[0] < pair[1])
    pairs = draw(st.sets(ends, min_size=1, max_size=40))
    left, right = (np.array(side, dtype=np.int32) for side in zip(*sorted(pairs), strict=True))
    values = draw(st.lists(st.sampled_from([0.0, 0.1, 0.12345, 0.3, 0.8, 1.0]), min_size=len(left), max_size=len(left)))
    return left, right, np.array(values)


@given(candidates(), st.sampled_from(["one_to_one", "one_to_many", "many_to_many"]), st.booleans(), st.integers(1, 9))
def test_whatever_is_looked_at_together(made, multiplicity, alike, at_once):
    left, right, values = made
    spec = spec_of(multiplicity, alike)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(competing, "AT_ONCE", at_once)
        by_fit = competing.context_over_all(values, left, right, spec)
        by_score = competing.scores_over_all(10 * values - 5, left, right, spec)
    expected = context_of(values, left, right, spec).to_numpy(dtype=np.float32)
    np.testing.assert_array_equal(by_fit, expected.reshape(len(left), -1))
    np.testing.assert_array_equal(by_score, competing_scores(10 * values - 5, left, right, alike).to_numpy())


def test_a_register_without_candidates_has_no_rows():
    none = np.zeros(0, dtype=np.int32)
    assert competing.context_over_all(np.zeros(0), none, none, spec_of("one_to_one", True)).shape == (0, 6)
    assert competing.scores_over_all(np.zeros(0), none, none, spec_of("one_to_one", True)).shape == (0, 6)
