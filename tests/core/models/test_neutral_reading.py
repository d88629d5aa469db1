"""How a scorer reads comparisons with neutral values: where one is missing, and where a field contradicts itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.models.neutral import first_of_field, with_neutral

NEUTRAL = 0.6


def read(**values):
    """The value of each comparison as it is read; all have the same neutral value."""
    matrix = np.array([list(values.values())], dtype=np.float32)
    found = with_neutral(matrix, (NEUTRAL,) * len(values), tuple(values))[0]
    return dict(zip(values, (round(float(value), 4) for value in found), strict=True))


def test_a_missing_comparison_is_neutral():
    assert read(year__exact=np.nan, year__levenshtein=np.nan) == {"year__exact": 0.6, "year__levenshtein": 0.6}


def test_a_comparison_without_a_neutral_value_stays_missing():
    found = with_neutral(np.array([[np.nan]], np.float32), (np.nan,), ("context__lead_left",))
    assert np.isnan(found).all()


def test_no_other_comparison_of_a_field_speaks_for_a_match_where_the_first_one_does_not():
    assert read(year__exact=0, year__levenshtein=0.75) == {"year__exact": 0, "year__levenshtein": 0.6}
    assert read(year__exact=0, year__levenshtein=0.25) == {"year__exact": 0, "year__levenshtein": 0.25}
    assert read(year__exact=1, year__levenshtein=0.75) == {"year__exact": 1, "year__levenshtein": 0.75}


@pytest.mark.parametrize("comparator", ["nickname", "swapped", "cross_field", "reduced_precision"])
def test_a_value_that_is_found_in_another_way_still_speaks_for_a_match(comparator):
    values = {"name__jaro_winkler": 0.2, f"name__{comparator}": 1.0}
    assert read(**values) == values


@pytest.mark.parametrize("field", ["title", "record"])
def test_each_comparison_of_a_text_speaks_alone(field):
    values = {f"{field}__token_overlap": 0.2, f"{field}__token_containment": 1.0, f"{field}__token_sort": 0.7}
    assert read(**values) == values


def test_comparisons_with_competing_candidates_speak_alone():
    values = {"context__lead_left": 0.2, "context__lead_right": 0.9}
    assert read(**values) == values


def test_the_first_comparison_of_each_field_decides():
    names = ("city__levenshtein", "city__exact", "name__jaro_winkler", "name__nickname", "name__initial")
    assert first_of_field(names).tolist() == [0, 0, 2, 3, 2]


def test_without_neutral_values_nothing_changes():
    matrix = np.array([[0.0, 0.75, np.nan]], np.float32)
    assert with_neutral(matrix, (), ("year__exact", "year__levenshtein", "year__missing")) is matrix


SHARES = st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4)
NAMES = ("surname__jaro_winkler", "surname__phonetic", "surname__swapped", "city__exact")


@given(SHARES, SHARES, SHARES)
@settings(deadline=None)
def test_more_agreement_is_never_read_as_less(neutral, one, other):
    lower, higher = np.minimum(one, other), np.maximum(one, other)
    rows = with_neutral(np.array([lower, higher], np.float32), tuple(neutral), NAMES)
    assert (rows[0] <= rows[1]).all()
