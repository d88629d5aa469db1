"""Dates are read in the order of their column, or not at all."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.notation.dates import order_matters, read_date
from matchwright.core.notation.masks import date_mask, number_mask
from matchwright.core.notation.month_names import month_of

ORDERS = ("day_first", "month_first", "year_first")
FORMS = {"day_first": "%d{0}%m{0}%Y", "month_first": "%m{0}%d{0}%Y", "year_first": "%Y{0}%m{0}%d"}


def readings(text: str) -> list[str | None]:
    return [read_date(text, order) for order in ORDERS]


@pytest.mark.parametrize(
    ("text", "day_first", "month_first", "year_first"),
    [
        ("25/02/1980", "1980-02-25", None, None),
        ("02/25/1980", None, "1980-02-25", None),
        ("03/04/1980", "1980-04-03", "1980-03-04", None),
        ("25.2.80", "1980-02-25", None, None),
        ("80-02-25", None, None, "1980-02-25"),
        ("25021980", "1980-02-25", None, None),
        ("02251980", None, "1980-02-25", None),
        ("25/02/1980 10:30", "1980-02-25", None, None),
        ("02/25/1980 10:30:01 PM", None, "1980-02-25", None),
    ],
)
def test_each_order_reads_its_own_dates(text, day_first, month_first, year_first):
    assert readings(text) == [day_first, month_first, year_first]


@pytest.mark.parametrize(
    "text",
    ["1980-02-25", "1980/2/25", "1980.02.25", "1980-02-25T10:00:00Z", "1980-02-25 00:00:00.000+01:00", "1980 Feb 25",
     "Feb 25, 1980", "February 25th 1980", "25 Feb 1980", "25-FEB-1980", "25. Februar 1980", "25 février 1980",
     "25 de febrero de 1980", "25 febbraio 1980", "25 lutego 1980", "Mon, 25 Feb 1980 10:00:00 +0000",
     "1980年2月25日", "١٩٨٠-٠٢-٢٥"],
)  # fmt: skip
def test_a_year_in_front_and_the_name_of_a_month_are_read_in_every_order(text):
    assert readings(text) == ["1980-02-25"] * 3


@pytest.mark.parametrize(
    "text",
    ["1990-12", "1990", "Feb 1980", "1980-13-32", "2020-02-30", "31/31/1980", "00000000", "99999999", "soon", "",
     "1-2-3", "1/2/198", "3:39", "1980-02-25-01", "x" * 61],
)  # fmt: skip
def test_what_is_no_day_of_the_calendar_is_not_read(text):
    assert readings(text) == [None] * 3


@pytest.mark.parametrize(("text", "read"), [("19800225", "19800225"), ("19801332", "19801332"), ("08001332", None)])
def test_eight_digits_are_kept_if_their_year_is_likely(text, read):
    assert readings(text) == [read] * 3


@pytest.mark.parametrize(("year", "full"), [("00", 2000), ("29", 2029), ("30", 1930), ("99", 1999)])
def test_two_digit_years_turn_at_30(year, full):
    assert read_date(f"1.2.{year}", "day_first") == f"{full}-02-01"
    assert read_date(f"1-Feb-{year}", "month_first") == f"{full}-02-01"


def test_years_before_1850_are_read():
    assert readings("1699-05-12") == ["1699-05-12"] * 3
    assert read_date("12.05.1745", "day_first") == "1745-05-12"


@pytest.mark.parametrize("order", ORDERS)
@given(day=st.dates(min_value=date(1000, 1, 1)), mark=st.sampled_from("-/. "))
def test_a_date_is_read_in_its_order_and_never_as_another_day_except_where_both_numbers_may_be_months(order, day, mark):
    text = f"{day.year}{mark}{day.month:02d}{mark}{day.day:02d}" if order == "year_first" else ""
    first, second = (day.day, day.month) if order == "day_first" else (day.month, day.day)
    text = text or f"{first:02d}{mark}{second:02d}{mark}{day.year}"
    assert read_date(text, order) == day.isoformat()
    for other in ORDERS:
        if day.day > 12 or order == "year_first":
            assert read_date(text, other) in (None, day.isoformat())


@given(text=st.text(max_size=40))
def test_what_is_read_is_read_again_unchanged_in_every_order(text):
    for read in filter(None, readings(text)):
        assert readings(read) == [read] * 3


@pytest.mark.parametrize(
    ("text", "matters"),
    [("25/02/1980", True), ("03/04/1980", True), ("80-02-25", True), ("1980-02-25", False), ("25 Feb 1980", False),
     ("25-FEB-80", False), ("19801332", False), ("soon", False), ("04/04/1980", False)],
)  # fmt: skip
def test_the_order_matters_for_some_dates(text, matters):
    assert order_matters(text) is matters


@pytest.mark.parametrize(
    ("name", "number"), [("Jan", 1), ("MÄRZ", 3), ("août", 8), ("Aug", 8), ("şubat", 2), ("źle", None), ("day", None)]
)
def test_months_have_names_in_several_languages(name, number):
    assert month_of(name) == number


@pytest.mark.parametrize(
    ("text", "order", "mask"),
    [
        ("25/02/1980", "day_first", "dd/mm/yyyy"),
        ("2/25/1980", "month_first", "m/dd/yyyy"),
        ("80-02-25", "year_first", "yy-mm-dd"),
        ("1980-02-25 10:30", "day_first", "yyyy-mm-dd and a time"),
        ("25. Feb 1980", "day_first", "dd. mmm yyyy"),
        ("19800225", "day_first", "yyyymmdd"),
    ],
)
def test_the_mask_of_a_date_holds_none_of_it(text, order, mask):
    assert date_mask(text, order) == mask


def test_the_mask_of_a_number_holds_none_of_it():
    assert number_mask("EUR 1.234,50") == "aaa 9.999,99"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("25/02/1980", "1980-02-25"),
        ("02/25/1980", "1980-02-25"),
        ("03/03/1980", "1980-03-03"),
        ("03/04/1980", None),
        ("03041980", None),
        ("1980-04-03", "1980-04-03"),
        ("19801332", "19801332"),
        ("3 Apr 1980", "1980-04-03"),
        ("31/31/1980", None),
    ],
)
def test_in_mixed_orders_a_date_that_may_be_either_is_not_read(text, read):
    assert read_date(text, "mixed") == read


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y"]))
def test_in_mixed_orders_no_date_is_read_as_another_day(day, form):
    assert read_date(day.strftime(form), "mixed") in (None, day.isoformat())
