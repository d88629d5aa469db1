"""How much further agreement raises the limit of register evidence, before the value is known."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.bundle.golden import value_features
from matchwright.core.models.register_rise import least_rise
from matchwright.core.spec.vocabulary import LIMIT

PERSON = {"surname": "testwell", "postcode": "2999", "given_name": "marianne"}


def compared(model, left, right):
    return model.compare(
        *(value_features(model, [values], side) for values, side in ((left, "left"), (right, "right")))
    )


def rise(model, before, after):
    return float(least_rise(model.register, before, after, model.spec)[0])


@pytest.mark.parametrize("field", ["given_name", "surname", "suburb", "date_of_birth", "state"])
def test_the_limit_rises_by_no_more_than_a_common_value_adds(limited_model, small_world, field):
    """The rise is that of the most common value, and every value raises the limit of the real pair as much."""
    known = {name: value for name, value in PERSON.items() if name != field}
    before = compared(limited_model, known, known)
    values = small_world.records[field].dropna().value_counts()
    for value in (values.index[0], values.index[len(values) // 2]):
        after = compared(limited_model, {**known, field: value}, {**known, field: value})
        real = float(after[LIMIT].iloc[0] - before[LIMIT].iloc[0])
        assert 0 <= rise(limited_model, before, after) <= real + 0.6


def test_a_field_that_no_longer_disagrees_raises_it_too(limited_model):
    apart = compared(limited_model, PERSON, {**PERSON, "given_name": "bertrand"})
    missing = compared(limited_model, PERSON, {**PERSON, "given_name": None})
    same = compared(limited_model, PERSON, PERSON)
    assert rise(limited_model, apart, same) >= rise(limited_model, missing, same) > 0


def test_nothing_further_raises_nothing(limited_model):
    same = compared(limited_model, PERSON, PERSON)
    assert rise(limited_model, same, same) == 0
    two = pd.concat([same, same], ignore_index=True)
    assert least_rise(limited_model.register, two, two, limited_model.spec).tolist() == [0, 0]


def test_no_pair_has_no_rise(limited_model):
    none = compared(limited_model, PERSON, PERSON).iloc[:0]
    assert np.array_equal(least_rise(limited_model.register, none, none, limited_model.spec), np.zeros(0))
