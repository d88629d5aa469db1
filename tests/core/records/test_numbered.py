"""Numbered columns: what is compared and known of numbered values is what it is of the values themselves."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.records.columns import columns_of, differ, known, row_count, take
from matchwright.core.records.numbered import NumberedColumns
from matchwright.core.records.whole import record_texts

LEFT = np.array([0, 3, 1, 1, 2, 5, 4])
RIGHT = np.array([1, 2, 1, 0, 5, 3, 4])


@pytest.fixture
def plain():
    names = ["ann", "bob", None, "ann", "eve", "bob"]
    others = ["bob", "zoe", "ann", None, "eve", "zoe"]
    keys = [f"left:{number}" for number in range(6)]
    rarity = [1.0, 2.0, np.nan, 1.0, 3.0, 2.0]
    return columns_of(pd.DataFrame({"record_key": keys, "name": names, "other": others, "rarity": rarity}))


@pytest.fixture
def numbered(plain):
    return NumberedColumns.of(plain, plain=("record_key",))


def test_rows_are_those_of_the_plain_columns(plain, numbered):
    for rows in (LEFT, slice(1, 4)):
        expected, found = take(plain, rows), take(numbered, rows)
        assert list(found) == ["record_key", "rarity", "name", "other"]
        assert row_count(found) == row_count(expected)
        for name, values in expected.items():
            pd.testing.assert_series_equal(pd.Series(found[name]), pd.Series(values))
    again = take(take(numbered, LEFT), slice(2, 5))
    assert again["name"].tolist() == take(plain, LEFT[2:5])["name"].tolist()


def test_what_is_known_and_what_differs_is_the_same(plain, numbered):
    sides = [[take(columns, rows) for rows in (LEFT, RIGHT)] for columns in (plain, numbered)]
    for name in ("name", "other", "rarity"):
        both = known(sides[0][0], name) & known(sides[0][1], name)
        np.testing.assert_array_equal(known(sides[1][0], name) & known(sides[1][1], name), both)
        np.testing.assert_array_equal(differ(*sides[0], name)[both], differ(*sides[1], name)[both])


def test_texts_of_records_are_the_same(plain, numbered):
    many = np.tile(LEFT, 20)
    expected = record_texts(take(plain, many), ("name", "other"))
    assert record_texts(take(numbered, many), ("name", "other")).tolist() == expected.tolist()


def test_a_column_without_any_value_is_read(plain):
    empty = NumberedColumns.of({**plain, "name": np.array([None] * 6, dtype=object)}, plain=("record_key",))
    assert empty["name"].tolist() == [None] * 6
    assert not known(empty, "name").any()
