"""Two-way rules in both directions: either order of the records, either side, each measure."""

import numpy as np
import pytest

from matchwright.core.compare import compare
from matchwright.core.compare.competing import SIDES, context_of, without_context
from matchwright.core.records import conform_values, record_features
from matchwright.core.records.corpus import Corpus

NO_CORPUS = Corpus({})


def compared(spec, left: dict, right: dict) -> dict[str, float]:
    sides = [
        record_features(conform_values([values], spec, side), spec, NO_CORPUS)
        for values, side in ((left, "left"), (right, "right"))
    ]
    return compare(*sides, spec, NO_CORPUS).iloc[0].to_dict()


def either_way(spec, one: dict, other: dict) -> tuple[dict[str, float], dict[str, float]]:
    return compared(spec, one, other), compared(spec, other, one)


@pytest.fixture
def alike_products(products_spec):
    """The products' spec, as if both sides were one shop: the order of two records means nothing."""
    return products_spec.model_copy(update={"sources": products_spec.sources.model_copy(update={"alike": True})})


def test_a_short_form_is_known_whichever_record_has_it(persons_spec):
    for found in either_way(persons_spec, {"given_name": "Bill"}, {"given_name": "William"}):
        assert found["given_name__nickname"] == 1
    for found in either_way(persons_spec, {"given_name": "Bill"}, {"given_name": "Kate"}):
        assert found["given_name__nickname"] == 0


def test_names_that_have_changed_places_are_found_from_either_name_and_either_order(persons_spec):
    one = {"given_name": "Adam", "surname": "Smith"}
    other = {"given_name": "Smith", "surname": "Adam"}
    for found in either_way(persons_spec, one, other):
        assert found["given_name__swapped"] == found["surname__swapped"] == 1


def test_of_names_that_have_changed_places_the_weaker_counts(persons_spec):
    one = {"given_name": "Adam", "surname": "Smith"}
    for other in ({"given_name": "Smith", "surname": "Xqz"}, {"given_name": "Xqz", "surname": "Adam"}):
        for found in either_way(persons_spec, one, other):
            assert found["given_name__swapped"] == found["surname__swapped"] == 0


@pytest.mark.parametrize("one_lacks", ["given_name", "surname"])
def test_changed_places_need_all_four_names(persons_spec, one_lacks):
    whole = {"given_name": "Adam", "surname": "Smith"}
    for found in either_way(persons_spec, whole, {**whole, one_lacks: None}):
        assert np.isnan(found["given_name__swapped"])
        assert np.isnan(found["surname__swapped"])


def test_a_code_is_contained_whichever_record_has_the_longer_one(products_spec):
    for found in either_way(products_spec, {"model": "tt44"}, {"model": "tt4411bx"}):
        assert found["model__containment"] == pytest.approx(0.5)
    # of three characters nothing is said, of four it is
    for found in either_way(products_spec, {"model": "t44"}, {"model": "t4411b"}):
        assert found["model__containment"] == 0


def test_a_price_is_relative_to_the_larger_whichever_record_has_it(products_spec):
    for found in either_way(products_spec, {"price": 80}, {"price": 100}):
        assert found["price__relative"] == pytest.approx(0.8)
        assert found["price__exact"] == 0
    for found in either_way(products_spec, {"price": 0}, {"price": 100}):
        assert found["price__relative"] == 0


def test_a_value_in_another_field_is_found_from_either_side(products_spec):
    titled, coded = {"title": "turbo tt4411 steel"}, {"model": "tt4411", "title": "kettle"}
    for found in either_way(products_spec, titled, coded):
        assert found["model__cross_field"] == 1
    for found in either_way(products_spec, {"title": "turbo steel"}, coded):
        assert found["model__cross_field"] == 0
    # both have a code, and one of the two stands in the other record
    for found in either_way(products_spec, {"model": "zz9900", "title": "turbo tt4411"}, coded):
        assert found["model__cross_field"] == 0.5


