"""The limit that the register sets to a score: it rises with every agreeing value."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.models.register_evidence import RegisterEvidence, limited
from matchwright.core.spec.vocabulary import LIMIT
from matchwright.errors import BundleError

FIELDS, STEPS = 3, ((1.0, 2.0), (1.5,), ())
FUNCTIONS = sum(2 + len(steps) for steps in STEPS)
weight = st.floats(0, 5)


def evidence(weights, intercepts):
    return RegisterEvidence(
        fields=("given_name", "surname", "state"),
        steps=STEPS,
        intercepts=tuple(intercepts),
        weights=tuple(tuple(row) for row in weights),
        left_records=1_000,
        right_records=2_000,
        matches=500.0,
    )


@given(
    st.lists(st.lists(weight, min_size=FUNCTIONS, max_size=FUNCTIONS), min_size=2, max_size=2),
    st.lists(st.floats(-12, 3), min_size=2, max_size=2),
    st.lists(st.floats(0, 6), min_size=FIELDS, max_size=FIELDS),
    st.integers(0, FIELDS - 1),
    st.floats(0, 6),
)
def test_one_more_agreeing_value_never_lowers_the_limit(weights, intercepts, information, field, more):
    model = evidence(weights, intercepts)
    less = np.array([information])
    greater = less.copy()
    greater[0, field] += more
    assert model.log_odds(greater)[0] >= model.log_odds(less)[0]
    blanked = less.copy()
    blanked[0, field] = 0.0
    assert model.log_odds(blanked)[0] <= model.log_odds(less)[0]


def test_the_limit_is_at_most_that_of_each_class_of_other_pairs():
    strangers, household = [1.0] * FUNCTIONS, [0.1] * FUNCTIONS
    apart = [evidence([one], [-5.0]).log_odds(np.array([[2.0, 2.0, 1.0]]))[0] for one in (strangers, household)]
    together = evidence([strangers, household], [-5.0, -5.0]).log_odds(np.array([[2.0, 2.0, 1.0]]))[0]
    assert together <= min(apart)
    assert together > min(apart) - np.log(2) - 0.01


def test_a_score_is_lowered_to_its_limit_and_never_raised():
    comparisons = pd.DataFrame({LIMIT: np.array([0.0, 5.0, np.nan], dtype=np.float32)})
    assert limited(np.array([0.9, 0.9, 0.9]), comparisons).tolist() == [0.5, 0.9, 0.9]
    assert limited(np.array([0.1, 0.1, 0.1]), comparisons).tolist() == [0.1, 0.1, 0.1]


def test_comparisons_without_a_limit_keep_their_score():
    assert limited(np.array([0.9]), pd.DataFrame({"surname__exact": [1.0]})).tolist() == [0.9]


def test_no_limit_is_certain_that_a_pair_cannot_match():
    assert limited(np.array([0.5]), pd.DataFrame({LIMIT: [-40.0]})).tolist() == [1e-6]


def test_it_is_read_as_it_was_written(tmp_path):
    model = evidence([[1.0] * FUNCTIONS], [-5.0])
    model.save(tmp_path / "register_evidence.json")
    assert RegisterEvidence.load(tmp_path / "register_evidence.json") == model


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "register_evidence.json").write_text("{}")
    with pytest.raises(BundleError, match="register evidence cannot be read"):
        RegisterEvidence.load(tmp_path / "register_evidence.json")
