"""Comparisons in both directions: each comparison is tested for both orders of the two records."""

import numpy as np
import pytest

from matchwright.core.compare import compare
from matchwright.core.compare.competing import SIDES, context_of, without_context
from matchwright.core.compare.cross_field import SWAPPED_FROM
from matchwright.core.compare.names import comparison_names
from matchwright.core.reasons.evidence import LIMITS
from matchwright.core.records import conform_values, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec.fields import RecordEvidence

NO_CORPUS = Corpus({})


def compared(spec, left: dict, right: dict) -> dict[str, float]:
    sides = [
        record_features(conform_values([values], spec, side), spec, NO_CORPUS)
        for values, side in ((left, "left"), (right, "right"))
    ]
    return compare(*sides, spec, NO_CORPUS).iloc[0].to_dict()


def both_orders(spec, one: dict, other: dict) -> tuple[dict[str, float], dict[str, float]]:
    return compared(spec, one, other), compared(spec, other, one)


@pytest.fixture
def alike_products(products_spec):
    """The spec of the products with alike sources, as if both tables came from one shop."""
    return products_spec.model_copy(update={"sources": products_spec.sources.model_copy(update={"alike": True})})


def test_a_short_form_of_a_name_is_recognised_in_either_record(persons_spec):
    for found in both_orders(persons_spec, {"given_name": "Bill"}, {"given_name": "William"}):
        assert found["given_name__nickname"] == 1
    for found in both_orders(persons_spec, {"given_name": "Bill"}, {"given_name": "Kate"}):
        assert found["given_name__nickname"] == 0


def test_swapped_names_are_found_in_either_order_of_the_records(persons_spec):
    one = {"given_name": "Adam", "surname": "Smith"}
    other = {"given_name": "Smith", "surname": "Adam"}
    for found in both_orders(persons_spec, one, other):
        assert found["given_name__swapped"] == found["surname__swapped"] == 1


def test_names_count_as_swapped_only_if_both_names_fit(persons_spec):
    one = {"given_name": "Adam", "surname": "Smith"}
    for other in ({"given_name": "Smith", "surname": "Xqz"}, {"given_name": "Xqz", "surname": "Adam"}):
        for found in both_orders(persons_spec, one, other):
            assert found["given_name__swapped"] == found["surname__swapped"] == 0


@pytest.mark.parametrize("missing_name", ["given_name", "surname"])
def test_swapped_names_are_compared_only_if_all_four_names_are_known(persons_spec, missing_name):
    complete = {"given_name": "Adam", "surname": "Smith"}
    for found in both_orders(persons_spec, complete, {**complete, missing_name: None}):
        assert np.isnan(found["given_name__swapped"])
        assert np.isnan(found["surname__swapped"])


def test_a_code_is_found_in_a_longer_code_of_either_record(products_spec):
    for found in both_orders(products_spec, {"model": "tt44"}, {"model": "tt4411bx"}):
        assert found["model__containment"] == pytest.approx(0.5)
    # A code of three characters is too short: it is not searched for in a longer code.
    for found in both_orders(products_spec, {"model": "t44"}, {"model": "t4411b"}):
        assert found["model__containment"] == 0


def test_prices_are_compared_relative_to_the_larger_price_of_either_record(products_spec):
    for found in both_orders(products_spec, {"price": 80}, {"price": 100}):
        assert found["price__relative"] == pytest.approx(0.8)
        assert found["price__exact"] == 0
    for found in both_orders(products_spec, {"price": 0}, {"price": 100}):
        assert found["price__relative"] == 0


