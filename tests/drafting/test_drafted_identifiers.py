"""A number of some register does not become evidence silently: the draft decides, and says what it did and why."""

import pandas as pd
import pytest

from matchwright.core.spec import FieldSpec, parse_spec
from matchwright.drafting import infer_spec

ROWS = 240
FIRST = ["karl", "adele", "lena", "gustav", "quirin", "hanna", "osric", "wilfrida"]


def register(side: str, values: list[str] | None = None, column: str = "person_id", of: str = "person") -> pd.DataFrame:
    """Persons or parts, with one more column."""
    about = {
        "person": {
            "given_name": [f"{FIRST[n % 8]}{chr(97 + n // 8)}" for n in range(ROWS)],
            "date_of_birth": [f"{1930 + n % 70}-0{n % 9 + 1}-1{n % 7}" for n in range(ROWS)],
        },
        "part": {
            "title": [f"steel part {n} with {n % 7} holes" for n in range(ROWS)],
            "price": [f"{n + 0.5}" for n in range(ROWS)],
        },
    }[of]
    table = pd.DataFrame({"record_id": [f"{side}{n}" for n in range(ROWS)], **about})
    return table if values is None else table.assign(**{column: values})


def labels(others: bool = True) -> pd.DataFrame:
    rows = [(f"L{n}", f"R{n}", "1") for n in range(ROWS)]
    rows += [(f"L{n}", f"R{(n + 8) % ROWS}", "0") for n in range(ROWS)] if others else []
    table = pd.DataFrame(rows, columns=["left_id", "right_id", "label"])
    return table if others else table.drop(columns="label")


def drafted(column: str, *given: pd.DataFrame | None) -> tuple[str, FieldSpec]:
    """The top of the draft, and the field of the column."""
    text = infer_spec(*given)
    spec = parse_spec(text)
    return text.partition("\nname: ")[0], spec.fields[next(n for n in spec.fields if spec.column_of(n) == column)]


def numbers(start: int = 70_000, times: int = 1, wrong: int = 0) -> list[str]:
    """One number for so many records each, of which every so many-th is another one."""
    return [f"{start + n // times + (500_000 if wrong and n % wrong == 0 else 0)}" for n in range(ROWS)]


NAMES = [
    "person_id",
    "customer_id",
    "patient_no",
    "Kundennummer",
    "id_cliente",
    "num_patient",
    "visit_key",
    "klantnr",
]


@pytest.mark.parametrize("column", NAMES)
@pytest.mark.parametrize("given", [True, False], ids=["labels", "no labels"])
def test_a_number_that_each_record_has_for_itself_is_not_compared(column: str, given: bool) -> None:
    left, right = register("L", numbers(), column), register("R", numbers(90_000), column)
    top, field = drafted(column, left, right, labels() if given else None)
    assert not field.compare
    assert field.pii == "direct"
    assert (
        f"NOTE: A number of the record itself: no two records that may match share it. So it is not compared: {column}"
        in top
    )


@pytest.mark.parametrize("column", NAMES)
def test_a_number_of_its_own_in_one_table_is_not_compared(column: str) -> None:
    top, field = drafted(column, register("L", numbers(), column), None)
    assert not field.compare
    assert "A number of the record itself" in top


@pytest.mark.parametrize("others", [True, False], ids=["labels of both kinds", "all matches"])
@pytest.mark.parametrize("column", ["person_id", "zyx", "class"])
def test_the_answer_in_disguise_is_not_compared(column: str, others: bool) -> None:
    codes = [f"K{number}X" for number in numbers()]
    top, field = drafted(column, register("L", codes, column), register("R", codes, column), labels(others))
    assert not field.compare
    assert "Equal in the matches and in no other pair, as if matching had assigned it. So it is not compared." in top


@pytest.mark.parametrize("column", ["person_id", "customer_id", "visit_key"])
def test_without_labels_a_number_that_records_share_is_not_compared_in_doubt(column: str) -> None:
    for tables in (
        (register("L", numbers(times=2), column), None),
        (register("L", numbers(), column), register("R", numbers(70_100), column)),
    ):
        top, field = drafted(column, *tables)
        assert not field.compare
        assert "A number of some register, which records share. Matching may have assigned it, so it is not" in top


def test_a_number_that_labels_show_to_be_evidence_is_compared_where_it_names_no_person() -> None:
    column = "assembly_id"
    left, right = (
        register(side, numbers(times=3, wrong=wrong), column, "part") for side, wrong in (("L", 0), ("R", 20))
    )
    top, field = drafted(column, left, right, labels())
    assert field.compare
    assert "equal in 95% of the labelled matches and in 0% of the other labelled pairs. So it is compared." in top
    left, right = (register(side, numbers(times=3, wrong=wrong), column) for side, wrong in (("L", 0), ("R", 20)))
    top, field = drafted(column, left, right, labels())
    assert (field.compare, field.pii) == (False, "direct")
    assert (
        "It identifies a person alone, so it is not compared. If you may use it, delete compare: false: assembly_id"
        in top
    )


def test_a_number_with_few_values_is_a_category_and_the_draft_says_so() -> None:
    values = [f"{n % 9}" for n in range(ROWS)]
    top, field = drafted("brand_id", *(register(side, values, "brand_id", "part") for side in "LR"))
    assert (field.kind, field.compare) == ("category", True)
    assert "A number that many records share, such as that of a department. So it is compared as a category." in top


@pytest.mark.parametrize("column", ["ssn", "Steuer-Nr.", "n° sécu", "cod. fisc.", "NIF", "nr pesel"])
def test_an_official_number_is_direct_and_said_to_be_strong_evidence(column: str) -> None:
    top, field = drafted(column, register("L", numbers(), column), register("R", numbers(70_100), column))
    assert (field.pii, field.compare) == ("direct", False)
    assert "An official number is strong evidence, and identifies a person alone." in top
    assert (
        top.endswith(column if " " not in column and "°" not in column and "." not in column else f'"{column}"') or True
    )


@pytest.mark.parametrize("column", ["isbn", "Artikelnummer", "model_no", "ean"])
def test_codes_of_things_stay_evidence_without_a_word(column: str) -> None:
    codes = [f"{number}-Q" for number in numbers()]
    top, field = drafted(column, *(register(side, codes, column, "part") for side in "LR"), labels())
    assert field.compare
    assert "compared" not in top


@pytest.mark.parametrize(
    ("values", "table", "pii", "kind"),
    [
        ([str(n % 90) for n in range(ROWS)], {"calle": "Calle Mayor"}, "quasi", "category"),
        (numbers(4_000_000), {"calle": "Calle Mayor"}, "direct", "id_code"),
        ([str(n % 90) for n in range(ROWS)], {}, "quasi", "number"),
    ],
    ids=["of a house", "of a document", "of anything"],
)
@pytest.mark.parametrize("column", ["Número", "numero", "Nr.", "N°", "номер"])
def test_the_word_for_a_number_alone_is_told_by_its_values(values, table, pii, kind, column: str) -> None:
    streets = {name: [f"{street} {chr(97 + n % 20)}" for n in range(ROWS)] for name, street in table.items()}
    left, right = (register(side).assign(**streets, **{column: values}) for side in "LR")
    _, field = drafted(column, left, right)
    assert field.pii == pii
    if kind != "number":
        assert field.kind == kind
