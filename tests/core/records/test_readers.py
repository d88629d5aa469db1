"""Conformed values: words for an empty cell are missing, and numbers and dates are read in their column's notation."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from matchwright.core.candidates.tfidf_index.texts import joined_text
from matchwright.core.records import conform, conform_values, normal_forms, unreadable, unreadable_column
from matchwright.core.records.corpus import Corpus, feature_version
from matchwright.core.records.whole import as_text
from matchwright.core.spec import MatchSpec, parse_spec, spec_yaml


def changed(spec: MatchSpec, fields: dict[str, dict[str, Any]], **top: Any) -> MatchSpec:
    """The spec with other keys in some fields and at the top."""
    raw = yaml.safe_load(spec_yaml(spec))
    for name, keys in fields.items():
        raw["fields"][name] |= keys
    return parse_spec(yaml.safe_dump({**raw, **top}))


def read(spec: MatchSpec, field: str, *values: Any, source: str = "left") -> list[Any]:
    column = conform_values([{field: value} for value in values], spec, source)[field]
    return [None if pd.isna(value) else value for value in column]


def test_words_for_an_empty_cell_are_missing_in_any_case_and_between_blanks(persons_spec):
    spec = changed(persons_spec, {}, missing=[None, "n/a", "unknown", "-"])
    assert read(spec, "suburb", "NULL", " null ", "N/A", "Unknown", "-", "unknown road", "Nullarbor") == [
        *[None] * 5,
        "unknown road",
        "Nullarbor",
    ]


def test_a_fields_own_list_replaces_that_of_the_spec(persons_spec):
    spec = changed(persons_spec, {"surname": {"missing": ["-"]}, "suburb": {"missing": []}}, missing=["NULL"])
    assert read(spec, "surname", "Null", "-") == ["Null", None]
    assert read(spec, "suburb", "Null", "-") == ["Null", "-"]
    assert read(spec, "street", "Null", "-") == [None, "-"]


def test_two_records_with_one_known_field_have_one_known_field(persons_spec):
    """Without the words, five NULLs agree."""
    spec = changed(persons_spec, {}, missing=["NULL", "n/a"])
    nearly_empty = dict.fromkeys(spec.compared, "NULL") | {"surname": "lindner", "date_of_birth": "n/a"}
    normal = normal_forms(conform_values([nearly_empty], spec, "left"), spec)
    assert normal[list(spec.compared)].notna().sum(axis=1).tolist() == [1]


@pytest.mark.parametrize("value", ["1900-01-01", "01.01.1900", "19000101", "1900-01-01 00:00:00", "1 Jan 1900"])
def test_a_placeholder_date_is_missing_however_it_is_written(persons_spec, value):
    spec = changed(persons_spec, {"date_of_birth": {"missing": ["1900-01-01"]}})
    assert read(spec, "date_of_birth", value, "1900-01-02") == [None, "1900-01-02"]


@pytest.mark.parametrize("value", [99999, 99999.0, "99999", "99,999.00", "99999.0"])
def test_a_placeholder_number_is_missing_however_it_is_written(products_spec, value):
    spec = changed(products_spec, {"price": {"missing": ["99999"]}})
    assert read(spec, "price", value, 99998) == [None, 99998]


def test_each_source_is_read_in_its_own_notation(products_spec):
    spec = changed(products_spec, {"price": {"decimal": "comma", "decimal_right": "point"}})
    assert read(spec, "price", "1.299,00", "1299.00", 12.5) == [1299, None, 12.5]
    assert read(spec, "price", "1.299,00", "1299.00", 12.5, source="right") == [None, 1299, 12.5]
    assert not spec.one_notation


def test_the_right_source_has_the_notation_of_the_left_one_if_it_has_none_of_its_own(persons_spec):
    spec = changed(persons_spec, {"date_of_birth": {"order": "month_first"}})
    for source in ("left", "right"):
        assert read(spec, "date_of_birth", "02/25/1980", "25/02/1980", source=source) == ["1980-02-25", None]
    assert spec.one_notation


def test_a_month_first_date_equals_the_same_day_in_iso_notation(persons_spec):
    spec = changed(persons_spec, {"date_of_birth": {"order": "month_first"}})
    values = [{"date_of_birth": "8/27/1976"}, {"date_of_birth": "1976-08-27"}]
    assert normal_forms(conform_values(values, spec, "left"), spec)["date_of_birth"].tolist() == ["19760827"] * 2


def test_conforming_conformed_values_changes_nothing(persons_spec, products_spec):
    dates = changed(persons_spec, {"date_of_birth": {"order": "month_first"}})
    prices = changed(products_spec, {"price": {"decimal": "comma"}})
    for spec, field, value in ((dates, "date_of_birth", "02/03/1980"), (prices, "price", "1.299,50")):
        once = conform_values([{field: value}], spec, "left")
        again = conform_values(once[list(spec.fields)].to_dict("records"), spec, "left")
        pd.testing.assert_frame_equal(once, again)


def test_codes_and_categories_that_came_as_floats_are_whole(persons_spec):
    assert read(persons_spec, "postcode", "2999.0", 2999.0, "2999", "2999.5") == ["2999", "2999", "2999", "2999.5"]
    assert read(persons_spec, "street_number", "12.0") == ["12"]
    assert read(persons_spec, "date_of_birth", "19800225.0") == ["19800225"]
    assert read(persons_spec, "street", "route 1.0") == ["route 1.0"]


def test_unreadable_values_are_flagged_and_missing_ones_are_not(products_spec):
    spec = changed(products_spec, {}, missing=["n/a"])
    table = pd.DataFrame({spec.record_id: list("abcd"), **{spec.column_of(name): None for name in spec.fields}})
    assert unreadable(table.assign(price=[None, "n/a", "5", "5.10"]), spec, "left") == {}
    flags = unreadable(table.assign(price=["12,50", "n/a", None, "5"]), spec, "left")
    assert list(flags) == [unreadable_column("price")]
    assert flags[unreadable_column("price")].tolist() == [True, False, False, False]
    assert np.isnan(conform(table.assign(price="12,50"), spec, "left")["price"]).all()


@pytest.mark.parametrize(
    ("fields", "top"),
    [
        ({"date_of_birth": {"order": "month_first"}}, {}),
        ({"date_of_birth": {"order_right": "month_first"}}, {}),
        ({"suburb": {"missing": ["-"]}}, {}),
        ({}, {"missing": ["-"]}),
    ],
)
def test_the_feature_version_changes_with_notations_and_words_for_an_empty_cell(persons_spec, fields, top):
    assert feature_version(changed(persons_spec, fields, **top), Corpus({})) != feature_version(
        persons_spec, Corpus({})
    )


def test_numbers_become_text_with_all_their_digits():
    values = np.array([9780306406157.0, 9780306999999.0, 12.5, np.nan])
    assert as_text(values) == ["9780306406157", "9780306999999", "12.5", None]
    assert joined_text(pd.DataFrame({"isbn": values}), ("isbn",)) == ["9780306406157", "9780306999999", "12.5", ""]