def test_a_value_in_another_field_is_found_from_either_record(products_spec):
    titled, coded = {"title": "turbo tt4411 steel"}, {"model": "tt4411", "title": "kettle"}
    for found in both_orders(products_spec, titled, coded):
        assert found["model__cross_field"] == 1
    for found in both_orders(products_spec, {"title": "turbo steel"}, coded):
        assert found["model__cross_field"] == 0
    # Both records have a code. Only one of the two codes is in the title of the other record.
    for found in both_orders(products_spec, {"model": "zz9900", "title": "turbo tt4411"}, coded):
        assert found["model__cross_field"] == 0
    crossed = {"model": "zz9900", "title": "turbo tt4411"}, {"model": "tt4411", "title": "zz9900 kettle"}
    for found in both_orders(products_spec, *crossed):
        assert found["model__cross_field"] == 1


def test_equal_values_count_as_found_and_only_texts_are_searched(products_spec):
    for found in both_orders(products_spec, {"model": "tt4411"}, {"model": "tt4411", "title": "kettle"}):
        assert found["model__cross_field"] == 1
    # A brand that is in the field of codes disagrees there, so it must not speak for a match.
    for found in both_orders(products_spec, {"brand": "acme", "title": "pan"}, {"model": "acme", "title": "pan"}):
        assert found["brand__cross_field"] == found["model__cross_field"] == 0


def test_a_value_is_looked_up_in_no_other_field_if_the_other_record_has_no_text(products_spec):
    for found in both_orders(products_spec, {"brand": "acme"}, {"model": "tt4411"}):
        assert np.isnan(found["brand__cross_field"])
    for found in both_orders(products_spec, {"brand": "acme"}, {"brand": "zenith"}):
        assert found["brand__cross_field"] == 0


def test_a_spec_without_texts_in_its_record_has_no_comparisons_across_fields(persons_spec):
    section = RecordEvidence(fields=("surname", "postcode"))
    names = comparison_names(persons_spec.model_copy(update={"record": section}))
    assert not [name for name in names if name.endswith("__cross_field")]


def test_names_that_are_hardly_alike_when_they_are_swapped_are_not_swapped(persons_spec):
    assert LIMITS["swapped"].disagrees_below == SWAPPED_FROM
    one = {"given_name": "osric", "surname": "testwell"}
    nearly, hardly = {"given_name": "testwel", "surname": "osrik"}, {"given_name": "tostwig", "surname": "ossa"}
    for found in both_orders(persons_spec, one, nearly):
        assert found["surname__swapped"] > SWAPPED_FROM
    for found in both_orders(persons_spec, one, hardly):
        assert found["surname__swapped"] == 0


def test_unmatched_words_are_reported_for_the_side_that_has_them(products_spec):
    short, long = {"title": "turbo kettle"}, {"title": "turbo kettle steel 7 ab12"}
    forward, backward = both_orders(products_spec, short, long)
    for measure in ("unmatched", "unmatched_codes"):
        assert forward[f"title__{measure}_left"] == backward[f"title__{measure}_right"] == 0
        assert forward[f"title__{measure}_right"] == backward[f"title__{measure}_left"] > 0
    assert forward["title__token_containment"] == backward["title__token_containment"] == 1


def test_for_alike_sources_the_larger_unmatched_weight_is_reported_as_left(alike_products):
    forward, backward = both_orders(alike_products, {"title": "turbo kettle"}, {"title": "turbo kettle steel 7 ab12"})
    assert forward == pytest.approx(backward, nan_ok=True)
    for measure in ("unmatched", "unmatched_codes"):
        assert forward[f"title__{measure}_left"] > forward[f"title__{measure}_right"] == 0


def test_measures_codes_and_rare_words_are_the_same_in_either_order(products_spec, alike_products):
    one = {"title": "turbo kettle qx1600 version 4 for 3 users"}
    other = {"title": "kettle qx1601b version 5 and zz99 for 3 users steel"}
    names = ("title__measures", "title__conflicting_measures", "record__common_prefix", "record__rarest_shared")
    for spec in (products_spec, alike_products):
        forward, backward = both_orders(spec, one, other)
        assert [forward[name] for name in names] == [backward[name] for name in names]
        assert not np.isnan([forward[name] for name in names]).any()


