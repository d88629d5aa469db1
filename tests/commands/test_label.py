"""Labelling on the command line and in a spreadsheet."""

import pandas as pd
import pytest
import typer
from fixtures.models import REPOSITORY
from fixtures.products import write_products
from typer.testing import CliRunner

from matchwright.commands import label
from matchwright.core.spec import load_spec
from matchwright.errors import DataError
from matchwright.labelling.pair_table import conform_pairs
from matchwright.labelling.sheet import sheet, shown, side_by_side
from matchwright.operations.label_file import Labels

SPEC = REPOSITORY / "specs" / "products.yaml"


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """A function that runs the command on two shops with 120 products, types answers, and returns the output."""
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "140")
    files = write_products(tmp_path, products=120)
    app = typer.Typer()
    label.register(app)
    inputs = ["--spec", str(SPEC), "--records", files["records"], "--records-right", files["records_right"]]

    def run(*words: str, typed: str = "") -> str:
        done = CliRunner().invoke(app, [*inputs, "--out", str(tmp_path / "labels.csv"), *words], input=typed)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


def answers(folder):
    return pd.read_csv(folder / "labels.csv", dtype=str)


def test_answers_are_saved_in_the_format_that_training_reads(ask, tmp_path):
    printed = ask("--count", "4", typed="y\nn\nu\ny\n")
    assert "chosen by an unsupervised start" in printed
    assert "2 same, 1 not the same, 1 unsure" in printed
    labels = answers(tmp_path)
    assert labels["label"].tolist() == ["1", "0", "unsure", "1"]
    conformed = conform_pairs(labels, load_spec(SPEC), one_table=False)
    assert sorted(conformed["label"]) == [0, 1, 1]
    assert (tmp_path / "labels.csv").stat().st_mode & 0o077 == 0


def test_both_records_are_shown_side_by_side(ask):
    printed = ask("--count", "1", typed="q\n")
    for word in ("title", "model number", "shop", "catalogue", "1 of 1"):
        assert word in printed


def test_going_back_changes_the_previous_answer(ask, tmp_path):
    ask("--count", "3", typed="y\nb\nn\nq\n")
    assert answers(tmp_path)["label"].tolist() == ["0"]


def test_going_back_from_the_only_answer_removes_the_label_and_writes_no_file(ask, tmp_path):
    assert "No pair was labelled" in ask("--count", "3", typed="y\nb\nq\n")
    assert not (tmp_path / "labels.csv").exists()
    assert "1 not the same" in ask("--count", "1", typed="n\n")


def test_only_an_exact_word_is_an_answer(ask, tmp_path):
    ask("--count", "2", typed="not sure\nyellow\nyes\nUNSURE\n")
    assert answers(tmp_path)["label"].tolist() == ["1", "unsure"]


def test_without_earlier_labels_no_row_has_a_rewritten_id():
    assert Labels.nothing().rewritten == 0
    assert Labels.nothing().counts == (0, 0, 0)


def test_an_interrupt_keeps_the_previous_answers(ask, tmp_path, monkeypatch):
    typed = iter(["y", "n", KeyboardInterrupt()])

    def answer(*_, **__):
        word = next(typed)
        if isinstance(word, BaseException):
            raise word
        return word

    monkeypatch.setattr("rich.console.Console.input", answer)
    assert "1 same, 1 not the same" in ask("--count", "5")
    assert answers(tmp_path)["label"].tolist() == ["1", "0"]
    assert not list(tmp_path.glob(".labels*"))


