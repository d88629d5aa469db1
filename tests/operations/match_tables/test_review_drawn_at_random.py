"""Pairs of a run that are drawn at random measure how many of all its pairs are right."""

import pandas as pd

from matchwright.operations.label_file import Labels
from matchwright.operations.match_tables.review_queue import ReviewQueue

PAIRS = pd.DataFrame({"left_key": [f"left:{n}" for n in range(6)], "right_key": [f"right:{n}" for n in range(6)]})
QUEUE = ReviewQueue("run", PAIRS.assign(score=0.5, chosen_for="random"), at_random=True)


def answered(**answers: "int | None") -> Labels:
    rows = [(f"left:{n[1:]}", f"right:{n[1:]}", label, None) for n, label in answers.items()]
    found = pd.DataFrame(rows, columns=["left_key", "right_key", "label", "line"])
    return Labels(found.assign(label=found["label"].astype("Int8")))


def test_answers_are_counted_up_to_the_first_pair_without_one():
    assert QUEUE.measured(answered(n0=1, n1=0, n2=1, n4=1, n5=1)) == (2, 3)


def test_a_pair_that_a_person_was_unsure_about_does_not_count():
    assert QUEUE.measured(answered(n0=1, n1=None, n2=0)) == (1, 2)


def test_labels_of_other_pairs_do_not_count():
    assert QUEUE.measured(answered(n7=1, n8=1)) == (0, 0)
    assert QUEUE.measured(Labels.nothing()) == (0, 0)


def test_all_answers_count_once_every_pair_has_one():
    assert QUEUE.measured(answered(**{f"n{n}": n % 2 for n in range(6)})) == (3, 6)
