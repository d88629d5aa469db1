"""How much values say that are nearly the same."""

import numpy as np
import pytest
from pydantic import ValidationError

from matchwright.core.models.similarity_evidence import STEPS, SimilarityCurve

CURVE = SimilarityCurve(evidence=tuple(step / 10 for step in range(STEPS + 1)))


def test_a_similarity_has_the_evidence_of_the_step_that_it_has_reached():
    assert CURVE.at(np.array([0.0, 0.02, 0.039, 0.04, 1.0])).tolist() == [0.0, 0.1, 0.1, 0.2, 5.0]


def test_a_step_is_reached_also_where_rounding_is_a_little_below_it():
    assert CURVE.at(np.array([0.86 - 1e-9], dtype=np.float64)).tolist() == [4.3]


def test_a_missing_similarity_is_none():
    assert CURVE.at(np.array([np.nan])).tolist() == [0.0]


@pytest.mark.parametrize("evidence", [(0.0,) * STEPS, (-1.0,) * (STEPS + 1)])
def test_a_curve_has_a_value_for_each_step_and_none_below_zero(evidence):
    with pytest.raises(ValidationError):
        SimilarityCurve(evidence=evidence)
