"""Numbers are read in the notation of their column, or not at all."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matchwright.core.notation.numbers import depends_on_notation, read_number, without_zero_fraction, write_number

OTHER = {"point": "comma", "comma": "point"}
GROUPS = {"point": [",", " ", "'", "’", "\u00a0", "\u202f"], "comma": [".", " ", "'", "\u00a0", "\u202f"]}
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("12.50", 12.5, None),
        ("12,50", None, 12.5),
        ("1,299.00", 1299, None),
        ("1.299,00", None, 1299),
        ("1 299,00", None, 1299),
        ("1\u00a0299,00", None, 1299),
        ("1\u202f299.00", 1299, None),
        ("1'299.50", 1299.5, None),
        ("1’299.50", 1299.5, None),
        ("1,299,000", 1299000, None),
        ("1.299.000", None, 1299000),
        ("12,34,567.5", 1234567.5, None),  # lakhs
        ("0,125", None, 0.125),
        ("0.125", 0.125, None),
        (".5", 0.5, None),
        (",5", None, 0.5),
        ("5.", 5, 5),
        ("1234", 1234, 1234),
        ("\u0661\u0662", 12, 12),
        ("1٬299٫5", 1299.5, 1299.5),
        ("9.995E1", 99.95, None),
        ("1e3", 1000, 1000),
        ("2e-3", 0.002, 0.002),
    ],
)
def test_each_notation_reads_its_own_numbers_and_no_others(text, point, comma):
    for expected, decimal in ((point, "point"), (comma, "comma")):
        read = read_number(text, decimal)
        assert math.isnan(read) if expected is None else read == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-5", -5),
        ("\u22125", -5),
        ("\u20135", -5),
        ("+5", 5),
        ("- 5", -5),
        ("5-", -5),
        ("-$5", -5),
        ("$-5", -5),
        ("$ 5", 5),
        ("US$5", 5),
        ("EUR 5", 5),
        ("CHF 1'299.-", 1299),
        ("5 EUR", 5),
        ("5€", 5),
        ("5%", 5),
        ("5 lb", 5),
        ("5lbs", 5),
        ("12 m2", 12),
        ("12 m²", 12),
        ("-3.5 degrees", -3.5),
        ("Price: 5", 5),
        ("approx. 5", 5),
        ("~5", 5),
    ],
)
def test_a_sign_a_currency_and_a_unit_are_read(text, number):
    assert read_number(text, "point") == number


@pytest.mark.parametrize(
    "text",
    ["SKU-500", "500-SKU", "a4b7", "x7", "(500)", "2-3", "1/2", "½", "12x5", "9.5 out of 10", "1,2345", "12. 5", "--5",
     "-5-", "", " ", ".", "-", "n/a", "5'11\"", "1234 567", "1 23", "1e999", "1980-02-25", "192.168.1.1", "3:99",
     "x" * 99 + " 7", "9" * 101],
)  # fmt: skip
def test_a_value_that_is_not_one_number_is_not_read_as_another(text):
    assert math.isnan(read_number(text, "point"))


@pytest.mark.parametrize(
    ("text", "seconds"), [("3:39", 219), ("0:03:39", 219), ("1:00:00", 3600), ("75:30", 4530), ("3:39.5", 219.5)]
)
def test_a_duration_is_read_in_seconds(text, seconds):
    assert read_number(text, "point") == read_number(text, "comma") == seconds


@pytest.mark.parametrize("decimal", ["point", "comma"])
@given(value=NUMBERS)
@example(value=9780306406157.0)
@example(value=9780306999999.0)
@example(value=0.1)
@example(value=-1e-7)
def test_a_written_number_is_read_again_with_all_its_digits(decimal, value):
    if value != 0 and abs(value) < 1e-300:
        return  # smaller than the smallest exponent of normal numbers
    assert read_number(write_number(value, decimal), decimal) == value


@pytest.mark.parametrize("decimal", ["point", "comma"])
@given(whole=st.integers(1000, 10**12), cents=st.integers(0, 99), data=st.data())
def test_a_number_with_groups_is_read_in_its_notation_and_is_unreadable_in_the_other(decimal, whole, cents, data):
    mark = "." if decimal == "point" else ","
    group = data.draw(st.sampled_from(GROUPS[decimal]))
    text = f"{whole:,}".replace(",", group) + f"{mark}{cents:02d}"
    assert read_number(text, decimal) == pytest.approx(whole + cents / 100)
    assert math.isnan(read_number(text, OTHER[decimal]))


@pytest.mark.parametrize("decimal", ["point", "comma"])
@given(whole=st.integers(0, 10**9), part=st.text("0123456789", min_size=1, max_size=8))
def test_decimals_are_another_number_in_the_other_notation_only_where_they_look_like_thousands(decimal, whole, part):
    text = f"{whole}{'.' if decimal == 'point' else ','}{part}"
    other = read_number(text, OTHER[decimal])
    ambiguous = len(part) == 3 and 0 < whole < 1000
    assert (not math.isnan(other)) == ambiguous
    assert depends_on_notation(text)


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_not_read(text):
    for decimal in ("point", "comma"):
        assert isinstance(read_number(text, decimal), float)


def test_a_whole_number_that_was_written_as_a_float_loses_its_fraction():
    assert [without_zero_fraction(text) for text in ("1992.0", "-3.0", "1992.5", "1992.00", "v2.0")] == [
        "1992", "-3", "1992.5", "1992.00", "v2.0",
    ]  # fmt: skip
