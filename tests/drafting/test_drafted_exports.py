"""Drafts of tables as programs of several countries export them."""

import pandas as pd
import pytest

from matchwright.core.spec import FieldSpec, MatchSpec, parse_spec
from matchwright.drafting import infer_spec
from matchwright.errors import DataError

ROWS = 120


def table(side: str, **columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"record_id": [f"{side}{n}" for n in range(ROWS)], **columns})


def drafted(*given: pd.DataFrame) -> tuple[str, MatchSpec]:
    text = infer_spec(*given)
    return text.partition("\nname: ")[0], parse_spec(text)


def field(column: str, values: list[str], **others: list[str]) -> FieldSpec:
    _, spec = drafted(*(table(side, **{column: values}, **others) for side in "LR"))
    return spec.fields[next(name for name in spec.fields if spec.column_of(name) == column)]


NAMES = {
    "nome": [f"mock{chr(97 + n % 20)}{chr(97 + n // 20)}" for n in range(ROWS)],
    "dt_nasc": ["1980-02-14", "1979-06-05"] * 60,
}


@pytest.mark.parametrize(("form", "decimal"), [("{}.{},00", "comma"), ("{},{}.00", "point"), ("{}{},50 €", "comma")])
def test_amounts_with_two_decimals_are_numbers_also_if_all_are_whole(form: str, decimal: str) -> None:
    amounts = [form.format(n % 9 + 1, 100 + n * 7 % 900) for n in range(ROWS)]
    found = field("zyx", amounts, **NAMES)
    assert (found.kind, found.decimal) == ("number", decimal)


@pytest.mark.parametrize("column", ["cód. postal", "CEP"])
def test_postcodes_with_a_hyphen_are_no_telephone_numbers(column: str) -> None:
    found = field(column, [f"{1000 + n * 37 % 9000}-{100 + n * 13 % 900}" for n in range(ROWS)], **NAMES)
    assert (found.kind, found.pii, found.compare) == ("id_code", "quasi", True)


@pytest.mark.parametrize("column", ["email_confirmed", "phone_type", "contribuinte ativo", "passport"])
def test_a_few_words_about_a_number_are_no_number(column: str) -> None:
    found = field(column, ["yes", "no", "unclear"] * 40, **NAMES)
    assert (found.kind, found.pii, found.compare) == ("category", "quasi", True)


def test_a_code_that_both_tables_share_is_evidence_and_the_number_of_the_record_its_id() -> None:
    ean = [f"84{10**9 + n * 7919}" for n in range(ROWS)]
    sides = [
        pd.DataFrame({"cod_producto": [f"{side}{n}" for n in range(ROWS)], "descripción": "taladro", "EAN": ean})
        for side in "AB"
    ]
    _, spec = drafted(*sides)
    assert spec.record_id == "cod_producto"
    assert spec.fields["ean"].compare


@pytest.mark.parametrize("column", ["lp", "Lfd. Nr.", "S.No", "L.p.", "Löpnr"])
def test_a_running_number_of_a_list_is_no_record_id(column: str) -> None:
    numbers = [str(n + 1) for n in range(ROWS)]
    given = pd.DataFrame({column: numbers, "Kundennr": [f"K{n * 7}" for n in range(ROWS)], **NAMES})
    _, spec = drafted(given)
    assert spec.record_id == "Kundennr"
    assert not [name for name in spec.fields if spec.column_of(name) == column]


def test_ids_that_name_the_same_record_in_both_tables_are_said_to_be_the_matches() -> None:
    left = pd.DataFrame({"customer_id": [str(n) for n in range(ROWS)], **NAMES})
    top, _ = drafted(left, left.iloc[::-1].head(80))
    assert "80 record ids are in both tables, and their records agree in 100% of their values." in top
    numbered = left.assign(nome=left["nome"].sample(frac=1, random_state=1).to_numpy(), dt_nasc="1950-01-02")
    assert "record ids are in both tables" not in drafted(left, numbered.assign(dt_nasc=NAMES["nome"]))[0]


GERMAN = {"Vorname": NAMES["nome"], "geb. am": NAMES["dt_nasc"]}
ENGLISH = {"first_name": NAMES["nome"], "dob": NAMES["dt_nasc"]}


def test_columns_of_two_names_for_the_same_are_named_where_they_are_left_out() -> None:
    shared = {"PLZ": [str(10_000 + n * 7) for n in range(ROWS)]}
    top, spec = drafted(table("L", **shared, **GERMAN), table("R", **shared, **ENGLISH))
    assert list(spec.fields) == ["plz"]
    assert (
        "Left out, because they are in one table only: Vorname and first_name; geb. am and dob. By their names" in top
    )


def test_tables_without_a_common_column_are_refused_with_the_columns_that_hold_the_same() -> None:
    left, right = table("L", **GERMAN), table("R", **ENGLISH).rename(columns={"record_id": "number"})
    with pytest.raises(
        DataError, match=r"Vorname and first_name; geb\. am and dob\. By their names these hold the same"
    ):
        infer_spec(left, right)


def test_ids_of_pairs_that_are_written_without_leading_zeros_are_told() -> None:
    left, right = (pd.DataFrame({"id": [f"{side}{n:05}" for n in range(ROWS)], **NAMES}) for side in ("", "0"))
    pairs = pd.DataFrame({"left_id": [str(n) for n in range(ROWS)], "right_id": [str(n) for n in range(ROWS)]})
    with pytest.raises(DataError, match="those of 'id' differ in case, blanks or leading zeros only"):
        infer_spec(left, right, pairs)


@pytest.mark.parametrize("column", ["created_at", "Geändert am", "fecha_alta", "import_batch", "updated_by"])
def test_when_a_record_was_written_is_no_evidence_and_the_draft_says_so(column: str) -> None:
    values = [f"2024-0{n % 9 + 1}-1{n % 8}" for n in range(ROWS)]
    top, spec = drafted(*(table(side, **NAMES, **{column: values}) for side in "LR"))
    assert not spec.fields[next(name for name in spec.fields if spec.column_of(name) == column)].compare
    assert "Says when, how or by whom the record was written, and not what it is about. So it is not compared." in top
    assert column in top


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [("plan_code", ["HMO", "PPO", "EPO"], "category"), ("zyx", ["1234567890", "1987654321", "1555555555"], "id_code")],
)
def test_a_few_codes_identify_nobody(column: str, values: list[str], kind: str) -> None:
    found = field(column, values * 40, **NAMES)
    assert (found.kind, found.pii) == (kind, "quasi")
