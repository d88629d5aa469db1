"""Neutral values: where a comparison begins to speak for a match."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.compare.names import disagreement_limits
from matchwright.training.models.neutral import neutral_values, without_flags


def neutral_of(values, labels, name="surname__levenshtein"):
    return neutral_values(pd.DataFrame({name: np.array(values, dtype=np.float32)}), labels)[0]


def test_it_lies_between_the_values_of_other_pairs_and_those_of_matches():
    assert neutral_of([0.1, 0.2, 0.3, 0.8, 0.9, 1.0], [0, 0, 0, 1, 1, 1]) == pytest.approx(0.55)


def test_a_comparison_that_falls_with_agreement_is_read_in_its_own_direction():
    values, labels = [0.0, 1.0, 2.0, 6.0, 7.0, 8.0], [1, 1, 1, 0, 0, 0]
    assert neutral_of(values, labels, "title__unmatched_left") == pytest.approx(4.0)


def test_a_rare_class_weighs_as_much_as_a_frequent_one():
    few, many = [0.9], [0.1] * 50 + [0.85] * 2
    assert 0.85 < neutral_of([*few, *many], [1] + [0] * 52) < 0.9


@pytest.mark.parametrize("name", ["surname__rarity", "given_name__swapped", "brand__cross_field"])
def test_a_comparison_that_only_speaks_for_a_match_is_neutral_at_0(name):
    assert neutral_of([0.0, 0.2, 3.0, 4.0], [0, 0, 1, 1], name) == 0


@pytest.mark.parametrize("name", ["context__lead_left", "context__rank_right"])
def test_unknown_competing_candidates_stay_missing(name):
    assert np.isnan(neutral_of([0.0, 0.2, 3.0, 4.0], [0, 0, 1, 1], name))


def test_a_comparison_that_is_always_missing_stays_missing():
    assert np.isnan(neutral_of([np.nan, np.nan], [0, 1]))


@pytest.mark.parametrize("labels", [[0, 0, 0], [1, 1, 1]])
def test_with_one_class_it_is_the_median(labels):
    assert neutral_of([0.1, 0.4, 0.9], labels) == pytest.approx(0.4)


def test_values_without_information_do_not_decide():
    assert neutral_of([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1]) == pytest.approx(0.5)


def test_it_is_never_below_the_limit_of_disagreement():
    table = pd.DataFrame({"state__levenshtein": np.array([0.1, 0.2, 0.4, 1.0], dtype=np.float32)})
    assert neutral_values(table, [0, 0, 1, 1]) == (pytest.approx(0.3),)
    assert neutral_values(table, [0, 0, 1, 1], {"state__levenshtein": 0.7}) == (0.7,)
    assert neutral_values(table, [0, 0, 1, 1], {"state__levenshtein": 0.2}) == (pytest.approx(0.3),)


def test_a_limit_gives_no_neutral_value_to_a_comparison_that_is_always_missing():
    table = pd.DataFrame({"state__levenshtein": np.array([np.nan, np.nan], dtype=np.float32)})
    assert np.isnan(neutral_values(table, [0, 1], {"state__levenshtein": 0.7})[0])


def test_the_limits_of_a_spec_are_those_of_the_first_comparison_of_each_field_that_is_no_text(products_spec):
    assert disagreement_limits(products_spec) == {
        "brand__levenshtein": 0.5,
        "model__levenshtein": 0.6,
        "price__relative": 0.5,
    }


def test_flags_of_missing_values_are_not_read():
    assert without_flags(pd.DataFrame(columns=["a__exact", "a__missing", "record__numbers"])) == (
        "a__exact",
        "record__numbers",
    )
