"""The report on candidates by position is the report on frames of candidates."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.candidates import RecordTable, pairs_within_budget, propose_pairs
from matchwright.evaluation.candidates.labels import label_candidates, label_positions, positions_of
from matchwright.evaluation.candidates.quality import candidates_per_record
from matchwright.evaluation.candidates.register_report import RegisterReport
from matchwright.evaluation.candidates.report import found_and_cut


@pytest.fixture(scope="module")
def proposed(small_world):
    table = RecordTable.of(small_world.features)
    return table, propose_pairs(table, small_world.spec)


@pytest.mark.parametrize("most", [1, 3, 1000])
def test_the_report_is_that_of_frames(small_world, proposed, most):
    table, everything = proposed
    spec = small_world.spec.candidates.model_copy(update={"max_candidates_per_record": most})
    made = pairs_within_budget(everything, most, table.one_table)
    true = made.frame(table)[["left_key", "right_key"]].iloc[::7]
    missed = pd.DataFrame({"left_key": table.keys[table.left[:3]], "right_key": table.keys[table.right[-3:]]})
    true = pd.concat([true, missed]).drop_duplicates(ignore_index=True)
    report = RegisterReport(everything, made, table, *positions_of(true, table))
    expected = found_and_cut(everything.frame(table), made.frame(table), true, spec)
    assert report.found_and_cut(spec) == expected
    keys = small_world.features["record_key"]
    assert report.candidates_per_record == candidates_per_record(made.frame(table), keys)


@pytest.mark.parametrize("labels", ["complete", "partial"])
def test_labels_are_those_of_frames(proposed, labels):
    table, pairs = proposed
    known = pairs.frame(table)[["left_key", "right_key"]].iloc[:20].assign(label=[1, 0] * 10)
    twice = known.iloc[[0]].assign(label=0)
    lost = pd.DataFrame({"left_key": ["left:x"], "right_key": ["right:x"], "label": [1]})
    missed = pd.DataFrame({"left_key": [table.keys[table.left[0]]], "right_key": [table.keys[table.right[-1]]]})
    known = pd.concat([known, twice, lost, missed.assign(label=1)], ignore_index=True)
    expected = label_candidates(pairs.frame(table), known, pd.Series(table.keys), labels)
    found = label_positions(pairs, table, known, labels)
    np.testing.assert_array_equal(found.label, expected.candidates["label"])
    pd.testing.assert_frame_equal(found.missed, expected.missed)
    assert (found.contradicting, found.without_record) == (expected.contradicting, expected.without_record) == (1, 1)
