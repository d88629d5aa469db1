"""Measures in texts: numbers that are compared only with those of the same unit or neighbouring word."""

import numpy as np
import pytest

from matchwright.core.compare import compare
from matchwright.core.compare.measures import measures_in
from matchwright.core.records import conform_values, record_features
from matchwright.core.records.corpus import Corpus

NO_CORPUS = Corpus({})


def compared(spec, left: str, right: str) -> dict[str, float]:
    sides = [
        record_features(conform_values([{"title": title}], spec, side), spec, NO_CORPUS)
        for title, side in ((left, "left"), (right, "right"))
    ]
    found = compare(*sides, spec, NO_CORPUS).iloc[0].to_dict()
    return {str(name): value for name, value in found.items()}


def test_a_number_is_named_by_its_unit_or_by_the_words_beside_it():
    assert measures_in("2 tb drive") == ["2 tb"]
    assert measures_in("version 4 for 10 user") == ["4 version_", "4 _for", "10 for_", "10 _user"]
    assert measures_in("photo") == measures_in("") == []


def test_units_and_values_have_one_notation():
    assert measures_in("5.0 lbs") == measures_in("5lb") == ["5 lb"]
    assert measures_in("v04.50") == ["4.5 v_"]
    assert measures_in("version 1.2.0") == ["1.2.0 version_"]


def test_a_number_is_not_named_by_another_number():
    assert measures_in("4 5") == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("lantern version 4", "lantern version 5"),
        ("lantern 10 user", "lantern 25 user"),
        ("pack of 3 lantern", "pack of 12 lantern"),
        ("drive 500 gb", "drive 750gb"),
    ],
)
def test_measures_of_the_same_name_with_other_values_conflict(products_spec, left, right):
    for found in (compared(products_spec, left, right), compared(products_spec, right, left)):
        assert found["title__measures"] == 0
        assert found["title__conflicting_measures"] >= 1


def test_a_number_between_two_words_counts_with_both(products_spec):
    assert compared(products_spec, "lantern 10 user", "lantern 25 user")["title__conflicting_measures"] == 2


def test_measures_with_a_value_in_common_agree(products_spec):
    found = compared(products_spec, "lantern version 4.0 3 user", "lantern 5 user version 4")
    assert found["title__measures"] == pytest.approx(0.5)
    assert found["title__conflicting_measures"] == 1


def test_measures_of_different_names_are_not_compared(products_spec):
    found = compared(products_spec, "lantern version 4", "lantern pack 4")
    assert np.isnan(compared(products_spec, "version 4", "pack 4")["title__measures"])
    assert found["title__conflicting_measures"] == 0
    without = compared(products_spec, "lantern version 4", "kettle")
    assert np.isnan(without["title__measures"])
    assert np.isnan(without["title__conflicting_measures"])


def test_the_longest_beginning_of_two_codes_counts(products_spec):
    assert compared(products_spec, "disk qx10ezex", "disk qx10ezex-00bn5a0")["record__common_prefix"] == 1
    for found in (
        compared(products_spec, "disk qx1600", "disk qx1601b zz99"),
        compared(products_spec, "disk qx1601b zz99", "disk qx1600"),
    ):
        assert found["record__common_prefix"] == pytest.approx(5 / 6, abs=1e-5)
    assert compared(products_spec, "disk qx1600", "disk zz9900")["record__common_prefix"] == 0
    assert np.isnan(compared(products_spec, "disk qx1600", "disk")["record__common_prefix"])
