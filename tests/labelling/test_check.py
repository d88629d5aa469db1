"""Labels that repeat or contradict each other."""

import pandas as pd

from matchwright.labelling import check_labels


def labels(*rows: tuple[str, str, int]) -> pd.DataFrame:
    named = [(left, right, label, f"l.csv:{line}") for line, (left, right, label) in enumerate(rows, start=2)]
    return pd.DataFrame(named, columns=["left_key", "right_key", "label", "line"])


def faults(*rows, one_table=False, multiplicity="many_to_many"):
    return [
        (fault.kind, fault.lines)
        for fault in check_labels(labels(*rows), one_table=one_table, multiplicity=multiplicity)
    ]


def test_labels_that_agree_have_no_fault():
    agreeing = [("left:1", "right:1", 1), ("left:1", "right:2", 0), ("left:2", "right:2", 1)]
    assert faults(*agreeing, multiplicity="one_to_one") == []


def test_a_repeated_label_is_a_duplicate():
    assert faults(("left:1", "right:1", 1), ("left:1", "right:1", 1)) == [("duplicate", ("l.csv:2", "l.csv:3"))]


def test_a_pair_with_two_different_labels_is_reported_with_its_lines():
    (fault,) = check_labels(
        labels(("left:1", "right:1", 1), ("left:1", "right:1", 0)), one_table=False, multiplicity="many_to_many"
    )
    assert fault.kind == "contradiction"
    assert fault.text == "left:1 and right:1 are labelled both ways: 1 in l.csv:2, 0 in l.csv:3"


def test_a_pair_of_one_table_has_no_order():
    in_both_orders = (("left:a", "left:b", 1), ("left:b", "left:a", 0))
    assert faults(*in_both_orders, one_table=True) == [("contradiction", ("l.csv:2", "l.csv:3"))]


def test_matches_are_transitive_in_one_table():
    rows = [("left:a", "left:b", 1), ("left:b", "left:c", 1), ("left:a", "left:c", 0)]
    assert faults(*rows, one_table=True) == [("transitive", ("l.csv:4", "l.csv:2", "l.csv:3"))]


def test_a_record_with_two_matches_is_a_fault_if_the_multiplicity_allows_one():
    rows = [("left:1", "right:1", 1), ("left:1", "right:2", 1)]
    assert faults(*rows, multiplicity="one_to_one") == [("multiplicity", ("l.csv:2", "l.csv:3"))]
    assert faults(*rows, multiplicity="one_to_many") == []
    assert faults(*rows) == []
    shared = [("left:1", "right:1", 1), ("left:2", "right:1", 1)]
    assert faults(*shared, multiplicity="one_to_many") == [("multiplicity", ("l.csv:2", "l.csv:3"))]
