"""Comparisons of running text, whole records, coordinates and swapped names."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matchwright.core.compare import compare, comparison_names
from matchwright.core.compare.compound_words import CompoundWords
from matchwright.core.compare.sets import WeightedSets, Words
from matchwright.core.compare.texts import codes_in, numbers_in
from matchwright.core.records import conform_values, normal_forms, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.normal import coordinates, running_text
from matchwright.core.spec.fields import RecordEvidence

ANYTHING = st.one_of(st.none(), st.text(max_size=60), st.floats(), st.integers())
NO_CORPUS = Corpus({})


def compared(spec, left: dict, right: dict) -> dict[str, float]:
    sides = [
        record_features(conform_values([v], spec, s), spec, NO_CORPUS) for v, s in ((left, "left"), (right, "right"))
    ]
    return compare(*sides, spec, NO_CORPUS).iloc[0].to_dict()


def test_running_text_keeps_decimal_points_and_drops_commas_of_thousands():
    assert running_text("Screen, 15.4in. $1,299.00!") == "screen 15.4in 1299.00"


def test_numbers_are_found_inside_words_and_get_one_notation():
    assert numbers_in("15.40 cs3 007 0.50") == ["15.4", "3", "7", "0.5"]


def test_numbers_keep_all_their_digits():
    assert numbers_in("9780306406157 9780306999999") == ["9780306406157", "9780306999999"]


def test_a_number_with_a_unit_is_also_given_with_the_one_name_of_its_unit():
    assert numbers_in("5 lb") == numbers_in("5lbs") == ["5", "5lb"]
    assert numbers_in("15.40 inch") == numbers_in("15.4in") == ["15.4", "15.4in"]


def test_a_code_has_letters_and_digits_or_many_digits():
    assert codes_in("hp 41u5254 toner 12 19600061 cs3 15.45") == ["41u5254", "19600061"]


def test_a_code_in_several_parts_stays_whole_and_is_no_number():
    assert codes_in("watch zx111.417.37.04 ab12.34 qx-40t-e") == ["zx111.417.37.04", "ab12.34", "qx-40t-e"]
    assert numbers_in("zx111.417.37.04 steel 2") == ["2"]


@pytest.mark.parametrize("word", ["5lbs", "500gb", "15.4in", "850w", "v2.0", "1.299.000", "15.45"])
def test_an_amount_a_version_and_a_number_are_no_codes(word):
    assert codes_in(word) == []


def test_a_model_number_that_ends_in_the_letter_of_a_unit_is_a_code():
    assert codes_in("8500w") == ["8500w"]


def test_different_numbers_disagree_although_the_words_agree(products_spec):
    found = compared(products_spec, {"title": "acme office 2007"}, {"title": "acme office 2003"})
    assert found["title__numbers"] == 0
    assert found["title__unmatched_numbers"] == 1
    assert found["title__token_overlap"] > 0.5


def test_amounts_in_two_notations_agree_and_other_amounts_disagree(products_spec):
    same = compared(products_spec, {"title": "basmati rice 5 lb"}, {"title": "basmati rice 5lbs"})
    assert same["title__numbers"] == 1
    assert np.isnan(same["title__codes"])
    sizes = compared(products_spec, {"title": "usb stick 4 GB"}, {"title": "usb stick 64GB"})
    assert sizes["title__numbers"] == 0
    units = compared(products_spec, {"title": "disk 1 TB"}, {"title": "disk 1GB"})
    assert 0 < units["title__numbers"] < 1


def test_long_numbers_that_share_their_first_digits_disagree(products_spec):
    found = compared(products_spec, {"title": "isbn 9780306406157"}, {"title": "isbn 9780306999999"})
    assert found["title__numbers"] == 0
    assert found["title__codes"] == 0


def test_a_code_is_not_found_in_a_longer_number(products_spec):
    inside = compared(products_spec, {"title": "part 64x7"}, {"title": "part 164x7"})
    assert inside["title__codes"] == 0
    divided = compared(products_spec, {"title": "part 64x7"}, {"title": "part 1 64 x7"})
    assert divided["title__codes"] == 1


def test_a_code_with_points_is_found_without_them(products_spec):
    found = compared(products_spec, {"title": "watch ZX111.417.37.04"}, {"title": "ZX111417 3704 watch"})
    assert found["title__codes"] == 1


def test_a_text_without_numbers_gives_no_comparison_of_numbers(products_spec):
    assert np.isnan(compared(products_spec, {"title": "acme office"}, {"title": "acme office 2003"})["title__numbers"])


def test_a_code_is_found_although_spaces_divide_it(products_spec):
    found = compared(products_spec, {"title": "toaster tt4411b"}, {"title": "acme tt 4411 b toaster"})
    assert found["title__codes"] == 1
    assert found["title__unmatched_codes_left"] == 0


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("東京電気ポット", "大阪工業カメラ"),
        ("หม้อหุงข้าว", "กล้องถ่ายรูป"),
        ("ဓာတ်ပုံကင်မရာ", "လျှပ်စစ်အိုး"),
        ("កាមេរ៉ា", "ឆ្នាំងដាំបាយ"),
    ],
)
def test_texts_without_blanks_between_words_share_what_they_have_in_common(products_spec, title, other):
    longer = compared(products_spec, {"title": title}, {"title": title + other[0]})
    different = compared(products_spec, {"title": title}, {"title": other})
    assert longer["title__token_overlap"] > 0.8 > 0.5 > different["title__token_overlap"]
    assert longer["title__token_containment"] == 1
    assert longer["title__unmatched_left"] == 0 < longer["title__unmatched_right"] < different["title__unmatched_right"]


def test_a_text_of_one_character_is_found_in_a_longer_text(products_spec):
    assert compared(products_spec, {"title": "鍋"}, {"title": "土鍋"})["title__token_containment"] == 1


def test_numbers_and_codes_next_to_letters_without_blanks_are_found(products_spec):
    found = compared(products_spec, {"title": "東京電気tt4411ポット15.4型"}, {"title": "ポット tt4411 15.40"})
    assert found["title__codes"] == found["title__numbers"] == 1


def test_a_word_written_as_two_words_is_the_same_word(products_spec):
    found = compared(products_spec, {"title": "acme photo shop elements"}, {"title": "photoshop elements acme"})
    assert found["title__token_overlap"] == found["title__token_containment"] == 1
    assert found["title__unmatched_left"] == found["title__unmatched_right"] == 0


def test_only_neighbouring_words_are_joined_and_only_if_the_other_text_has_the_joined_word(products_spec):
    apart = compared(products_spec, {"title": "photo acme shop"}, {"title": "photoshop"})
    part = compared(products_spec, {"title": "photo shop"}, {"title": "photoshops"})
    numbers = compared(products_spec, {"title": "office 20 07"}, {"title": "office 2007"})
    short = compared(products_spec, {"title": "acme a b"}, {"title": "acme ab"})
    for found in (apart, part, numbers, short):
        assert found["title__unmatched_left"] > 0
        assert found["title__unmatched_right"] > 0


def test_a_word_that_both_texts_have_is_counted_once(products_spec):
    plain = compared(products_spec, {"title": "photo shop photoshop"}, {"title": "photoshop photo shop"})
    assert plain["title__token_overlap"] == 1
    more = compared(products_spec, {"title": "photo shop photoshop"}, {"title": "photoshop"})
    assert more["title__unmatched_left"] == 0


def test_a_model_number_in_the_title_of_the_other_record_is_a_cross_field_match(products_spec):
    found = compared(products_spec, {"title": "toaster", "model": "TT-4411"}, {"title": "acme toaster tt-4411"})
    assert found["model__cross_field"] == 1
    assert found["model__missing"] == 1
    other = compared(products_spec, {"title": "toaster", "model": "TT-4411"}, {"title": "acme toaster gh-30"})
    assert other["model__cross_field"] == 0


def test_values_in_the_wrong_field_agree_in_the_comparison_of_the_whole_record(products_spec):
    by_field = {"title": "turbo toaster", "brand": "acme", "model": "tt4411"}
    in_title = {"title": "turbo toaster acme tt4411"}
    found = compared(products_spec, by_field, in_title)
    assert found["record__token_overlap"] == pytest.approx(1)
    assert found["record__unmatched_left"] == found["record__unmatched_right"] == 0


def test_swapped_names_agree_in_the_comparison_of_swapped_names(persons_spec):
    found = compared(
        persons_spec, {"given_name": "osric", "surname": "testwell"}, {"given_name": "testwell", "surname": "osric"}
    )
    assert found["surname__swapped"] == 1
    assert found["surname__jaro_winkler"] < 0.7


def test_a_short_form_is_the_same_given_name(persons_spec):
    found = compared(persons_spec, {"given_name": "Bill"}, {"given_name": "William"})
    assert found["given_name__nickname"] == 1
    assert compared(persons_spec, {"given_name": "Bill"}, {"given_name": "Walter"})["given_name__nickname"] == 0


def test_proximity_falls_with_the_distance_in_kilometres(persons_spec):
    section = persons_spec.fields["state"].model_copy(update={"kind": "geo", "comparators": None})
    spec = persons_spec.model_copy(update={"fields": {**persons_spec.fields, "state": section}, "slices": ()})
    near = compared(spec, {"state": "52.5200, 13.4050"}, {"state": "(52.5290; 13.4050)"})["state__proximity"]
    far = compared(spec, {"state": "52.5200, 13.4050"}, {"state": "48.1351, 11.5820"})["state__proximity"]
    assert near == pytest.approx(0.5, abs=0.01)
    assert far < 0.01
    assert coordinates("95.0, 13") is None


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), min_size=2, max_size=8))
@settings(deadline=None)
def test_the_shared_weight_is_the_weight_of_the_intersection(sets):
    weights = {letter: float(index + 1) for index, letter in enumerate("abcdef")}
    words = Words.of(sets)
    made = WeightedSets.of(words, np.array([weights[word] for word in words.vocabulary], dtype=np.float64))
    one, other = np.arange(len(sets)), np.roll(np.arange(len(sets)), 1)
    expected = [sum(weights[w] for w in set(sets[a]) & set(sets[b])) for a, b in zip(one, other, strict=True)]
    assert made.shared(one, other) == pytest.approx(expected)
    for number in range(len(words.vocabulary)):
        held = [words.vocabulary[number] in sets[b] for b in other]
        assert made.holds(other, np.full(len(other), number)).tolist() == held


@given(st.lists(st.sets(st.sampled_from("abcdef")), min_size=1, max_size=8))
@settings(deadline=None)
def test_the_greatest_shared_weight_is_that_of_the_rarest_word_of_the_intersection(sets):
    weights = {letter: float(index + 1) for index, letter in enumerate("abcdef")}
    words = Words.of(sets)
    made = WeightedSets.of(words, np.array([weights[word] for word in words.vocabulary], dtype=np.float64))
    one, other = np.arange(len(sets)), np.roll(np.arange(len(sets)), 1)
    expected = [max((weights[w] for w in sets[a] & sets[b]), default=0) for a, b in zip(one, other, strict=True)]
    assert made.greatest(made.common(one, other), len(one)).tolist() == expected


def test_the_rarest_shared_word_counts_however_many_others_are_shared(products_spec):
    titles = ["common lantern"] * 50 + ["common qualm lantern"] * 4 + ["qualm"]
    records = conform_values([{"id": str(i), "title": title} for i, title in enumerate(titles)], products_spec, "left")
    corpus = Corpus.fit(normal_forms(records, products_spec), products_spec)

    def rarest(left: str, right: str) -> float:
        sides = [
            record_features(conform_values([{"title": title}], products_spec, side), products_spec, corpus)
            for title, side in ((left, "left"), (right, "right"))
        ]
        return float(compare(*sides, products_spec, corpus)["record__rarest_shared"].iloc[0])

    assert 0 < rarest("common lantern", "common lantern") < rarest("qualm lantern", "qualm")
    assert rarest("qualm lantern", "qualm") == rarest("qualm", "qualm common lantern")
    # a word that the other record writes as two counts too
    assert rarest("qualmlantern", "qualm lantern") >= rarest("qualm", "qualm")
    assert rarest("common", "kettle") == 0


def test_the_rarest_shared_word_is_left_out_where_the_record_has_personal_data(products_spec):
    assert "record__rarest_shared" in comparison_names(products_spec)
    brand = products_spec.fields["brand"].model_copy(update={"pii": "quasi"})
    personal = products_spec.model_copy(update={"fields": {**products_spec.fields, "brand": brand}})
    assert "record__rarest_shared" not in comparison_names(personal)
    others = personal.model_copy(update={"record": RecordEvidence(fields=("title", "model"))})
    assert "record__rarest_shared" in comparison_names(others)


@given(st.lists(st.text("ab ", max_size=24), min_size=2, max_size=6))
@example(["aab baa", "aabbaa", "abb bba aab", "abbbba", "aab bba aab baa", "aabbba"])
@settings(deadline=None)
def test_compound_words_are_the_same_as_in_a_simple_search(texts):
    words = Words.of(text.split() for text in texts)
    sets = WeightedSets.of(words, np.ones(len(words.vocabulary)))
    one, other = np.arange(len(texts)), np.roll(np.arange(len(texts)), 1)
    found = CompoundWords.of(words).found(sets, one, other)
    for side, (own, theirs) in zip(found, ((one, other), (other, one)), strict=True):
        assert side.tolist() == [len(joined_or_split(texts[a], texts[b])) for a, b in zip(own, theirs, strict=True)]


def joined_or_split(text: str, other: str) -> set[str]:
    """Return the words of ``text`` that ``other`` contains only in joined or split form."""
    own, theirs = text.split(), other.split()
    split = {word for pair in pairwise(own) if (joined := "".join(pair)) in theirs and len(joined) > 3 for word in pair}
    joined_words = {"".join(pair) for pair in pairwise(theirs) if (joined := "".join(pair)) in own and len(joined) > 3}
    return (split | joined_words) - set(theirs)


@given(st.fixed_dictionaries({"title": ANYTHING, "brand": ANYTHING, "model": ANYTHING, "price": ANYTHING}), ANYTHING)
@settings(deadline=None, max_examples=150)
def test_any_values_can_be_compared(products_spec, left, title):
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
def test_the_comparisons_of_a_pair_are_the_same_alone_and_among_other_pairs(products_spec, values):
    features = record_features(conform_values(values, products_spec, "left"), products_spec, NO_CORPUS)
    others = features.iloc[::-1].reset_index(drop=True)
    together = compare(features, others, products_spec, NO_CORPUS)
    for row in range(len(values)):
        rows = slice(row, row + 1)
        alone = compare(
            features[rows].reset_index(drop=True), others[rows].reset_index(drop=True), products_spec, NO_CORPUS
        )
        np.testing.assert_array_equal(together.iloc[row].to_numpy(), alone.iloc[0].to_numpy())
