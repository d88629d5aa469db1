"""A draft tells the notation of each column from its values, and shows it without any value."""

import random

import pandas as pd
import pytest

from matchwright.core.records import conform
from matchwright.core.spec import FieldSpec, MatchSpec, parse_spec
from matchwright.drafting import draft_spec, how_values_are_read, infer_spec

ROWS = 60
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def numbers(form: str) -> list[str]:
    """Prices in a notation: ``form`` has the thousands, the hundreds and the cents."""
    draw = random.Random(5)
    return [form.format(draw.randint(1, 9), draw.randint(100, 999), draw.randint(10, 99)) for _ in range(ROWS)]


def dates(form: str, last_day: int = 28, since: int = 1930) -> list[str]:
    """Dates in a notation: ``form`` may have d, m, y, yy (two digits) and mon (a name)."""
    draw, made = random.Random(7), []
    for _ in range(ROWS):
        day, month, year = draw.randint(1, last_day), draw.randint(1, 12), draw.randint(since, since + 69)
        made.append(form.format(d=day, m=month, y=year, yy=year % 100, mon=MONTHS[month - 1]))
    return made


def drafted(name: str, left: list[str], right: list[str] | None = None) -> tuple[str, FieldSpec, MatchSpec]:
    """The draft's text, the drafted field of the column, and the spec."""
    others = {"id": [str(n) for n in range(ROWS)], "title": [f"thing {n} of many" for n in range(ROWS)]}
    text = infer_spec(*(pd.DataFrame({**others, name: values}) for values in (left, right) if values is not None))
    spec = parse_spec(text)
    return text, spec.fields[name], spec


@pytest.mark.parametrize(
    ("form", "decimal"),
    [("{},{}.{}", "point"), ("{}.{},{}", "comma"), ("{} {},{}", "comma"), ("{}\u00a0{},{} €", "comma"),
     ("{}'{}.{}", "point"), ("€ {}{},{}", "comma"), ("-{}{},{}", "comma"), ("\u2212{}{}.{}", "point"),
     ("{1}.{2}E{0}", "point"), (".{1}", "point"), ("{0},{2} l", "comma")],
)  # fmt: skip
def test_the_decimal_mark_of_a_column_of_numbers_is_told_from_its_values(form, decimal):
    _, field, _ = drafted("value", numbers(form))
    assert (field.kind, field.decimal, field.decimal_right) == ("number", decimal, None)


def test_two_tables_may_be_written_in_two_notations_and_their_numbers_agree():
    text, field, spec = drafted("price", numbers("{}.{},{}"), numbers("{}{}.{}"))
    assert (field.decimal, field.decimal_right) == ("comma", "point")
    read = [
        conform(pd.DataFrame({"id": range(ROWS), "title": "x", "price": numbers(form)}), spec, source)["price"]
        for form, source in (("{}.{},{}", "left"), ("{}{}.{}", "right"))
    ]
    pd.testing.assert_series_equal(*read)
    assert "# Reads price so (forms, not values): 9.999,99 as 9999.99" in text


def test_a_table_that_says_nothing_is_taken_to_be_written_like_the_other_one():
    _, field, _ = drafted("price", numbers("{}.{}"), numbers("{}.{},{}"))
    assert (field.decimal, field.decimal_right) == ("comma", None)


def test_where_marks_may_be_of_decimals_or_of_thousands_the_draft_says_so():
    text, field, _ = drafted("price", numbers("{}.{}"))
    assert field.decimal == "point"
    assert "# guessed: the mark in price may be of decimals or of thousands" in text


@pytest.mark.parametrize(
    ("form", "order"),
    [
        ("{m}/{d}/{y}", "month_first"),
        ("{d:02}.{m:02}.{y}", "day_first"),
        ("{m:02}/{d:02}/{y} 10:30 PM", "month_first"),
        ("{d:02}.{m:02}.{yy:02}", "day_first"),
        ("{yy:02}-{m:02}-{d:02}", "year_first"),
        ("{y}-{m:02}-{d:02}", None),
        ("{y}-{m:02}-{d:02}T10:30:00Z", None),
        ("{d} {mon} {y}", None),
        ("{mon} {d}, {y}", None),
        ("{d:02}-{mon}-{yy:02}", "day_first"),
    ],
)
@pytest.mark.parametrize("name", ["date_of_birth", "value"])
def test_the_order_of_a_column_of_dates_is_told_from_its_values(name, form, order):
    _, field, spec = drafted(name, dates(form))
    assert (field.kind, field.order) == ("date", order)
    table = pd.DataFrame({"id": range(ROWS), "title": "x", name: dates(form)})
    read = conform(table, spec, "left")[name].tolist()
    assert read == dates("{y}-{m:02}-{d:02}")


def test_old_dates_are_dates_and_no_telephone_numbers():
    _, field, _ = drafted("value", dates("{d:02}.{m:02}.{y}", since=1701))
    assert (field.kind, field.pii) == ("date", "none")


def test_dates_without_a_day_above_12_keep_the_day_first_and_the_draft_says_so():
    text, field, _ = drafted("date_of_birth", dates("{d}/{m}/{y}", last_day=12))
    assert field.order == "day_first"
    assert "no date in date_of_birth has a day above 12, so day_first may be month_first" in text


