"""The form of a value, which may be shown where the value may not."""

import pytest

from matchwright.core.notation.masks import date_mask, number_mask


@pytest.mark.parametrize(
    ("text", "order", "mask"),
    [
        ("1980-02-14", "day_first", "yyyy-mm-dd"),
        ("14/02/1980", "day_first", "dd/mm/yyyy"),
        ("02/14/1980", "month_first", "mm/dd/yyyy"),
        ("14 Feb 1980", "day_first", "dd mmm yyyy"),
        ("19800214", "day_first", "yyyymmdd"),
        ("14021980", "day_first", "ddmmyyyy"),
        ("02141980", "month_first", "mmddyyyy"),
        ("1980年2月14日", "year_first", "yyyy年m月dd日"),
        ("1980-02-14T08:30", "day_first", "yyyy-mm-dd and a time"),
        ("25/02/1980", "mixed", "dd/mm/yyyy"),
        ("02/25/1980", "mixed", "mm/dd/yyyy"),
    ],
)
def test_a_date_is_shown_by_its_parts(text, order, mask):
    assert date_mask(text, order) == mask


@pytest.mark.parametrize(
    ("text", "mask"), [("1.299,00", "9.999,99"), ("EUR 12", "aaa 99"), ("0,75", "0,99"), ("10,5", "99,9")]
)
def test_a_number_is_shown_without_its_digits(text, mask):
    assert number_mask(text) == mask
