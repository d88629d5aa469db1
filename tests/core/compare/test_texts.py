"""Evidence of running text, of the rest of the record, of places and of names put in each other's place."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.compare import compare, comparison_names
from matchwright.core.compare.compound_words import CompoundWords
from matchwright.core.compare.sets import WeightedSets, Words
from matchwright.core.compare.texts import codes_in, numbers_in
from matchwright.core.records import conform_values, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.normal import place_on_globe, running_text

ANYTHING = st.one_of(st.none(), st.text(max_size=60), st.floats(), st.integers())
NO_CORPUS = Corpus({})


def compared(spec, left: dict, right: dict) -> dict[str, float]:
    sides = [
        record_features(conform_values([v], spec, s), spec, NO_CORPUS) for v, s in ((left, "left"), (right, "right"))
    ]
    return compare(*sides, spec, NO_CORPUS).iloc[0].to_dict()


def test_decimal_points_stay_and_thousands_lose_their_comma():
    assert running_text("Screen, 15.4in. $1,299.00!") == "screen 15.4in 1299.00"


def test_numbers_are_read_in_one_notation_and_inside_words():
    assert numbers_in("15.40 inch cs3 007") == ["15.4", "3", "7"]


def test_codes_hold_letters_and_digits_or_many_digits():
    assert codes_in("hp 41u5254 toner 12 19600061 cs3 15.45") == ["41u5254", "19600061"]


def test_a_number_that_differs_is_told_apart_from_words_that_agree(products_spec):
    found = compared(products_spec, {"title": "acme office 2007"}, {"title": "acme office 2003"})
    assert found["title__numbers"] == 0
    assert found["title__unmatched_numbers"] == 1
    assert found["title__token_overlap"] > 0.5


def test_a_text_without_numbers_is_no_disagreement(products_spec):
    assert np.isnan(compared(products_spec, {"title": "acme office"}, {"title": "acme office 2003"})["title__numbers"])


def test_a_code_is_found_across_blanks(products_spec):
    found = compared(products_spec, {"title": "toaster tt4411b"}, {"title": "acme tt 4411 b toaster"})
    assert found["title__codes"] == 1
    assert found["title__unmatched_codes_left"] == 0


def test_a_word_written_apart_is_the_same_word(products_spec):
    found = compared(products_spec, {"title": "acme photo shop elements"}, {"title": "photoshop elements acme"})
    assert found["title__token_overlap"] == found["title__token_containment"] == 1
    assert found["title__unmatched_left"] == found["title__unmatched_right"] == 0


def test_only_neighbours_are_joined_and_only_to_a_word_of_the_other_text(products_spec):
    apart = compared(products_spec, {"title": "photo acme shop"}, {"title": "photoshop"})
    part = compared(products_spec, {"title": "photo shop"}, {"title": "photoshops"})
    numbers = compared(products_spec, {"title": "office 20 07"}, {"title": "office 2007"})
    short = compared(products_spec, {"title": "acme a b"}, {"title": "acme ab"})
    for found in (apart, part, numbers, short):
        assert found["title__unmatched_left"] > 0
        assert found["title__unmatched_right"] > 0


def test_a_word_that_both_sides_have_is_counted_once(products_spec):
    plain = compared(products_spec, {"title": "photo shop photoshop"}, {"title": "photoshop photo shop"})
    assert plain["title__token_overlap"] == 1
    more = compared(products_spec, {"title": "photo shop photoshop"}, {"title": "photoshop"})
    assert more["title__unmatched_left"] == 0


def test_a_model_number_in_the_other_title_is_found_across_fields(products_spec):
    found = compared(products_spec, {"title": "toaster", "model": "TT-4411"}, {"title": "acme toaster tt-4411"})
    assert found["model__cross_field"] == 1
    assert found["model__missing"] == 1
    other = compared(products_spec, {"title": "toaster", "model": "TT-4411"}, {"title": "acme toaster gh-30"})
    assert other["model__cross_field"] == 0


def test_values_in_the_wrong_column_agree_over_the_whole_record(products_spec):
    right_place = {"title": "turbo toaster", "brand": "acme", "model": "tt4411"}
    wrong_place = {"title": "turbo toaster acme tt4411"}
    found = compared(products_spec, right_place, wrong_place)
    assert found["record__token_overlap"] == pytest.approx(1)
    assert found["record__unmatched_left"] == found["record__unmatched_right"] == 0


def test_names_in_each_other_s_place_are_seen(persons_spec):
    found = compared(
        persons_spec, {"given_name": "osric", "surname": "testwell"}, {"given_name": "testwell", "surname": "osric"}
    )
    assert found["surname__swapped"] == 1
    assert found["surname__jaro_winkler"] < 0.7


def test_a_short_form_is_the_same_given_name(persons_spec):
    found = compared(persons_spec, {"given_name": "Bill"}, {"given_name": "William"})
    assert found["given_name__nickname"] == 1
    assert compared(persons_spec, {"given_name": "Bill"}, {"given_name": "Walter"})["given_name__nickname"] == 0


def test_places_are_near_by_the_kilometre(persons_spec):
    section = persons_spec.fields["state"].model_copy(update={"kind": "geo", "comparators": None})
    spec = persons_spec.model_copy(update={"fields": {**persons_spec.fields, "state": section}, "slices": ()})
    near = compared(spec, {"state": "52.5200, 13.4050"}, {"state": "(52.5290; 13.4050)"})["state__proximity"]
    far = compared(spec, {"state": "52.5200, 13.4050"}, {"state": "48.1351, 11.5820"})["state__proximity"]
    assert near == pytest.approx(0.5, abs=0.01)
    assert far < 0.01
    assert place_on_globe("95.0, 13") is None


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), min_size=2, max_size=8))
@settings(deadline=None)
def test_shared_weight_is_that_of_the_intersection(sets):
    weights = {letter: float(index + 1) for index, letter in enumerate("abcdef")}
    words = Words.of(sets)
    made = WeightedSets.of(words, np.array([weights[word] for word in words.vocabulary], dtype=np.float64))
    one, other = np.arange(len(sets)), np.roll(np.arange(len(sets)), 1)
    expected = [sum(weights[w] for w in set(sets[a]) & set(sets[b])) for a, b in zip(one, other, strict=True)]
    assert made.shared(one, other) == pytest.approx(expected)
    for number in range(len(words.vocabulary)):
        held = [words.vocabulary[number] in sets[b] for b in other]
        assert made.holds(other, np.full(len(other), number)).tolist() == held


@given(st.lists(st.text("ab ", max_size=24), min_size=2, max_size=6))
@settings(deadline=None)
def test_words_found_joined_or_apart_are_those_a_reader_would_find(texts):
    words = Words.of(text.split() for text in texts)
    sets = WeightedSets.of(words, np.ones(len(words.vocabulary)))
    one, other = np.arange(len(texts)), np.roll(np.arange(len(texts)), 1)
    found = CompoundWords.of(words).found(sets, one, other)
    for side, (mine, theirs) in zip(found, ((one, other), (other, one)), strict=True):
        assert side.tolist() == [len(read(texts[a], texts[b])) for a, b in zip(mine, theirs, strict=True)]


def read(text: str, other: str) -> set[str]:
    """The words of a text that the other has joined or apart, but not as they are."""
    mine, theirs = text.split(), other.split()
    apart = {
        word for pair in pairwise(mine) if (joined := "".join(pair)) in theirs and len(joined) > 3 for word in pair
    }
    whole = {"".join(pair) for pair in pairwise(theirs) if (joined := "".join(pair)) in mine and len(joined) > 3}
    return (apart | whole) - set(theirs)


@given(st.fixed_dictionaries({"title": ANYTHING, "brand": ANYTHING, "model": ANYTHING, "price": ANYTHING}), ANYTHING)
@settings(deadline=None, max_examples=150)
def test_nothing_that_is_written_breaks_a_comparison(products_spec, left, title):
    found = compared(products_spec, left, {"title": title})
    assert list(found) == comparison_names(products_spec)
    for name, value in found.items():
        assert np.isnan(value) or np.isfinite(value), name
        if (
            name.endswith(("overlap", "containment", "cosine", "codes", "cross_field", "relative"))
            and "unm" not in name
        ):
            assert np.isnan(value) or -1e-6 <= value <= 1 + 1e-5, name


@given(
    st.lists(
        st.fixed_dictionaries({"title": st.text("ab1  .", max_size=20), "model": st.text("ab12", max_size=6)}),
        min_size=2,
        max_size=8,
    )
)
@settings(deadline=None, max_examples=50)
def test_a_pair_compares_the_same_whatever_stands_around_it(products_spec, values):
    features = record_features(conform_values(values, products_spec, "left"), products_spec, NO_CORPUS)
    others = features.iloc[::-1].reset_index(drop=True)
    together = compare(features, others, products_spec, NO_CORPUS)
    for row in range(len(values)):
        rows = slice(row, row + 1)
        alone = compare(
            features[rows].reset_index(drop=True), others[rows].reset_index(drop=True), products_spec, NO_CORPUS
        )
        np.testing.assert_array_equal(together.iloc[row].to_numpy(), alone.iloc[0].to_numpy())