def test_the_other_table_tells_the_order_of_dates_without_a_day_above_12():
    _, field, _ = drafted("birth", dates("{m}/{d}/{y}", last_day=12), dates("{m}/{d}/{y}"))
    assert (field.order, field.order_right) == ("month_first", None)


def in_two_orders(month_first: int) -> list[str]:
    """Dates with the day first, of which so many have the month first."""
    return [*dates("{m:02}/{d:02}/{y}")[:month_first], *dates("{d:02}/{m:02}/{y}")[month_first:]]


@pytest.mark.parametrize("name", ["date_of_birth", "value"])
@pytest.mark.parametrize("month_first", [20, 30, 40])
def test_dates_of_two_orders_in_one_column_are_never_read_as_another_day(name, month_first):
    given, meant = in_two_orders(month_first), dates("{y}-{m:02}-{d:02}")
    text, field, spec = drafted(name, given, dates("{d:02}/{m:02}/{y}"))
    assert (field.kind, field.order, field.order_right) == ("date", "mixed", "day_first")
    read = conform(pd.DataFrame({"id": range(ROWS), "title": "x", name: given}), spec, "left")[name].tolist()
    assert {one for one, other in zip(read, meant, strict=True) if one != other} == {None}
    missing = read.count(None)
    assert missing < ROWS / 2
    assert spec.quality.fields[name].unreadable_share >= missing / ROWS
    top = text.partition("\nname: ")[0]
    assert f"NOTE: {name} of left table has dates in two orders: " in top
    assert f"So order is mixed: the {missing} that may be either are not read and count as missing" in top


def test_a_few_dates_of_another_order_are_counted_with_those_that_may_be_read_as_another_day():
    given = [*dates("{d:02}/{m:02}/{y}") * 3, "03/25/1980", "11/30/1961"]
    table = pd.DataFrame({"id": range(len(given)), "title": [f"thing {n}" for n in range(len(given))], "birth": given})
    text = infer_spec(table)
    assert parse_spec(text).fields["birth"].order == "day_first"
    top = text.partition("\nname: ")[0]
    assert "can only have the day first, and 2 the month. Those of the rarer one count as missing." in top
    assert "may be read as another day. With order: mixed none of them is read." in top


def test_dates_of_one_order_are_not_mentioned_at_the_top():
    assert "orders" not in drafted("birth", dates("{d:02}/{m:02}/{y}"))[0]


def test_numbers_in_two_notations_in_one_table_are_counted_at_the_top():
    either, neither = ["1,299", "2,450", "3,100"], ["120", "80", "75", "66", "12"]
    top = drafted("price", [*numbers("{}.{},{}")[:40], *numbers("{},{}.{}")[:12], *either, *neither])[0]
    fact = "price of the table has numbers in two notations: 12 can only have a decimal point, and 40 a decimal comma."
    assert fact in top.partition("\nname: ")[0]
    assert "Of the 3 that may be either, about 1 may be read as another number." in top


def test_months_without_a_day_are_a_category_and_no_dates():
    _, field, _ = drafted("value", dates("{y}-{m:02}"))
    assert field.kind == "category"


def test_durations_are_numbers():
    _, field, _ = drafted("track", [f"{n % 9}:{10 + n % 50}" for n in range(ROWS)])
    assert (field.kind, field.decimal) == ("number", None)


@pytest.mark.parametrize(("name", "form"), [("postcode", "SW{}A {}AA"), ("plz", "12{} 4{}"), ("value", "12{}4 A{}")])
def test_postcodes_with_a_blank_are_codes(name, form):
    _, field, _ = drafted(name, [form.format(n // 8 % 8, n % 8) for n in range(ROWS)])
    assert field.kind == "id_code"


def test_years_that_came_as_floats_are_years():
    _, field, _ = drafted("value", [f"{1950 + n % 40}.0" for n in range(ROWS)])
    assert field.kind == "category"


def test_amounts_in_several_units_are_text():
    _, field, _ = drafted("weight", [f"{n} {'lb' if n % 2 else 'oz'}" for n in range(ROWS)])
    assert field.kind == "text"


def test_prices_in_two_notations_in_one_table_are_numbers_and_those_of_the_rarer_one_are_missing():
    text, field, _ = drafted("price", [*numbers("{}.{},{}")[:40], *numbers("{}{}.{}")[40:]])
    assert (field.kind, field.decimal) == ("number", "comma")
    assert "# 33.3% of the values of price are no number in this notation" in text


def test_unreadable_values_are_counted_and_the_limit_is_wider_than_their_share():
    text, _, spec = drafted("price", [*numbers("{}.{},{}")[:54], *["12.50"] * 6])
    assert "# 10.0% of the values of price are no number in this notation, and count as missing." in text
    assert spec.quality.fields["price"].unreadable_share == 0.15
    assert spec.quality.fields["price"].present_share == 0.85


def test_what_is_shown_has_no_value_of_the_table():
    table = pd.DataFrame({"id": range(ROWS), "surname": "x", "birth": dates("{d}/{m}/{y}"), "fee": numbers("{}.{},{}")})
    shown = "\n".join(how_values_are_read(draft_spec(table)))
    assert "Reads birth so (forms, not values): dd/m/yyyy as yyyy-mm-dd" in shown
    assert "Reads fee so (forms, not values): 9.999,99 as 9999.99" in shown
    assert not [value for value in (*table["birth"], *table["fee"]) if value in shown]
