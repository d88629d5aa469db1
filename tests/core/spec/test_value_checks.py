"""A spec is refused when it is read, and not by a later step, if it says values that do not fit their fields."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchwright.core.spec import parse_spec
from matchwright.errors import SpecError

SPECS = Path(__file__).parents[3] / "specs"


@pytest.fixture
def persons() -> dict[str, Any]:
    return yaml.safe_load((SPECS / "persons.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def products() -> dict[str, Any]:
    return yaml.safe_load((SPECS / "products.yaml").read_text(encoding="utf-8"))


def faults_of(raw: dict[str, Any] | str) -> dict[str, str]:
    try:
        parse_spec(raw if isinstance(raw, str) else yaml.safe_dump(raw))
    except SpecError as error:
        return {fault.path: f"{fault.problem}. {fault.hint}" for fault in error.faults}
    return {}


def test_a_golden_text_for_a_number_is_a_fault(products):
    products["golden"][0]["left"]["price"] = "ls-7731-x"
    products["golden"][0]["right"]["price"] = "12,50"
    found = faults_of(products)
    assert list(found) == ["golden.0.left.price", "golden.0.right.price"]
    assert found["golden.0.left.price"].startswith("is no number; the field is of kind number.")


@pytest.mark.parametrize("price", [12.5, 12, "1,299.00", "", None, "n/a"])
def test_a_golden_number_may_be_a_number_or_text_that_is_read_as_one_or_missing(products, price):
    products["missing"] = ["n/a"]
    products["golden"][0]["left"]["price"] = price
    assert faults_of(products) == {}


def test_a_golden_number_is_read_in_the_notation_of_its_side(products):
    products["fields"]["price"] |= {"decimal": "comma", "decimal_right": "point"}
    products["golden"][0]["left"]["price"] = products["golden"][0]["right"]["price"] = "1.299,00"
    assert list(faults_of(products)) == ["golden.0.right.price"]


@pytest.mark.parametrize(
    ("text", "order", "refused"),
    [
        ("1980-02-30", "day_first", True),
        ("02/25/1980", "day_first", True),
        ("02/25/1980", "month_first", False),
        ("1980-02-25", "month_first", False),
        ("soon", "day_first", True),
        (19800225, "day_first", False),
    ],
)
def test_a_golden_date_must_be_a_day_in_the_notation_of_its_field(persons, text, order, refused):
    persons["fields"]["date_of_birth"]["order"] = order
    persons["golden"][0]["left"]["date_of_birth"] = text
    assert list(faults_of(persons)) == (["golden.0.left.date_of_birth"] if refused else [])


def test_a_golden_value_that_yaml_reads_as_true_or_false_is_a_fault(persons):
    persons["golden"][0]["left"]["state"] = False  # written: no
    assert "put it in quotes" in faults_of(persons)["golden.0.left.state"]


def test_dates_postcodes_and_durations_without_quotes_stay_as_they_are_written():
    text = (SPECS / "persons.yaml").read_text(encoding="utf-8")
    text = text.replace('postcode: "2999"', "postcode: 02135").replace('"19800214"', "1980-02-14")
    golden = parse_spec(text).golden[0].left
    assert (golden["postcode"], golden["date_of_birth"]) == ("02135", "1980-02-14")


@pytest.mark.parametrize(
    ("field", "key", "value"),
    [
        ("surname", "decimal", "comma"),
        ("surname", "decimal_right", "comma"),
        ("surname", "order", "month_first"),
        ("date_of_birth", "decimal", "comma"),
        ("postcode", "order_right", "day_first"),
    ],
)
def test_a_notation_of_another_kind_is_a_fault(persons, field, key, value):
    persons["fields"][field][key] = value
    assert "remove it, or correct the kind" in faults_of(persons)[f"fields.{field}.{key}"]


@pytest.mark.parametrize(
    ("text", "path", "problem"),
    [
        ("missing: [n/a, ' ']", "missing.1", "is blank"),
        ("missing: [n/a, N/A]", "missing.1", "is named twice"),
        ("missing: [NULL, 'null']", "missing.1", "is named twice"),
        ("missing: [99999]", "missing.0", "put it in quotes"),
        ("missing: [no]", "missing.0", "put it in quotes"),
        ("missing: n/a", "missing", "tuple"),
    ],
)
def test_a_list_of_words_for_an_empty_cell_has_texts_that_differ(text, path, problem):
    whole = (SPECS / "products.yaml").read_text(encoding="utf-8")
    assert problem in faults_of(f"{whole}\n{text}\n")[path]


def test_null_and_dates_and_zeros_may_be_words_without_quotes():
    whole = (SPECS / "products.yaml").read_text(encoding="utf-8")
    spec = parse_spec(f"{whole}\nmissing: [NULL, 1900-01-01, 00000, '-']\n")
    assert spec.missing == ("NULL", "1900-01-01", "00000", "-")


def test_the_faults_of_a_fields_own_words_have_its_path(persons):
    persons["fields"]["surname"]["missing"] = ["-", "-"]
    assert list(faults_of(persons)) == ["fields.surname.missing.1"]


def test_a_slice_of_a_number_has_a_number(products):
    products["slices"].append({"name": "cheap", "field": "price", "when": "equals", "value": "cheap"})
    index = len(products["slices"]) - 1
    assert list(faults_of(products)) == [f"slices.{index}.value"]


def test_limits_of_quality_must_suit_the_kind_and_each_other(products):
    products["quality"]["fields"] = {"price": {"minimum": 5, "maximum": 4}, "title": {"unreadable_share": 0.1}}
    assert list(faults_of(products)) == ["quality.fields.price.minimum", "quality.fields.title.unreadable_share"]


JUNK = st.recursive(
    st.sampled_from([None, True, 0, -1, 1.5, "", "x", "surname"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["left", "x", 1]), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), junk=JUNK)
def test_any_value_in_any_place_of_a_spec_is_accepted_or_refused_with_faults(data, junk):
    raw = yaml.safe_load((SPECS / data.draw(st.sampled_from(["persons.yaml", "products.yaml"]))).read_text("utf-8"))
    place: Any = raw
    while True:
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 3)) == 0:
            place[key] = junk
            break
        place = inner
    faults_of(raw)  # raises no other error
