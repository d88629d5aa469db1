"""Conforming records and computing their features."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matchwright.core.records import conform, conform_values, feature_schema, mistyped, normal_forms, record_features
from matchwright.core.records.conform import parse_number
from matchwright.core.records.corpus import Corpus, feature_version
from matchwright.core.records.normal import NORMAL_FORM, calendar_date, is_calendar_date, squeezed, words
from matchwright.errors import DataError


def test_conform_lists_all_absent_columns_and_suggests_similar_names(persons_spec, febrl):
    table = febrl[0].rename(columns={"surname": "surnme"}).drop(columns="postcode")
    with pytest.raises(DataError, match=r"did you mean 'surnme'") as caught:
        conform(table, persons_spec, "left")
    assert [fault.path for fault in caught.value.faults] == ["surname", "postcode"]


def test_conform_keeps_the_order_and_turns_empty_text_into_missing(persons_spec):
    records = conform_values([{"surname": "  van  der Berg "}, {"surname": " "}], persons_spec, "left")
    assert records["surname"].tolist() == ["van der Berg", None]
    assert records["record_key"].tolist() == ["left:given-0", "left:given-1"]
    assert list(records.columns)[3:] == list(persons_spec.fields)


@pytest.mark.parametrize(("value", "number"), [("$1,299.00", 1299), ("39.9 EUR", 39.9), (7, 7), ("1e3", 1000)])
def test_a_number_is_read_from_a_value_with_units_and_separators(value, number):
    assert parse_number(value) == number


@pytest.mark.parametrize("value", ["n/a", "", "-", float("inf")])
def test_a_value_without_a_finite_number_is_missing(value):
    assert np.isnan(parse_number(value))


def test_values_have_the_expected_normal_forms():
    assert words("O'Brien-Søren,  ÉCOLE") == "o brien søren ecole"
    assert squeezed("TT-4411 / b") == "tt4411b"
    assert [calendar_date(v) for v in ("1980-02-14", "14/02/1980", "19800214", "1980-2-4T10:00", "soon")] == [
        "19800214",
        "19800214",
        "19800214",
        "19800204",
        None,
    ]
    assert is_calendar_date("20240229")
    assert not is_calendar_date("20230229")


def test_features_have_the_columns_of_the_schema_and_no_fields_that_are_not_compared(small_world):
    schema = feature_schema(small_world.spec)
    assert list(small_world.features.columns) == ["record_key", *schema]
    assert "national_id" not in schema
    for column, kind in schema.items():
        assert (small_world.features[column].dtype == np.float64) == (kind == "number")


def test_a_rare_name_has_a_higher_rarity_than_a_common_name(small_world):
    counts = small_world.features["surname"].value_counts()
    rarity = small_world.features.groupby("surname")["surname__rarity"].first()
    assert rarity[counts.index[0]] < rarity[counts.index[-1]]


def test_the_corpus_contains_no_plain_value_and_no_count_below_three(small_world, tmp_path):
    normal = normal_forms(small_world.records, small_world.spec)
    small_world.corpus.save(tmp_path / "corpus.safetensors")
    content = (tmp_path / "corpus.safetensors").read_bytes()
    for surname in normal["surname"].dropna().unique():
        if len(surname) > 5:
            assert surname.encode() not in content
    assert small_world.corpus.fields["surname"].counts.min() >= 3


def test_the_corpus_does_not_depend_on_the_row_order_and_is_read_back_unchanged(small_world, tmp_path):
    normal = normal_forms(small_world.records, small_world.spec)
    shuffled = Corpus.fit(normal.sample(frac=1, random_state=1), small_world.spec)
    assert shuffled.digest == small_world.corpus.digest
    shuffled.save(tmp_path / "corpus.safetensors")
    again = Corpus.load(tmp_path / "corpus.safetensors")
    assert again.digest == shuffled.digest
    assert feature_version(small_world.spec, again) == feature_version(small_world.spec, small_world.corpus)


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        ("category", "012", "12"),
        ("category", "0012 A", "12 a"),
        ("category", "0", "0"),
        ("category", "00", "0"),
        ("category", "100", "100"),
        ("category", "0.5 l", "0 5 l"),
        ("category", "00123", "00123"),
        ("address", "07 High Street", "7 high street"),
        ("address", "Feldweg 07", "feldweg 07"),
        ("id_code", "012", "012"),
        ("name", "007", "007"),
    ],
)
def test_leading_zeros_of_a_house_number_do_not_matter_and_those_of_a_code_do(kind, value, normal):
    assert NORMAL_FORM[kind](value) == normal


@settings(max_examples=60, deadline=None)
@example(value="00 05")
@example(value="unit 4:_12")
@given(value=st.text(max_size=300))
def test_features_accept_any_text_and_a_normal_form_is_its_own_normal_form(persons_spec, value):
    """For any text: the normal form of a normal form is the same normal form."""
    fields = dict.fromkeys(persons_spec.compared, value)
    normal = normal_forms(conform_values([fields], persons_spec, "left"), persons_spec)
    again = normal_forms(conform_values([normal.iloc[0].to_dict()], persons_spec, "left"), persons_spec)
    pd.testing.assert_frame_equal(normal, again)
    features = record_features(conform_values([fields], persons_spec, "left"), persons_spec, Corpus({}))
    assert len(features) == 1


@given(value=st.text(min_size=2, max_size=40))
def test_a_mistyped_value_has_one_typing_error(value):
    assert mistyped(value) != value
    assert abs(len(mistyped(value)) - len(value)) <= 1
