"""Context: a pair is compared with its competing candidates if a record has at most one match."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.compare import compare, engine
from matchwright.core.compare.competing import (
    NEAR,
    Competition,
    context_in_place_of,
    context_of,
    fit_of,
    in_context,
    without_context,
)
from matchwright.core.compare.engine import record_fit
from matchwright.core.compare.names import context_names
from matchwright.core.records import conform_values, record_features
from matchwright.core.records.corpus import Corpus

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 20)), min_size=1, max_size=40)


def test_the_best_candidate_has_a_positive_lead_and_the_others_have_a_negative_lead():
    competition = Competition.among(np.array(["q", "q", "q"]), np.array([0.9, 0.5, 0.3]))
    assert competition.lead == pytest.approx([0.4, -0.4, -0.6])
    assert competition.rank.tolist() == [1, 2, 3]


def test_a_single_candidate_has_no_lead_and_no_competing_candidate():
    competition = Competition.among(np.array(["q"]), np.array([0.4]))
    assert np.isnan(competition.lead[0])
    assert (competition.rank[0], competition.competing[0]) == (1, 0)


def test_candidates_with_nearly_equal_fits_compete_and_equal_fits_have_the_same_rank():
    competition = Competition.among(np.array(["q"] * 4), np.array([0.8, 0.8, 0.8 - NEAR / 2, 0.1]))
    assert competition.rank.tolist() == [1, 1, 3, 4]
    assert competition.competing.tolist() == [2, 2, 2, 3]


@given(ROWS)
@settings(deadline=None, max_examples=60)
def test_the_measures_equal_those_of_a_loop_over_each_candidate_set(rows):
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
def test_the_order_of_candidates_does_not_change_the_context(products_spec, rows, random):
    left, right, fit = (np.array(column) for column in zip(*rows, strict=True))
    order = np.arange(len(rows))
    random.shuffle(order)
    original = context_of(fit / 20, left, right, products_spec)
    shuffled = context_of(fit[order] / 20, left[order], right[order], products_spec)
    pd.testing.assert_frame_equal(original.iloc[order].reset_index(drop=True), shuffled)


@pytest.mark.parametrize("spec_name", ["persons_spec", "products_spec"])
def test_the_fit_of_records_equals_the_fit_of_their_comparisons_in_any_batch(request, monkeypatch, spec_name):
    spec = request.getfixturevalue(spec_name)
    field = "title" if spec_name == "products_spec" else "surname"
    texts = [
        ("steel toaster", "toaster steel"),
        ("steel toaster", "kettle"),
        ("kettle", "steel kettle"),
        ("", "kettle"),
    ]
    left, right = (
        record_features(conform_values([{field: pair[side]} for pair in texts], spec, name), spec, Corpus({}))
        for side, name in enumerate(("left", "right"))
    )
    expected = fit_of(compare(left, right, spec, Corpus({})), spec)
    assert len(set(expected)) > 2
    assert record_fit(left, right, spec, Corpus({})).tolist() == expected.tolist()
    monkeypatch.setattr(engine, "BATCH", 3)
    assert record_fit(left, right, spec, Corpus({})).tolist() == expected.tolist()


def test_for_alike_sources_the_weaker_side_comes_first(persons_spec):
    left, right, fit = np.array(["a", "a", "b"]), np.array(["x", "y", "x"]), np.array([0.9, 0.5, 0.2])
    original = context_of(fit, left, right, persons_spec)
    swapped = context_of(fit, right, left, persons_spec)
    pd.testing.assert_frame_equal(original, swapped)
    assert (original["context__lead_left"].fillna(-9) <= original["context__lead_right"].fillna(9)).all()


def test_the_context_of_a_side_with_unknown_candidates_is_missing(products_spec):
    context = context_of(np.array([0.9, 0.5]), ["a", "a"], ["x", "y"], products_spec, known=("left",))
    assert context["context__rank_left"].tolist() == [1, 2]
    assert context["context__rank_right"].isna().all()


def test_multiplicity_decides_on_which_sides_candidates_compete(products_spec):
    def names(multiplicity):
        return context_names(products_spec.model_copy(update={"multiplicity": multiplicity}))

    assert names("many_to_many") == []
    assert names("one_to_many") == ["context__lead_right", "context__rank_right", "context__competing_right"]
    assert len(names("one_to_one")) == 6


def test_removing_the_context_changes_no_other_comparison(small_world):
    from matchwright.core.compare import compare

    spec = small_world.spec
    alone = compare(small_world.left.head(6), small_world.right.head(6), spec, small_world.corpus)
    together = in_context(alone, list("aabbcc"), list("xyzxyz"), spec)
    assert together[context_names(spec)].notna().any().any()
    pd.testing.assert_frame_equal(without_context(together, np.arange(6)), alone)


@given(ROWS, st.integers(0, 20), st.integers(0, 1_000))
@settings(deadline=None, max_examples=60)
def test_a_changed_pair_is_compared_as_if_it_were_the_candidate_in_whose_place_it_stands(rows, new, chosen):
    groups = np.array([group for group, _, _ in rows])
    fit = np.array([fit for _, _, fit in rows]) / 20
    row = chosen % len(rows)
    found = Competition.in_place_of(groups, fit, np.array([row]), np.array([new / 20]))
    changed = fit.copy()
    changed[row] = new / 20
    expected = Competition.among(groups, changed)
    for measure in ("lead", "rank", "competing"):
        np.testing.assert_allclose(getattr(found, measure), getattr(expected, measure)[[row]], equal_nan=True)


def test_in_one_table_the_candidates_of_a_record_are_those_on_either_side(persons_spec):
    """So renaming the records changes no decision."""
    fit = np.array([0.9, 0.5, 0.2])
    original = context_of(fit, ["a", "a", "b"], ["b", "c", "c"], persons_spec)
    renamed = context_of(fit, ["b", "a", "c"], ["a", "c", "b"], persons_spec)
    pd.testing.assert_frame_equal(original, renamed)
    assert original["context__rank_left"].tolist() == [1, 2, 2]
    changed = context_in_place_of(fit, ["a", "a", "b"], ["b", "c", "c"], np.array([1]), np.array([0.95]), persons_spec)
    expected = context_of(np.array([0.9, 0.95, 0.2]), ["a", "a", "b"], ["b", "c", "c"], persons_spec)
    pd.testing.assert_frame_equal(changed, expected.iloc[[1]].reset_index(drop=True))