def test_a_scorer_trained_on_the_answers_chooses_the_next_questions(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(label, "ROUND", 14)
    printed = ask("--count", "16", typed="y\n" * 7 + "n\n" * 7 + "b\nu\nn\nn\n")
    assert "14 pairs, chosen by an unsupervised start" in printed
    assert "2 pairs, chosen by a scorer trained on 14 labels" in printed
    assert answers(tmp_path)["label"].tolist() == ["1"] * 7 + ["0"] * 6 + ["unsure", "0", "0"]


def test_the_next_session_asks_about_other_pairs(ask, tmp_path):
    ask("--count", "5", typed="n\nn\n")  # the terminal was closed after two answers
    first = answers(tmp_path)
    assert len(first) == 2
    ask("--count", "3", typed="n\nn\nn\n")
    both = answers(tmp_path)
    pd.testing.assert_frame_equal(both.head(2), first)
    assert not both.duplicated(["left_id", "right_id"]).any()


def test_an_answer_that_contradicts_another_is_not_saved(ask, tmp_path):
    question_file = tmp_path / "ask.csv"
    ask("--count", "1", "--csv-out", str(question_file))
    pair = pd.read_csv(question_file, dtype=str).loc[0, ["left_id", "right_id"]]
    other = "c119" if pair["right_id"] != "c119" else "c118"
    pd.DataFrame({"left_id": [pair["left_id"]], "right_id": [other], "label": ["1"]}).to_csv(
        tmp_path / "known.csv", index=False
    )
    printed = ask("--count", "40", "--pairs", str(tmp_path / "known.csv"), typed="y\n" * 40 + "q\n")
    labels = answers(tmp_path)
    matched = labels[labels["label"] == "1"]
    assert not matched["left_id"].duplicated().any()
    assert not matched["right_id"].duplicated().any()
    assert f"left:{pair['left_id']} matches 2 records" in " ".join(printed.split())


def test_a_spreadsheet_is_written_without_answers_and_read_with_answers(ask, tmp_path):
    sheet = tmp_path / "to_label.csv"
    assert "Wrote 6 pairs" in ask("--count", "6", "--csv-out", str(sheet))
    table = pd.read_csv(sheet, dtype=str, keep_default_na=False)
    assert table["label"].tolist() == [""] * 6
    assert {"title (shop)", "title (catalogue)"} <= set(table.columns)
    assert "No pair was labelled" in ask("--csv-in", str(sheet))
    assert not (tmp_path / "labels.csv").exists()
    table["label"] = ["yes", "0", "", "?", "n", ""]
    table.to_csv(sheet, index=False)
    assert "1 same, 2 not the same, 1 unsure" in ask("--csv-in", str(sheet))
    assert answers(tmp_path)["label"].tolist() == ["1", "0", "unsure", "0"]
    assert "Twice" not in ask("--csv-in", str(sheet))
    assert len(answers(tmp_path)) == 4


def test_a_spreadsheet_program_may_change_ids_separators_line_ends_and_labels(ask, tmp_path):
    sheet, saved = tmp_path / "to_label.csv", tmp_path / "saved.csv"
    ask("--count", "5", "--csv-out", str(sheet))
    table = pd.read_csv(sheet, dtype=str, keep_default_na=False)
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbf")  # without it, Excel misreads umlauts
    keys = table["left_key"].str.removeprefix("left:").tolist()
    table["label"] = ["TRUE", "0.0", "", "1.0", "?"]
    table["left_id"], table["right_id"] = "9.007E+15", range(5)
    table.to_csv(saved, index=False, sep=";", encoding="utf-8-sig", lineterminator="\r\n")
    printed = " ".join(ask("--csv-in", str(saved)).split())
    assert "in 5 rows the ids differ from the keys" in printed
    assert "2 same, 1 not the same, 1 unsure" in printed
    assert answers(tmp_path)["left_id"].tolist() == [keys[0], keys[1], keys[3], keys[4]]


def test_a_value_or_an_id_is_never_a_formula(products_spec):
    records = pd.DataFrame({"record_key": ["left:=1+1", "right:c"], "record_id": ["=1+1", "c"]})
    fields = dict.fromkeys(products_spec.fields, "@SUM(A1)") | {"price": -3.0}
    pairs = pd.DataFrame({"left_key": ["left:=1+1"], "right_key": ["right:c"]})
    made = sheet(pairs, records.assign(**fields), products_spec)
    assert not made.iloc[0].astype(str).str.match(r"[=+@\t\r]").any()
    assert made["price (shop)"].iloc[0] == "-3"


def test_faults_name_the_file_and_its_line(ask, tmp_path):
    (tmp_path / "answered.csv").write_text('left_id,right_id,label,note\n\ns1,c1,1,"two\nlines"\n\ns2,c2,maybe,\n')
    (tmp_path / "known.csv").write_text("left_id,right_id,label\ns1,c1\n")
    with pytest.raises(DataError) as refused:
        ask("--csv-in", str(tmp_path / "answered.csv"), "--pairs", str(tmp_path / "known.csv"))
    assert "answered.csv, label: 1 of 2 values was not understood as a label (line 6)" in str(refused.value)
    assert "known.csv: 1 row(s) do not have 3 columns" in str(refused.value)
    assert not (tmp_path / "labels.csv").exists()


def test_all_faults_of_a_spreadsheet_are_listed_with_lines_and_keys(ask, tmp_path):
    rows = [("s1", "c1", "1"), ("s1", "c1", "0"), ("s2", "c2", "maybe"), ("s3", "nobody", "1")]
    rows += [("s5", "c5", "1"), ("s5", "c6", "1")]
    sheet = tmp_path / "answered.csv"
    pd.DataFrame(rows, columns=["left_id", "right_id", "label"]).to_csv(sheet, index=False)
    with pytest.raises(DataError) as refused:
        ask("--csv-in", str(sheet))
    message = str(refused.value)
    assert "left:s1 and right:c1 are labelled both ways: 1 in answered.csv:2, 0 in answered.csv:3" in message
    assert "answered.csv, label: 1 of 6 values was not understood as a label (line 4)" in message
    assert "maybe" not in message
    assert "there is no record right:nobody" in message
    assert "left:s5 matches 2 records" in message
    assert not (tmp_path / "labels.csv").exists()


def test_a_label_that_occurs_twice_is_counted_once(ask, tmp_path):
    rows = [("s1", "c1", "1"), ("s1", "c1", "y"), ("s2", "c1", "0")]
    pd.DataFrame(rows, columns=["left_id", "right_id", "label"]).to_csv(tmp_path / "twice.csv", index=False)
    printed = " ".join(ask("--csv-in", str(tmp_path / "twice.csv")).split())
    assert "left:s1 and right:c1 are labelled 2 times" in printed
    assert "1 same, 1 not the same" in printed


def test_with_enough_given_labels_a_scorer_trained_on_them_chooses_the_questions(ask, tmp_path):
    pairs = pd.read_csv(tmp_path / "pairs.csv")
    known = pd.concat([pairs[pairs["label"] == 1].head(12), pairs[pairs["label"] == 0].head(20)])
    known.to_csv(tmp_path / "known.csv", index=False)
    printed = ask("--pairs", str(tmp_path / "known.csv"), "--count", "1", typed="q\n")
    assert "a scorer trained on 32 labels" in printed
    assert "an unsupervised start" in ask(
        "--pairs", str(tmp_path / "known.csv"), "--model", "none", "--count", "1", typed="q\n"
    )


def test_a_value_cannot_control_the_terminal_and_direct_identifiers_are_not_shown(persons_spec, small_world):
    assert "\x1b" not in shown("\x1b[2Jsmith\u202e")
    record = small_world.records.iloc[0]
    fields = [field for field, _, _ in side_by_side(record, record, persons_spec)]
    assert "surname" in fields
    assert "national identifier" not in fields
