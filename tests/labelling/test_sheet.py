"""The sheet of pairs for a spreadsheet."""

import pandas as pd
import pytest
from fixtures.candidates import spec_with

from matchwright.labelling.sheet import sheet, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567.89, "1234567.89"), (0.1 + 0.2, "0.3"), (20.0, "20"), (123456789.0, "123456789"), (float("nan"), "")],
)
def test_a_number_is_shown_with_all_its_digits(value, text):
    assert shown(value) == text


def test_the_two_numbers_of_a_pair_are_side_by_side_with_all_their_digits():
    records = pd.DataFrame(
        {
            "record_key": ["left:1", "right:1"],
            "record_id": ["1", "1"],
            "surname": ["smith", "smyth"],
            "town": ["york", None],
            "price": [1234567.89, 1234567.5],
        }
    )
    pairs = pd.DataFrame({"left_key": ["left:1"], "right_key": ["right:1"]})
    (row,) = sheet(pairs, records, spec_with([["town"]])).to_dict("records")
    assert [row["price (left)"], row["price (right)"]] == ["1234567.89", "1234567.5"]
