"""The errors of records occur as often as the options say, and do not depend on the block they are made in."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.synthesis import FIELDS, Options, Register, plan_register, record_values

RECORDS = 12_000
NONE = {"errors": dict.fromkeys(("mistyped", "nickname", "initial", "abbreviated_street", "swapped_names",
                                 "swapped_day_month", "default_date", "placeholder"), 0),
        "missing": dict.fromkeys(FIELDS, 0)}  # fmt: skip
TRUE = Options.model_validate(NONE)
TEXTS = ("given_name", "surname", "street_number", "address_1", "suburb", "postcode", "phone", "email")


@pytest.fixture(scope="module")
def register() -> Register:
    return plan_register(TRUE, RECORDS, seed=1)


@pytest.fixture(scope="module")
def true(register: Register) -> pd.DataFrame:
    return values(register, TRUE)


def values(register: Register, options: Options) -> pd.DataFrame:
    return pd.DataFrame(record_values(register, options, 1, np.arange(RECORDS)))


def with_errors(register: Register, **errors: float) -> pd.DataFrame:
    return values(register, Options.model_validate({**NONE, "errors": {**NONE["errors"], **errors}}))


def test_every_text_is_mistyped_as_often_as_asked(register: Register, true: pd.DataFrame) -> None:
    made = with_errors(register, mistyped=0.1)
    for column in (*TEXTS, "date_of_birth"):
        assert (made[column] != true[column]).mean() == pytest.approx(0.1, abs=0.01), column
    for column in ("address_2", "state", "soc_sec_id"):
        assert made[column].equals(true[column])


def test_a_mistyped_date_is_a_real_date_that_differs_in_one_part(register: Register, true: pd.DataFrame) -> None:
    made = with_errors(register, mistyped=1)
    parts, true_parts = (table["date_of_birth"].str.split("-", expand=True) for table in (made, true))
    pd.to_datetime(made["date_of_birth"], format="%Y-%m-%d")
    whole = true_parts[2].astype(int) <= 28  # a later day may become the 28th besides
    assert ((parts != true_parts).sum(axis=1)[whole] == 1).all()


@pytest.mark.parametrize("column", FIELDS)
def test_values_are_missing_as_often_as_asked(register: Register, true: pd.DataFrame, column: str) -> None:
    made = values(register, Options.model_validate({**NONE, "missing": {**NONE["missing"], column: 0.3}}))
    gone = made[column].isna() & true[column].notna()
    assert gone.sum() / true[column].notna().sum() == pytest.approx(0.3, abs=0.03)
    assert made.drop(columns=column).equals(true.drop(columns=column))


def test_names_are_swapped(register: Register, true: pd.DataFrame) -> None:
    made = with_errors(register, swapped_names=0.2)
    swapped = made["given_name"] != true["given_name"]
    assert swapped.mean() == pytest.approx(0.2, abs=0.01)
    assert made["given_name"][swapped].equals(true["surname"][swapped])
    assert made["surname"][swapped].equals(true["given_name"][swapped])


def test_day_and_month_are_swapped_where_both_could_be_a_month(register: Register, true: pd.DataFrame) -> None:
    made = with_errors(register, swapped_day_month=1)["date_of_birth"]
    expected = true["date_of_birth"].map(lambda text: f"{text[:4]}-{text[8:]}-{text[5:7]}" if text[8:] < "13" else text)
    assert made.equals(expected)


def test_default_dates_and_placeholders_occur(register: Register) -> None:
    made = with_errors(register, default_date=0.1, placeholder=0.1)
    assert made["date_of_birth"].isin(["1900-01-01", "1901-01-01", "1970-01-01"]).mean() == pytest.approx(0.1, abs=0.01)
    assert (made["date_of_birth"] == "1900-01-01").mean() == pytest.approx(0.08, abs=0.01)
    assert made["surname"].isin(["unknown", "test", "n/a", "xxx"]).mean() == pytest.approx(0.1, abs=0.01)


def test_short_forms_are_those_of_the_nickname_table_and_streets_are_abbreviated(
    register: Register, true: pd.DataFrame
) -> None:
    made = with_errors(register, nickname=1, abbreviated_street=1)
    elizabeth = made["given_name"][true["given_name"] == "elizabeth"]
    assert {"liz", "beth"} <= set(elizabeth)
    assert "elizabeth" not in set(elizabeth)
    assert (
        made["address_1"]
        .str.extract(r" (\w+)$")[0]
        .isin(["st", "rd", "ave", "pl", "cres", "cl", "dr", "ct", "ln", "cct"])
        .all()
    )


def test_an_initial_stands_for_the_name(register: Register, true: pd.DataFrame) -> None:
    assert with_errors(register, initial=1)["given_name"].equals(true["given_name"].str[:1])


@settings(max_examples=20, deadline=None)
@given(st.sets(st.integers(0, 2_999), min_size=1, max_size=40))
def test_a_record_has_the_same_values_in_any_block(rows: set[int]) -> None:
    options = Options()
    register = plan_register(options, 3_000, seed=5)
    whole = pd.DataFrame(record_values(register, options, 5, np.arange(3_000)))
    part = pd.DataFrame(record_values(register, options, 5, np.array(sorted(rows))))
    assert part.equals(whole.iloc[sorted(rows)].reset_index(drop=True))
