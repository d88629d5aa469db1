"""Some pairs measured among all candidates of their records have what they have when all are measured together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.compare.competing import context_in_place_of, context_of
from matchwright.core.compare.competing_scores import competing_scores
from matchwright.training.datasets import among_candidates
from matchwright.training.datasets.among_candidates import (
    AmongAll,
    context_among,
    context_in_place_among,
    scores_among,
)

PAIRS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 8)),
    min_size=1,
    max_size=40,
    unique_by=lambda r: r[:2],
)


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch):
    monkeypatch.setattr(among_candidates, "AT_ONCE", 5)


def candidates(rows):
    left, right, values = (np.array(column) for column in zip(*sorted(rows), strict=True))
    return left, right, values / 8


@given(PAIRS, st.randoms(), st.booleans())
@settings(deadline=None, max_examples=60)
def test_scores_of_some_pairs_are_those_of_all(rows, random, alike):
    left, right, values = candidates(rows)
    asked = np.array(sorted(random.sample(range(len(left)), max(1, len(left) // 3))))
    log_odds = values * 10 - 5
    expected = competing_scores(log_odds, left, right, alike)
    found = scores_among(log_odds, left, right, alike, asked)
    np.testing.assert_array_equal(found.to_numpy(), expected.iloc[asked].to_numpy())
    everything = AmongAll.by_score(log_odds, left, right)
    np.testing.assert_array_equal(everything.scores(slice(0, len(left)), alike).to_numpy(), expected.to_numpy())


@given(PAIRS, st.randoms(), st.sampled_from(["one_to_one", "one_to_many"]))
@settings(deadline=None, max_examples=60)
def test_context_of_some_pairs_is_that_of_all(persons_spec, rows, random, multiplicity):
    spec = persons_spec.model_copy(update={"multiplicity": multiplicity})
    left, right, fit = candidates(rows)
    right = right + 10
    asked = np.array([random.randrange(len(left)) for _ in range(7)])
    expected = context_of(fit, left, right, spec)
    found = context_among(fit, left, right, spec, asked)
    np.testing.assert_array_equal(found.to_numpy(), expected.iloc[asked].to_numpy())
    everything = AmongAll.by_fit(fit, left, right, spec).context(slice(0, len(left)), spec)
    np.testing.assert_array_equal(everything.to_numpy(), expected.to_numpy())
    new = np.round(np.random.default_rng(1).random(len(asked)), 5)
    in_place = context_in_place_of(fit, left, right, asked, new, spec)
    np.testing.assert_array_equal(
        context_in_place_among(fit, left, right, asked, new, spec).to_numpy(), in_place.to_numpy()
    )


def test_without_candidates_nothing_is_measured():
    none = np.empty(0, dtype=np.int32)
    assert len(scores_among(np.empty(0), none, none, True, none)) == 0
