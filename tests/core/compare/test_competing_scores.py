"""A pair compared with its competing candidates by the scores of the first stage."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from matchwright.core.compare.competing import without_context
from matchwright.core.compare.competing_scores import (
    SCORED_NAMES,
    candidates_known,
    competing_scores,
    with_scores,
)
from matchwright.core.compare.names import constraints

ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(-20, 20)),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
)


def test_the_likeliest_candidate_leads_and_has_most_of_the_probability():
    found = competing_scores(np.array([3.0, -1.0, -1.0]), ["a", "a", "a"], ["x", "y", "z"], alike=False)
    assert found["context__score_lead_left"].tolist() == [4, -4, -4]
    assert found["context__score_rank_left"].tolist() == [1, 2, 2]
    share = expit(3) / (expit(3) + 2 * expit(-1))
    assert found["context__score_share_left"][0] == pytest.approx(share, abs=1e-5)
    # every right record has one candidate, so nothing competes there
    assert found.filter(like="_right").isna().all(axis=None)


@given(ROWS, st.booleans())
@settings(deadline=None, max_examples=60)
def test_the_measures_equal_those_of_a_loop_over_each_candidate_set(rows, one_table):
    """In one table, the candidates of a record are those on either side."""
    ends = {tuple(sorted(row[:2])): row for row in rows if row[0] != row[1]} if one_table else {r[:2]: r for r in rows}
    if not ends:
        return
    left, right = (np.array(column) for column in zip(*ends, strict=True))
    log_odds = np.array([row[2] for row in ends.values()]) / 2.0
    right = right if one_table else right + 100
    found = competing_scores(log_odds, left, right, alike=False)
    for side, keys in (("left", left), ("right", right)):
        for row in range(len(left)):
            of_record = (left == keys[row]) | (right == keys[row])
            of_record[row] = False
            others = log_odds[of_record]
            lead, rank, share = (found[f"context__score_{name}_{side}"][row] for name in ("lead", "rank", "share"))
            if not len(others):
                assert np.isnan([lead, rank, share]).all()
                continue
            assert rank == 1 + (others > log_odds[row]).sum()
            assert lead == pytest.approx(log_odds[row] - others.max())
            own = expit(log_odds[row])
            assert share == pytest.approx(own / (own + expit(others).sum()), abs=1e-5)


def test_it_does_not_matter_which_record_of_one_table_is_the_left_one():
    """As where all records get new ids: a pair has the same competing candidates."""
    log_odds = np.array([3.0, 1.0, -2.0])
    original = competing_scores(log_odds, ["a", "a", "b"], ["b", "c", "c"], alike=True)
    renamed = competing_scores(log_odds, ["b", "a", "c"], ["a", "c", "b"], alike=True)
    pd.testing.assert_frame_equal(original, renamed)
    assert original["context__score_rank_left"].tolist() == [1, 2, 2]


@given(ROWS)
@settings(deadline=None, max_examples=40)
def test_with_alike_sources_swapping_the_sides_changes_nothing(rows):
    left, right, score = (np.array(column) for column in zip(*rows, strict=True))
    original = competing_scores(score / 2.0, left, right, alike=True)
    pd.testing.assert_frame_equal(original, competing_scores(score / 2.0, right, left, alike=True))
    known = original.dropna()
    assert (known["context__score_rank_left"] >= known["context__score_rank_right"]).all()
    assert (known["context__score_share_left"] <= known["context__score_share_right"]).all()


def test_the_side_whose_candidates_are_not_known_is_missing():
    found = competing_scores(np.array([1.0, 0.0]), ["a", "a"], ["x", "y"], alike=False, known=("left",))
    assert found.filter(like="_left").notna().all(axis=None)
    assert found.filter(like="_right").isna().all(axis=None)
    alike = competing_scores(np.array([1.0, 0.0]), ["a", "a"], ["x", "y"], alike=True, known=("left",))
    assert alike["context__score_lead_left"].tolist() == alike["context__score_lead_right"].tolist() == [1, -1]


def test_scores_come_before_the_other_comparisons_with_candidates_and_can_be_left_out():
    names = ["title__exact", "context__lead_left", "register__evidence"]
    comparisons = pd.DataFrame([[1.0, 0.2, 3.0], [0.0, -0.2, 3.0]], columns=names, dtype=np.float32)
    scores = competing_scores(np.array([1.0, 0.0]), ["a", "a"], ["x", "y"], alike=False)
    found = with_scores(comparisons, scores)
    assert list(found.columns) == ["title__exact", *SCORED_NAMES, "context__lead_left", "register__evidence"]
    pd.testing.assert_frame_equal(found[list(SCORED_NAMES)], scores)
    assert candidates_known(found).all()
    alone = with_scores(comparisons, None)
    assert not candidates_known(alone).any()
    pd.testing.assert_frame_equal(alone[names], comparisons)
    assert not candidates_known(without_context(found, [0, 1])).any()
    assert not candidates_known(comparisons).any()


def test_more_lead_and_more_share_speak_for_a_match_and_a_higher_rank_against_it():
    assert constraints(list(SCORED_NAMES)) == [1, 1, -1, -1, 1, 1]
