"""Limits of the values of a record: lengths, places, numbers and dates. Also tables of two records."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.records import conform_values, mistyped, normal_forms, record_features
from matchwright.core.records.conform import clean_text, parse_number
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.normal import (
    LONGEST,
    NORMAL_FORM,
    calendar_date,
    coordinates,
    first_number,
    is_calendar_date,
    running_text,
)


@pytest.mark.parametrize(("length", "kept"), [(3_999, 3_999), (4_000, 4_000), (4_001, 4_000)])
def test_a_value_is_cut_after_4000_characters(length, kept):
    assert len(clean_text("x" * length)) == kept


@pytest.mark.parametrize("kind", sorted(LONGEST))
def test_a_normal_form_is_cut_at_the_maximum_length_of_its_kind(kind):
    longest = LONGEST[kind]
    assert [len(NORMAL_FORM[kind]("x" * length)) for length in (longest - 1, longest, longest + 1)] == [
        longest - 1,
        longest,
        longest,
    ]
    assert NORMAL_FORM[kind]("?!") is None


def test_a_normal_form_that_is_cut_after_a_space_does_not_end_with_the_space():
    assert NORMAL_FORM["name"]("x" * (LONGEST["name"] - 1) + " y") == "x" * (LONGEST["name"] - 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7"), (7.5, "7.5"), (7, "7"), (" a\t b ", "a b"), ("\ud800", None), ("a \ud800 b", "a b"), ("", None),
        ("ﬁ", "fi"),
    ],
)  # fmt: skip
def test_values_are_converted_to_text(value, text):
    assert clean_text(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("-3.5 degrees", -3.5), ("+4", 4), ("1,234,567.5", 1234567.5), ("2e-3", 0.002), (0, 0),
        (np.float32(1.5), 1.5), (np.int64(7), 7),
    ],
)  # fmt: skip
def test_a_number_is_read(value, number):
    assert parse_number(value) == number


@pytest.mark.parametrize(
    "value", [10**400, float("-inf"), float("nan"), "1e999", "x" * 100 + "7", ".", "a4b7", "SKU-500"]
)
def test_a_value_without_a_finite_number_is_nan(value):
    assert np.isnan(parse_number(value))


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("90, 180", "90.00000,180.00000"),
        ("-90;-180", "-90.00000,-180.00000"),
        ("(1.5 2.5)", "1.50000,2.50000"),
        ("-0.0, -0", "0.00000,0.00000"),
        ("90.1, 0", None),
        ("-90.1, 0", None),
        ("0, 180.1", None),
        ("0, -180.1", None),
        ("12", None),
    ],
)
def test_coordinates_outside_the_valid_range_are_missing(value, place):
    assert coordinates(value) == place


@pytest.mark.parametrize(("length", "place"), [(100, "1.00000,2.00000"), (101, None)])
def test_coordinates_are_read_from_the_first_hundred_characters(length, place):
    assert coordinates("1," + " " * (length - 3) + "2") == place


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("04/04/1980", "19800404"),  # day equals month
        ("2.3.1980", "19800302"),
        ("1980.3.2", "19800302"),
        ("1980/12/31 23:59", "19801231"),
        ("19801332", "19801332"),  # eight digits that are not a date
        ("1980021", None),
        ("1990-12", None),
        ("02/25/1980", None),  # no 25th month
        ("1/2/80", "19800201"),
        ("1980", None),
    ],
)
def test_a_date_without_its_columns_notation_has_the_day_first(value, date):
    assert calendar_date(value) == date


@pytest.mark.parametrize(
    ("digits", "exists"),
    [("20000229", True), ("19000229", False), ("20240430", True), ("20240431", False), ("20241231", True),
     ("20241301", False), ("20240100", False), ("20240001", False), ("00000101", False)],
)  # fmt: skip
def test_a_calendar_date_must_exist(digits, exists):
    assert is_calendar_date(digits) is exists


@pytest.mark.parametrize(("value", "number"), [("unit 007b 9", "7"), ("000", "0"), ("0", "0"), ("none", None)])
def test_the_first_number_is_the_first_sequence_of_digits(value, number):
    assert first_number(value) == number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1,299 EUR", "1299 eur"),
        ("1,29", "1 29"),
        ("15.4 inch.", "15.4 inch"),
        ("a.b 3.x", "a b 3 x"),
        ("1,2345", "1 2345"),
    ],
)
def test_running_text_keeps_decimal_points_and_drops_commas_between_thousands(value, text):
    assert running_text(value) == text


@pytest.mark.parametrize(
    ("value", "mistyped_value"), [("abcd", "acbd"), ("abbd", "abd"), ("ab", "ba"), ("aa", "a"), ("abc", "bac")]
)
def test_a_typing_error_is_in_the_middle_of_the_value(value, mistyped_value):
    assert mistyped(value) == mistyped_value


def test_given_record_ids_are_kept_and_records_without_an_id_are_numbered(persons_spec):
    made = conform_values([{"record_id": "x"}, {"record_id": ""}, {}], persons_spec, "right")
    assert made["record_key"].tolist() == ["right:x", "right:given-1", "right:given-2"]
    assert set(made["source"]) == {"right"}


def test_corpus_and_features_can_be_computed_for_a_table_of_two_records(persons_spec, products_spec):
    for spec, values in ((persons_spec, {"surname": "smith"}), (products_spec, {"title": "turbo", "price": 3})):
        two = conform_values([values, values], spec, "left")
        corpus = Corpus.fit(normal_forms(two, spec), spec)
        features = record_features(two, spec, corpus)
        assert len(features) == 2
        pd.testing.assert_series_equal(features.iloc[0].drop("record_key"), features.iloc[1].drop("record_key"),
                                       check_names=False)  # fmt: skip