def test_what_one_title_has_more_is_told_by_side(products_spec):
    short, long = {"title": "turbo kettle"}, {"title": "turbo kettle steel 7 ab12"}
    there, back = either_way(products_spec, short, long)
    for measure in ("unmatched", "unmatched_codes"):
        assert there[f"title__{measure}_left"] == back[f"title__{measure}_right"] == 0
        assert there[f"title__{measure}_right"] == back[f"title__{measure}_left"] > 0
    assert there["title__token_containment"] == back["title__token_containment"] == 1


def test_where_sources_are_alike_the_larger_rest_stands_left_in_either_order(alike_products):
    there, back = either_way(alike_products, {"title": "turbo kettle"}, {"title": "turbo kettle steel 7 ab12"})
    assert there == pytest.approx(back, nan_ok=True)
    for measure in ("unmatched", "unmatched_codes"):
        assert there[f"title__{measure}_left"] > there[f"title__{measure}_right"] == 0


def test_words_written_as_one_are_found_from_either_side(products_spec):
    for found in either_way(products_spec, {"title": "photo shop"}, {"title": "photoshop"}):
        assert found["title__token_overlap"] == pytest.approx(1)
        assert found["title__unmatched_left"] == found["title__unmatched_right"] == 0
    # three characters written as one meet by chance
    for found in either_way(products_spec, {"title": "a bc"}, {"title": "abc"}):
        assert found["title__token_overlap"] == 0
    # the last word of a title and the first of the next are no neighbours
    for found in either_way(products_spec, {"title": "photo"}, {"title": "shop photoshop"}):
        assert found["title__token_overlap"] == 0


def test_numbers_are_those_of_the_side_with_fewer(products_spec):
    for found in either_way(products_spec, {"title": "disc 4 8"}, {"title": "disc 4 16 32"}):
        assert found["title__numbers"] == pytest.approx(0.5)
        assert found["title__unmatched_numbers"] == 1
    for found in either_way(products_spec, {"title": "disc"}, {"title": "disc 4"}):
        assert np.isnan(found["title__numbers"])
        assert np.isnan(found["title__unmatched_numbers"])


@pytest.mark.parametrize(
    ("code", "is_one"),
    [("ab1", False), ("ab12", True), ("1234", False), ("12345", True), ("abcd", False), ("1.25", False)],
)
def test_what_looks_like_a_code_from_so_many_characters_on(products_spec, code, is_one):
    for found in either_way(products_spec, {"title": f"disc {code}"}, {"title": "disc"}):
        assert (found["title__codes"] == 0) is is_one
        assert np.isnan(found["title__codes"]) is not is_one


@pytest.mark.parametrize(
    ("one", "other", "date", "parts"),
    [
        ("19800404", "19800404", 1.0, 1.0),  # day equal to month: the same date, not a swapped one
        ("19800204", "19800402", 0.9, 1 / 3),
        ("19800404", "19800405", 0.875, 2 / 3),
        ("19800204", "19810402", 0.625, 0.0),  # swapped, but of another year
    ],
)
def test_dates(persons_spec, one, other, date, parts):
    for found in either_way(persons_spec, {"date_of_birth": one}, {"date_of_birth": other}):
        assert found["date_of_birth__date"] == pytest.approx(date)
        assert found["date_of_birth__parts"] == pytest.approx(parts, abs=1e-5)
        assert found["date_of_birth__exact"] == (one == other)


def test_each_side_of_the_context_is_measured_among_its_own_candidates(products_spec):
    """Record a meets x (0.9), y (0.5); record x also meets b (0.85)."""
    found = context_of(np.array([0.9, 0.5, 0.85]), ["a", "a", "b"], ["x", "y", "x"], products_spec).round(5)
    expected = {
        "context__lead_left": [0.4, -0.4, np.nan],
        "context__lead_right": [0.05, np.nan, -0.05],
        "context__rank_left": [1, 2, 1],
        "context__rank_right": [1, 1, 2],
        "context__competing_left": [0, 1, 0],
        "context__competing_right": [1, 0, 1],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=1e-6, err_msg=name)


