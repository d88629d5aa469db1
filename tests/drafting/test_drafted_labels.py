"""What a draft takes a pairs table for: all matches, some labelled pairs, or too little to train on."""

import numpy as np
import pandas as pd
import pytest
from fixtures.products import write_products

from matchwright.core.spec import parse_spec
from matchwright.drafting import draft_spec, infer_spec
from matchwright.drafting.tables import read_pairs
from matchwright.errors import DataError
from matchwright.synthesis import Options, plan_register, record_values

RECORDS = 4_000


@pytest.fixture(scope="module")
def persons() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table of persons, and all of its matches."""
    options = Options()
    plan = plan_register(options, RECORDS, seed=4)
    table = pd.DataFrame(record_values(plan, options, 4, np.arange(RECORDS)))
    table.insert(0, "rec_id", [f"r{number}" for number in range(RECORDS)])
    rows = np.concatenate([np.column_stack(both) for both in plan.pairs()])
    ids = table["rec_id"].to_numpy()
    return table, pd.DataFrame({"left_id": ids[rows[:, 0]], "right_id": ids[rows[:, 1]]})


def top_of(text: str) -> str:
    return text.partition("\nname: ")[0]


@pytest.mark.parametrize("column", [{}, {"label": "1"}], ids=["no column of labels", "all labels are yes"])
def test_matches_are_complete_where_nearly_all_likely_matches_are_among_them(persons, column) -> None:
    table, matches = persons
    assert parse_spec(infer_spec(table, pairs=matches.assign(**column))).labels == "complete"


@pytest.mark.parametrize("column", [{}, {"label": "1"}], ids=["no column of labels", "all labels are yes"])
def test_a_few_of_the_matches_are_not_taken_for_all_of_them(persons, column) -> None:
    """Training would take all other matches for no matches, and would find no pair that it can call a match."""
    table, matches = persons
    text = infer_spec(table, pairs=matches.sample(150, random_state=1).assign(**column))
    assert parse_spec(text).labels == "none"
    top = top_of(text)
    assert "NOTE: The 150 labelled pairs are all matches, and only" in top
    assert "of the pairs that agree in three other fields are among them" in top
    assert "train without the pairs: labels: none is an unsupervised start" in top
    assert "Write labels: complete only where the pairs table lists every match." in top


def test_labels_that_are_all_yes_are_not_complete_where_nothing_shows_it(tmp_path) -> None:
    """Offers have too few fields to see a likely match in them."""
    paths = write_products(tmp_path, products=400)
    left, right, pairs = (pd.read_csv(paths[name], dtype=str) for name in ("records", "records_right", "pairs"))
    fields = ["id", "title", "price"]
    matches = pairs[pairs["label"] == "1"].head(150)
    text = infer_spec(left[fields], right[fields], matches)
    assert parse_spec(text).labels == "none"
    assert "The 150 labelled pairs are all matches, and nothing shows that they are every match." in top_of(text)
    listed = infer_spec(left[fields], right[fields], matches.drop(columns="label"))
    assert parse_spec(listed).labels == "complete"


@pytest.mark.parametrize("value", ["7", "0.8", "perhaps"])
def test_labels_that_were_not_understood_are_refused_with_their_lines(persons, value: str) -> None:
    table, matches = persons
    pairs = matches.head(150).assign(label=value)
    with pytest.raises(DataError) as refused:
        draft_spec(table, pairs=pairs, pair_lines=lambda: range(2, 152))
    said = str(refused.value)
    assert "pairs.label: 150 of 150 values were not understood as a label (lines 2, 3, 4, 5, 6 ...)" in said
    assert "Hint: " in said
    assert value not in said


def test_a_few_labels_that_were_not_understood_are_said_at_the_top_of_the_draft(persons) -> None:
    table, matches = persons
    labels = ["1"] * 70 + ["0"] * 70 + ["2", "yess", ""]
    text = infer_spec(table, pairs=matches.head(len(labels)).assign(label=labels))
    assert parse_spec(text).labels == "partial"
    note = "pairs.label: 2 of 142 values were not understood as a label (rows 141, 142). Training puts such rows"
    assert note in top_of(text)


def test_empty_labels_are_left_out_without_a_word(persons) -> None:
    labels = read_pairs(persons[1].head(4).assign(label=["1", None, "", "0"]))
    assert labels.matches.tolist() == [True, False]
    assert labels.unread == ""
