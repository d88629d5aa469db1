"""The information of agreeing values."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.compare import compare
from matchwright.core.compare.information import agreeing_values, both_have_texts, disagreeing, similarities
from matchwright.core.records import normal_forms, record_features
from matchwright.core.records.columns import columns_of
from matchwright.core.records.conform import conform_values
from matchwright.core.records.corpus import Corpus

COMMON, RARE = "smith", "quibblewitz"


@pytest.fixture(scope="module")
def corpus(persons_spec):
    people = [{"given_name": "william", "surname": COMMON, "state": "nsw", "date_of_birth": "19800101"}] * 90
    people += [{"surname": f"name{number}", "state": "vic"} for number in range(10)]
    return Corpus.fit(normal_forms(conform_values(people, persons_spec, "left"), persons_spec), persons_spec)


def information(left, right, spec, corpus):
    sides = [record_features(conform_values([values], spec, "left"), spec, corpus) for values in (left, right)]
    found = agreeing_values(*map(columns_of, sides), compare(*sides, spec, corpus), spec, corpus)
    return dict(zip(spec.compared, found.information[0].tolist(), strict=True))


def counted(left, right, spec, corpus, of_register=False):
    sides = [record_features(conform_values([values], spec, "left"), spec, corpus) for values in (left, right)]
    found = agreeing_values(*map(columns_of, sides), compare(*sides, spec, corpus), spec, corpus, of_register)
    return dict(zip(spec.compared, found.counted[0].tolist(), strict=True))


def test_a_rare_value_says_more_than_a_common_one(persons_spec, corpus):
    common, rare = (information({"surname": name}, {"surname": name}, persons_spec, corpus) for name in (COMMON, RARE))
    assert 0 <= common["surname"] < 0.1 < 1.5 < rare["surname"]


def test_fields_of_every_kind_have_counts(persons_spec, corpus):
    same = {"state": "nsw", "date_of_birth": "1980-01-01", "surname": COMMON}
    found = information(same, same, persons_spec, corpus)
    assert found["state"] == pytest.approx(np.log10(103 / 90), abs=1e-6)
    assert found["date_of_birth"] == pytest.approx(np.log10(93 / 90), abs=1e-6)


@pytest.mark.parametrize(("left", "right"), [({"surname": COMMON}, {}), ({}, {"surname": COMMON})])
def test_a_value_that_one_side_lacks_says_nothing(persons_spec, corpus, left, right):
    assert information(left, right, persons_spec, corpus)["surname"] == 0


def test_values_that_disagree_say_nothing(persons_spec, corpus):
    assert information({"surname": RARE}, {"surname": "abbott"}, persons_spec, corpus)["surname"] == 0


def test_similar_values_say_as_much_as_the_more_common_one_in_either_order(persons_spec, corpus):
    forth = information({"surname": COMMON}, {"surname": "smithe"}, persons_spec, corpus)["surname"]
    back = information({"surname": "smithe"}, {"surname": COMMON}, persons_spec, corpus)["surname"]
    alone = information({"surname": COMMON}, {"surname": COMMON}, persons_spec, corpus)["surname"]
    assert forth == back == alone


def test_names_that_are_swapped_agree(persons_spec, corpus):
    left, right = {"given_name": RARE, "surname": "abbott"}, {"given_name": "abbott", "surname": RARE}
    found = information(left, right, persons_spec, corpus)
    assert found["surname"] > 1.5
    assert found["given_name"] == corpus.value_information("given_name", np.array([RARE], dtype=object))[0]


@pytest.mark.parametrize(
    ("left", "right", "field"),
    [
        ({"given_name": "william"}, {"given_name": "bill"}, "given_name"),
        ({"given_name": RARE, "surname": "abbott"}, {"given_name": "a", "surname": RARE}, "surname"),
        ({"date_of_birth": "1980-01-01"}, {"date_of_birth": "1980-12-24"}, "date_of_birth"),
    ],
)
def test_a_value_that_is_found_in_another_way_agrees_as_much_as_the_more_common_one(
    persons_spec, corpus, left, right, field
):
    """A short form of a name, names that are swapped with one cut to its initial, and a date with the year alone."""
    forth, back = (information(*sides, persons_spec, corpus)[field] for sides in ((left, right), (right, left)))
    values = np.array([side[field].replace("-", "") for side in (left, right)], dtype=object)
    assert 0 < forth == back == corpus.value_information(field, values).min()


def test_counts_of_whole_values_are_kept_and_read_again(persons_spec, corpus, tmp_path):
    corpus.save(tmp_path / "corpus.safetensors")
    again = Corpus.load(tmp_path / "corpus.safetensors")
    values = np.array(["nsw", "vic", "never", None], dtype=object)
    assert again.value_information("state", values).tolist() == corpus.value_information("state", values).tolist()
    assert again.digest == corpus.digest
    assert corpus.value_information("state", values)[3] == 0


def test_a_value_that_fewer_than_three_records_have_counts_as_seen_twice(persons_spec, corpus):
    found = corpus.value_information("surname", np.array(["name1", "never"], dtype=object))
    assert found[0] == found[1] == pytest.approx(np.log10(103 / 2), abs=1e-6)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(COMMON, COMMON, True), (RARE, RARE, False), ("name1", "name1", False), (COMMON, "smithe", False)],
)
def test_the_corpus_holds_a_pair_of_values_if_three_records_have_each(persons_spec, corpus, left, right, expected):
    assert counted({"surname": left}, {"surname": right}, persons_spec, corpus)["surname"] == expected


@pytest.mark.parametrize("of_register", [True, np.array([True])])
def test_a_value_that_the_corpus_does_not_hold_is_rare_where_a_record_is_of_its_register(
    persons_spec, corpus, of_register
):
    for left, right in ((RARE, RARE), (COMMON, "smithe"), (COMMON, COMMON)):
        found = counted({"surname": left}, {"surname": right}, persons_spec, corpus, of_register)
        assert set(found.values()) == {True}


def test_it_may_be_known_of_the_values_of_one_field_alone(persons_spec, corpus):
    fields = np.array([[name == "surname" for name in persons_spec.compared]])
    both = {"surname": RARE, "given_name": RARE}
    found = counted(both, both, persons_spec, corpus, fields)
    assert (found["surname"], found["given_name"]) == (True, False)


def test_two_pairs_of_which_one_is_of_the_register(persons_spec, corpus):
    sides = [record_features(conform_values([{"surname": RARE}] * 2, persons_spec, "left"), persons_spec, corpus)] * 2
    compared = compare(*sides, persons_spec, corpus)
    found = agreeing_values(*map(columns_of, sides), compared, persons_spec, corpus, np.array([True, False]))
    assert found.counted[:, list(persons_spec.compared).index("surname")].tolist() == [True, False]


def test_numbers_are_counted_with_all_their_digits(products_spec):
    frame = conform_values([{"price": 9780306406157.0}] * 5 + [{"price": 9780306999999.0}] * 5, products_spec, "left")
    corpus = Corpus.fit(normal_forms(frame, products_spec), products_spec)
    found = corpus.value_information("price", pd.Series([9780306406157.0, 9780306406158.0, np.nan]).to_numpy())
    assert found[0] < found[1]
    assert found[2] == 0


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"surname": RARE}, {"surname": "abbott"}, {"surname"}),
        ({"surname": "smith"}, {"surname": "smithe"}, set()),
        ({"surname": RARE}, {}, set()),
        ({"given_name": RARE, "surname": "abbott"}, {"given_name": "abbott", "surname": RARE}, set()),
        ({"surname": RARE, "state": "nsw"}, {"surname": "abbott", "state": "vic"}, {"surname", "state"}),
        ({"given_name": "william"}, {"given_name": "bill"}, set()),
        ({"given_name": "william"}, {"given_name": "harry"}, {"given_name"}),
        ({"given_name": RARE, "surname": "abbott"}, {"given_name": "a", "surname": RARE}, set()),
        ({"date_of_birth": "1980-01-01"}, {"date_of_birth": "1980-12-24"}, set()),
        ({"date_of_birth": "1980-01-01"}, {"date_of_birth": "1963-12-24"}, {"date_of_birth"}),
    ],
)
def test_fields_that_both_records_have_disagree_where_they_are_not_alike(persons_spec, corpus, left, right, expected):
    sides = [
        record_features(conform_values([values], persons_spec, "left"), persons_spec, corpus)
        for values in (left, right)
    ]
    found = disagreeing(compare(*sides, persons_spec, corpus), persons_spec)[0]
    assert {name for name, apart in zip(persons_spec.compared, found, strict=True) if apart} == expected


def test_the_first_comparison_of_a_field_says_how_alike_its_values_are(persons_spec, corpus):
    left, right = {"surname": COMMON, "state": "nsw"}, {"surname": "smithe", "date_of_birth": "1980-01-01"}
    sides = [
        record_features(conform_values([values], persons_spec, "left"), persons_spec, corpus)
        for values in (left, right)
    ]
    found = similarities(compare(*sides, persons_spec, corpus), persons_spec)
    by_field = dict(zip(persons_spec.compared, found[0], strict=True))
    assert 0.9 < by_field["surname"] < 1
    assert np.isnan(by_field["state"])


def test_both_records_have_texts_also_in_different_fields(products_spec):
    left = {"record_key": ["l1", "l2", "l3"], "title": ["saw", "saw", None], "category": [None] * 3}
    right = {"record_key": ["r1", "r2", "r3"], "title": ["saw", None, "saw"], "category": [None, "tools", "tools"]}
    sides = (columns_of(pd.DataFrame(side, dtype=object)) for side in (left, right))
    assert both_have_texts(*sides, products_spec).tolist() == [True, True, False]


def test_records_of_a_spec_without_texts_have_none(persons_spec):
    side = {"record_key": np.array(["l1", "l2"], dtype=object)}
    assert both_have_texts(side, side, persons_spec).tolist() == [False, False]