def test_alike_sources_put_the_weaker_side_first_in_every_measure(persons_spec):
    found = context_of(np.array([0.9, 0.5, 0.85]), ["a", "a", "b"], ["x", "y", "x"], persons_spec)
    expected = {
        "context__lead_left": [0.05, -0.4, -0.05],
        "context__lead_right": [0.4, -0.4, -0.05],
        "context__rank_left": [1, 2, 2],
        "context__rank_right": [1, 1, 1],
        "context__competing_left": [1, 1, 1],
        "context__competing_right": [0, 0, 0],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("known", SIDES)
def test_where_one_side_is_known_the_other_stays_missing_unless_sources_are_alike(products_spec, persons_spec, known):
    unknown = SIDES[1 - SIDES.index(known)]
    arguments = (np.array([0.9, 0.5]), ["a", "a"], ["x", "x"])
    apart = context_of(*arguments, products_spec, known=(known,))
    alike = context_of(*arguments, persons_spec, known=(known,))
    for measure, values in {"lead": [0.4, -0.4], "rank": [1, 2], "competing": [0, 1]}.items():
        np.testing.assert_allclose(apart[f"context__{measure}_{known}"], values, atol=1e-6)
        assert apart[f"context__{measure}_{unknown}"].isna().all()
        for side in SIDES:
            np.testing.assert_allclose(alike[f"context__{measure}_{side}"], values, atol=1e-6)


@pytest.mark.parametrize("gone", SIDES)
def test_context_can_be_taken_from_one_side_alone(products_spec, gone):
    kept = SIDES[1 - SIDES.index(gone)]
    whole = context_of(np.array([0.9, 0.5]), ["a", "a"], ["x", "x"], products_spec)
    without = without_context(whole, [1], (gone,))
    for measure in ("lead", "rank", "competing"):
        assert without[f"context__{measure}_{gone}"].isna().all()
        assert without[f"context__{measure}_{kept}"].tolist() == [whole[f"context__{measure}_{kept}"].iloc[1]]


def test_places_one_kilometre_apart_are_half_as_near_as_can_be():
    from matchwright.core.compare.geography import EARTH_RADIUS, proximity
    from matchwright.core.compare.pairing import Pairing

    degree = np.degrees(1 / EARTH_RADIUS)
    north = {"place": np.array([f"{degree:.9f},0.0", "0.0,0.0", None], dtype=object)}
    origin = {"place": np.array(["0.0,0.0", "0.0,0.0", "0.0,0.0"], dtype=object)}
    east = {"place": np.array([f"60.0,{2 * degree:.9f}", "0.0,180.0", "90.0,10.0"], dtype=object)}
    meridian = {"place": np.array(["60.0,0.0", "0.0,-180.0", "90.0,-10.0"], dtype=object)}
    for one, other in ((north, origin), (origin, north)):
        np.testing.assert_allclose(proximity(Pairing.of(one, other, "place", False)), [0.5, 1, np.nan], atol=1e-5)
    for one, other in ((east, meridian), (meridian, east)):  # a degree of longitude is half as long at 60 degrees
        np.testing.assert_allclose(proximity(Pairing.of(one, other, "place", False)), [0.5, 1, 1], atol=1e-5)


def test_a_spec_may_name_the_comparators_of_whole_records(products_spec):
    from matchwright.core.compare import comparison_names

    record = products_spec.record.model_copy(update={"comparators": ("token_set", "ngram_cosine")})
    names = comparison_names(products_spec.model_copy(update={"record": record}))
    assert [name for name in names if name.startswith("record")] == ["record__token_set", "record__ngram_cosine"]
