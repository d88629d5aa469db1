"""Comparisons are symmetric for alike sources. They are NaN for missing values. Order and batches have no effect."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.compare import compare, comparison_names, constraints, engine, pairing
from matchwright.core.records import conform_values, normal_forms, record_features
from matchwright.core.records.corpus import Corpus

NO_CORPUS = Corpus({})


def compared(spec, left: dict, right: dict, corpus: Corpus = NO_CORPUS) -> dict[str, float]:
    sides = [record_features(conform_values([v], spec, s), spec, corpus) for v, s in ((left, "left"), (right, "right"))]
    return compare(*sides, spec, corpus).iloc[0].to_dict()


def test_the_columns_are_the_comparisons_of_the_spec(small_world):
    frame = compare(small_world.left.head(3), small_world.right.head(3), small_world.spec, small_world.corpus)
    assert list(frame.columns) == comparison_names(small_world.spec)
    assert set(frame.dtypes) == {np.dtype(np.float32)}
    assert "national_id__exact" not in frame


def test_equal_names_agree_in_every_comparison(persons_spec):
    found = compared(persons_spec, {"surname": "Nguyễn"}, {"surname": "nguyen"})
    assert found["surname__jaro_winkler"] == found["surname__levenshtein"] == found["surname__phonetic"] == 1
    assert found["surname__missing"] == 0


def test_a_missing_value_is_nan_and_is_counted(persons_spec):
    found = compared(persons_spec, {"surname": "lee"}, {"surname": None})
    assert np.isnan(found["surname__jaro_winkler"])
    assert found["surname__missing"] == 1
    assert found["postcode__missing"] == 2


def test_a_date_with_day_and_month_swapped_is_nearly_the_same(persons_spec):
    swapped = compared(persons_spec, {"date_of_birth": "19800204"}, {"date_of_birth": "1980-04-02"})
    other = compared(persons_spec, {"date_of_birth": "19800204"}, {"date_of_birth": "19930927"})
    assert swapped["date_of_birth__date"] == pytest.approx(0.9)
    assert other["date_of_birth__date"] < 0.5
    assert swapped["date_of_birth__year"] == 1


def test_prices_are_compared_relative_to_the_larger_price(products_spec):
    assert compared(products_spec, {"price": 80}, {"price": "$100"})["price__relative"] == pytest.approx(0.8)
    assert compared(products_spec, {"price": 0}, {"price": 0})["price__relative"] == 1


def test_a_code_inside_a_longer_code_counts_as_contained(products_spec):
    assert compared(products_spec, {"model": "TT-4411"}, {"model": "tt4411b"})["model__containment"] > 0.8
    assert compared(products_spec, {"model": "b"}, {"model": "tt4411b"})["model__containment"] == 0


def test_an_unmatched_rare_word_has_more_weight_than_an_unmatched_common_word(products_spec):
    titles = [{"title": f"steel toaster {n}", "category": "kitchen"} for n in range(50)]
    corpus = Corpus.fit(normal_forms(conform_values(titles, products_spec, "left"), products_spec), products_spec)
    common = compared(products_spec, {"title": "turbo 9"}, {"title": "turbo 9 steel"}, corpus)
    rare = compared(products_spec, {"title": "turbo 9"}, {"title": "turbo 9 professional"}, corpus)
    assert rare["title__unmatched_right"] > common["title__unmatched_right"]
    assert rare["title__token_overlap"] < common["title__token_overlap"]


def test_batches_and_order_do_not_change_comparisons(decision_model, small_world, monkeypatch):
    left, right = small_world.left.head(300), small_world.right.head(300)
    expected = decision_model.compare(left, right)
    monkeypatch.setattr(engine, "BATCH", 7)
    pd.testing.assert_frame_equal(decision_model.compare(left, right), expected)
    backwards = decision_model.compare(left[::-1], right[::-1])
    pd.testing.assert_frame_equal(backwards[::-1].reset_index(drop=True), expected)
    single = decision_model.compare(left[5:6], right[5:6])
    pd.testing.assert_frame_equal(single, expected[5:6].reset_index(drop=True))


def test_no_pairs_give_no_rows(small_world, decision_model):
    assert len(decision_model.compare(small_world.left.head(0), small_world.right.head(0))) == 0
    none = small_world.left.head(0)
    assert compare(none, none, small_world.spec, small_world.corpus).shape == (
        0,
        len(comparison_names(small_world.spec)),
    )


def test_every_comparison_but_a_missing_flag_and_beginnings_of_codes_has_a_direction(persons_spec, products_spec):
    for spec in (persons_spec, products_spec):
        names = comparison_names(spec)
        for name, direction in zip(names, constraints(names), strict=True):
            assert direction == (
                0
                if name.endswith(("__missing", "__common_prefix"))
                else -1
                if any(word in name for word in ("unmatched", "conflicting", "rank", "competing"))
                else 1
            )


@settings(max_examples=80, deadline=None)
@given(one=st.text(max_size=60), other=st.text(max_size=60))
def test_comparisons_of_alike_sources_are_symmetric_and_bounded(persons_spec, one, other):
    left, right = dict.fromkeys(persons_spec.compared, one), dict.fromkeys(persons_spec.compared, other)
    forward, backward = compared(persons_spec, left, right), compared(persons_spec, right, left)
    np.testing.assert_array_equal(list(forward.values()), list(backward.values()))
    for name, value in forward.items():
        upper = 2 if name.endswith("__missing") else 20 if name.endswith("__rarity") else 1
        assert np.isnan(value) or 0 <= value <= upper


def test_the_comparisons_of_a_pair_are_the_same_alone_and_among_many_pairs(small_world):
    """For many pairs, each distinct pair of values is compared once. For few pairs, each pair is compared."""
    world, count = small_world, 2 * pairing.FEWEST_FOR_DISTINCT
    all_at_once = compare(world.left.head(count), world.right.head(count), world.spec, world.corpus)
    one_by_one = [
        compare(world.left.iloc[[row]], world.right.iloc[[row]], world.spec, world.corpus) for row in range(count)
    ]
    pd.testing.assert_frame_equal(pd.concat(one_by_one, ignore_index=True), all_at_once, check_exact=True)
