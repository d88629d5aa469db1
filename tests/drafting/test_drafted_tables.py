"""The column of record ids, row numbers of a tool, and whether the labels are enough."""

import pandas as pd
import pytest

from matchwright.core.spec import parse_spec
from matchwright.drafting import infer_spec
from matchwright.drafting.enough import FEWEST_MATCHES, FEWEST_OF_EACH
from matchwright.errors import DataError

ROWS = 40


def table(side: str, rows: int = ROWS, repeated: int = 0, id_column: str = "record_id") -> pd.DataFrame:
    """Products, of which the last ``repeated`` have the id of the first."""
    numbers = [*range(rows), *[0] * repeated]
    return pd.DataFrame(
        {
            id_column: [f"{side}{n:05}" for n in numbers],
            "title": [f"thing {n} of many parts" for n in range(rows + repeated)],
            "price": [n + 0.5 for n in range(rows + repeated)],
        }
    )


def matches(count: int) -> pd.DataFrame:
    return pd.DataFrame({"left_id": [f"L{n:05}" for n in range(count)], "right_id": [f"R{n:05}" for n in range(count)]})


def refusal(*tables: pd.DataFrame | None, **options: object) -> str:
    with pytest.raises(DataError) as refused:
        infer_spec(*tables, **options)
    return str(refused.value)


@pytest.mark.parametrize("pairs", [None, matches(35)], ids=["without pairs", "with pairs"])
def test_a_repeated_record_id_is_named_with_its_line(pairs: pd.DataFrame | None) -> None:
    said = refusal(table("L", repeated=1), table("R"), pairs, lines=lambda side: range(2, 43 - side))
    assert "left table: record_id looks like the record id, and 1 of its 41 values stands twice (line 42)" in said
    assert "Hint: make them unique" in said
    assert "L00000" not in said


def test_missing_and_repeated_record_ids_of_both_tables_are_named_together() -> None:
    left, right = table("L", repeated=7), table("R")
    right.loc[[3, 4], "record_id"] = None
    said = refusal(left, right)
    assert "left table: record_id looks like the record id, and 1 of its 47 values stands more than once" in said
    assert "(rows 41, 42, 43, 44, 45 ...)" in said
    assert "right table: record_id looks like the record id, and 2 of its 40 values are missing (rows 4, 5)" in said


def test_another_column_does_not_become_the_record_id_where_the_record_id_has_faults() -> None:
    left = table("L", repeated=1).assign(serial=[f"s{n}" for n in range(41)])
    assert "record_id looks like the record id" in refusal(left)


def test_a_column_whose_values_mostly_repeat_is_no_record_id() -> None:
    grouped = table("L").assign(group_id=[f"g{n % 5}" for n in range(ROWS)]).drop(columns=["record_id", "price"])
    assert "no column numbers the records" in refusal(grouped)


def test_few_repeated_ids_are_said_at_the_top_of_the_draft() -> None:
    text = infer_spec(table("L", rows=200, repeated=1))
    top = text.partition("\nname: ")[0]
    assert "the table: 'record_id': 1 of its 201 values stands twice (row 201). Training puts such rows" in top


@pytest.mark.parametrize("name", ["Unnamed: 0", "", "index"])
def test_row_numbers_of_a_tool_are_left_out(name: str) -> None:
    left = table("L")
    left.insert(0, name, [str(n) for n in range(ROWS)])
    text = infer_spec(left)
    spec = parse_spec(text)
    assert spec.record_id == "record_id"
    assert {spec.column_of(field) for field in spec.fields} == {"title", "price"}
    assert "numbers the rows, so it says nothing of a record" in text


def test_a_column_called_index_with_other_values_is_a_field() -> None:
    left = table("L").assign(index=[str(9 - n % 10) for n in range(ROWS)])
    assert "index" in parse_spec(infer_spec(left)).fields


def test_row_numbers_without_a_name_of_their_own_are_left_out_in_any_order() -> None:
    left = table("L").assign(**{"Unnamed: 0": [str(n * 7 % ROWS) for n in range(ROWS)]})
    assert {field.column for field in parse_spec(infer_spec(left)).fields.values()} <= {None, "title", "price"}
    assert "numbers the rows" in infer_spec(left)


def test_row_numbers_are_the_record_id_where_there_is_no_other() -> None:
    left = table("L").drop(columns="record_id").assign(index=[str(n) for n in range(ROWS)])
    assert parse_spec(infer_spec(left)).record_id == "index"


@pytest.mark.parametrize(
    ("count", "labels"), [(45, "none"), (FEWEST_MATCHES - 1, "none"), (FEWEST_MATCHES, "complete")]
)
def test_matches_alone_are_complete_only_if_they_are_enough_to_train_on(count: int, labels: str) -> None:
    text = infer_spec(table("L", FEWEST_MATCHES), table("R", FEWEST_MATCHES), matches(count))
    assert parse_spec(text).labels == labels
    assert (f"The {count} matches are too few" in text.partition("\nname: ")[0]) == (labels == "none")


@pytest.mark.parametrize(("different", "labels"), [(FEWEST_OF_EACH - 1, "none"), (FEWEST_OF_EACH, "partial")])
def test_labels_of_both_kinds_are_partial_only_if_they_are_enough(different: int, labels: str) -> None:
    pairs = matches(FEWEST_OF_EACH + different).assign(label=["1"] * FEWEST_OF_EACH + ["0"] * different)
    text = infer_spec(table("L"), table("R"), pairs)
    assert parse_spec(text).labels == labels
    assert ("train without the pairs" in text.partition("\nname: ")[0]) == (labels == "none")