def test_two_words_written_as_one_are_recognised_in_either_record(products_spec):
    for found in both_orders(products_spec, {"title": "photo shop"}, {"title": "photoshop"}):
        assert found["title__token_overlap"] == pytest.approx(1)
        assert found["title__unmatched_left"] == found["title__unmatched_right"] == 0
    # A word of three characters is too short: it is not treated as two joined words.
    for found in both_orders(products_spec, {"title": "a bc"}, {"title": "abc"}):
        assert found["title__token_overlap"] == 0
    # The last word of one title and the first word of the other title are not neighbours.
    for found in both_orders(products_spec, {"title": "photo"}, {"title": "shop photoshop"}):
        assert found["title__token_overlap"] == 0


def test_numbers_are_compared_relative_to_the_title_with_fewer_numbers(products_spec):
    for found in both_orders(products_spec, {"title": "disc 4 8"}, {"title": "disc 4 16 32"}):
        assert found["title__numbers"] == pytest.approx(0.5)
        assert found["title__unmatched_numbers"] == 1
    for found in both_orders(products_spec, {"title": "disc"}, {"title": "disc 4"}):
        assert np.isnan(found["title__numbers"])
        assert np.isnan(found["title__unmatched_numbers"])


@pytest.mark.parametrize(
    ("code", "is_code"),
    [("ab1", False), ("ab12", True), ("1234", False), ("12345", True), ("abcd", False), ("1.25", False)],
)
def test_a_word_is_a_code_if_it_has_a_digit_and_is_long_enough(products_spec, code, is_code):
    for found in both_orders(products_spec, {"title": f"disc {code}"}, {"title": "disc"}):
        assert (found["title__codes"] == 0) is is_code
        assert np.isnan(found["title__codes"]) is not is_code


@pytest.mark.parametrize(
    ("one", "other", "date", "parts"),
    [
        ("19800404", "19800404", 1.0, 1.0),  # day equals month: the date is the same, it is not swapped
        ("19800204", "19800402", 0.9, 1 / 3),
        ("19800404", "19800405", 0.875, 2 / 3),
        ("19800204", "19810402", 0.625, 0.0),  # day and month are swapped, but the year differs
    ],
)
def test_dates_are_compared_in_either_order(persons_spec, one, other, date, parts):
    for found in both_orders(persons_spec, {"date_of_birth": one}, {"date_of_birth": other}):
        assert found["date_of_birth__date"] == pytest.approx(date)
        assert found["date_of_birth__parts"] == pytest.approx(parts, abs=1e-5)
        assert found["date_of_birth__exact"] == (one == other)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("19800514", "19800514", 3),
        ("19800514", "19800501", 2),  # only the month is known
        ("19800101", "19800123", 2),
        ("19800514", "19800101", 1),  # only the year is known
        ("19800101", "19800101", 3),
        ("19800514", "19810101", 0),  # another year
        ("19800514", "19800601", 0),  # the first day of another month
        ("19800514", "19800513", 0),
    ],
)
def test_the_first_day_of_a_year_or_a_month_may_stand_for_the_whole_of_it(persons_spec, one, other, shared):
    for found in both_orders(persons_spec, {"date_of_birth": one}, {"date_of_birth": other}):
        assert found["date_of_birth__reduced_precision"] == pytest.approx(shared / 3, abs=1e-5)


def test_a_missing_date_has_no_precision(persons_spec):
    for found in both_orders(persons_spec, {"date_of_birth": "19800514"}, {"date_of_birth": None}):
        assert np.isnan(found["date_of_birth__reduced_precision"])


def test_the_context_of_a_side_is_measured_among_the_candidates_of_that_side(products_spec):
    """Record a has the candidates x (0.9) and y (0.5). Record x has the candidates a (0.9) and b (0.85)."""
    found = context_of(np.array([0.9, 0.5, 0.85]), ["a", "a", "b"], ["x", "y", "x"], products_spec).round(5)
    expected = {
        "context__lead_left": [0.4, -0.4, np.nan],
        "context__lead_right": [0.05, np.nan, -0.05],
        "context__rank_left": [1, 2, np.nan],
        "context__rank_right": [1, np.nan, 2],
        "context__competing_left": [0, 1, np.nan],
        "context__competing_right": [1, np.nan, 1],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=1e-6, err_msg=name)


