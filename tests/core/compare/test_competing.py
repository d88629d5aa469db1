"""Context: a pair beside its competing candidates, where a record has at most one match."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.compare.competing import NEAR, Competition, context_of, in_context, without_context
from matchwright.core.compare.names import context_names

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 20)), min_size=1, max_size=40)


def test_the_best_candidate_leads_and_the_others_trail():
    competition = Competition.among(np.array(["q", "q", "q"]), np.array([0.9, 0.5, 0.3]))
    assert competition.lead == pytest.approx([0.4, -0.4, -0.6])
    assert competition.rank.tolist() == [1, 2, 3]


def test_a_lone_candidate_has_no_margin_and_no_rival():
    competition = Competition.among(np.array(["q"]), np.array([0.4]))
    assert np.isnan(competition.lead[0])
    assert (competition.rank[0], competition.competing[0]) == (1, 0)


def test_near_ties_are_rivals_and_equals_share_a_rank():
    competition = Competition.among(np.array(["q"] * 4), np.array([0.8, 0.8, 0.8 - NEAR / 2, 0.1]))
    assert competition.rank.tolist() == [1, 1, 3, 4]
    assert competition.competing.tolist() == [2, 2, 2, 3]


@given(ROWS)
@settings(deadline=None, max_examples=60)
def test_rivalry_is_what_a_loop_over_each_set_finds(rows):
    groups = np.array([group for group, _, _ in rows])
    fit = np.array([value / 20 for _, _, value in rows])
    found = Competition.among(groups, fit)
    for row in range(len(rows)):
        others = np.delete(fit, row)[np.delete(groups, row) == groups[row]]
        assert found.rank[row] == 1 + (others > fit[row]).sum()
        assert found.competing[row] == (others >= fit[row] - NEAR - 1e-7).sum()
        expected = fit[row] - others.max() if len(others) else np.nan
        assert found.lead[row] == pytest.approx(expected, nan_ok=True)


@given(ROWS, st.randoms())
@settings(deadline=None, max_examples=40)
def test_the_order_of_candidates_changes_nothing(products_spec, rows, random):
    left, right, fit = (np.array(column) for column in zip(*rows, strict=True))
    order = np.arange(len(rows))
    random.shuffle(order)
    straight = context_of(fit / 20, left, right, products_spec)
    shuffled = context_of(fit[order] / 20, left[order], right[order], products_spec)
    pd.testing.assert_frame_equal(straight.iloc[order].reset_index(drop=True), shuffled)


def test_sources_that_are_alike_see_the_weaker_side_first(persons_spec):
    left, right, fit = np.array(["a", "a", "b"]), np.array(["x", "y", "x"]), np.array([0.9, 0.5, 0.2])
    straight = context_of(fit, left, right, persons_spec)
    swapped = context_of(fit, right, left, persons_spec)
    pd.testing.assert_frame_equal(straight, swapped)
    assert (straight["context__lead_left"].fillna(-9) <= straight["context__lead_right"].fillna(9)).all()


def test_a_side_whose_candidates_are_not_all_known_stays_missing(products_spec):
    context = context_of(np.array([0.9, 0.5]), ["a", "a"], ["x", "y"], products_spec, known=("left",))
    assert context["context__rank_left"].tolist() == [1, 2]
    assert context["context__rank_right"].isna().all()


def test_multiplicity_says_where_there_are_rivals(products_spec):
    def names(multiplicity):
        return context_names(products_spec.model_copy(update={"multiplicity": multiplicity}))

    assert names("many_to_many") == []
    assert names("one_to_many") == ["context__lead_right", "context__rank_right", "context__competing_right"]
    assert len(names("one_to_one")) == 6


def test_pairs_alone_lose_their_context_and_nothing_else(small_world):
    from matchwright.core.compare import compare

    spec = small_world.spec
    alone = compare(small_world.left.head(6), small_world.right.head(6), spec, small_world.corpus)
    beside = in_context(alone, list("aabbcc"), list("xyzxyz"), spec)
    assert beside[context_names(spec)].notna().any().any()
    pd.testing.assert_frame_equal(without_context(beside, np.arange(6)), alone)