def test_for_alike_sources_every_measure_has_the_weaker_side_first(persons_spec):
    found = context_of(np.array([0.9, 0.5, 0.85]), ["a", "a", "b"], ["x", "y", "x"], persons_spec)
    expected = {
        "context__lead_left": [0.05, -0.4, -0.05],
        "context__lead_right": [0.4, -0.4, -0.05],
        "context__rank_left": [1, 2, 2],
        "context__rank_right": [1, 2, 2],
        "context__competing_left": [1, 1, 1],
        "context__competing_right": [0, 1, 1],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("known", SIDES)
def test_the_context_of_the_unknown_side_is_missing_unless_the_sources_are_alike(products_spec, persons_spec, known):
    unknown = SIDES[1 - SIDES.index(known)]
    arguments = (np.array([0.9, 0.5]), ["a", "a"], ["x", "x"])
    different_sources = context_of(*arguments, products_spec, known=(known,))
    alike_sources = context_of(*arguments, persons_spec, known=(known,))
    for measure, values in {"lead": [0.4, -0.4], "rank": [1, 2], "competing": [0, 1]}.items():
        np.testing.assert_allclose(different_sources[f"context__{measure}_{known}"], values, atol=1e-6)
        assert different_sources[f"context__{measure}_{unknown}"].isna().all()
        for side in SIDES:
            np.testing.assert_allclose(alike_sources[f"context__{measure}_{side}"], values, atol=1e-6)


@pytest.mark.parametrize("removed", SIDES)
def test_the_context_of_one_side_can_be_removed(products_spec, removed):
    kept = SIDES[1 - SIDES.index(removed)]
    complete = context_of(np.array([0.9, 0.5]), ["a", "a"], ["x", "x"], products_spec)
    without = without_context(complete, [1], (removed,))
    for measure in ("lead", "rank", "competing"):
        assert without[f"context__{measure}_{removed}"].isna().all()
        assert without[f"context__{measure}_{kept}"].tolist() == [complete[f"context__{measure}_{kept}"].iloc[1]]


def test_places_one_kilometre_apart_have_a_proximity_of_one_half():
    from matchwright.core.compare.geography import EARTH_RADIUS, proximity
    from matchwright.core.compare.pairing import Pairing

    degree = np.degrees(1 / EARTH_RADIUS)
    north = {"place": np.array([f"{degree:.9f},0.0", "0.0,0.0", None], dtype=object)}
    origin = {"place": np.array(["0.0,0.0", "0.0,0.0", "0.0,0.0"], dtype=object)}
    east = {"place": np.array([f"60.0,{2 * degree:.9f}", "0.0,180.0", "90.0,10.0"], dtype=object)}
    meridian = {"place": np.array(["60.0,0.0", "0.0,-180.0", "90.0,-10.0"], dtype=object)}
    for one, other in ((north, origin), (origin, north)):
        np.testing.assert_allclose(proximity(Pairing.of(one, other, "place", False)), [0.5, 1, np.nan], atol=1e-5)
    for one, other in ((east, meridian), (meridian, east)):  # at 60 degrees, longitude is half as long
        np.testing.assert_allclose(proximity(Pairing.of(one, other, "place", False)), [0.5, 1, 1], atol=1e-5)


def test_a_spec_can_choose_the_comparators_of_the_whole_record(products_spec):
    from matchwright.core.compare import comparison_names

    record = products_spec.record.model_copy(update={"comparators": ("token_set", "ngram_cosine")})
    names = comparison_names(products_spec.model_copy(update={"record": record}))
    assert [name for name in names if name.startswith("record")] == ["record__token_set", "record__ngram_cosine"]
