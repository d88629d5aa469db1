"""How many suggestions are right, by fields that had no part in choosing them."""

import numpy as np
import pytest

from matchwright.training.without_labels.precision import (
    Doubtful,
    Precision,
    place_to_hold,
    precision_of,
    ranking_only,
    silent_of,
)
from matchwright.training.without_labels.witnesses import Witness

CANDIDATES, MATCHES = 20_000, 2_000


@pytest.fixture
def draw() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def match() -> np.ndarray:
    """Whether each candidate matches."""
    return np.arange(CANDIDATES) < MATCHES


def scores(draw: np.random.Generator, match: np.ndarray) -> np.ndarray:
    """Log-odds that are far too sure: a third of the likely pairs are no match."""
    return np.where(match, draw.normal(8, 3, len(match)), draw.normal(-8, 6, len(match)))


def witness(draw: np.random.Generator, match: np.ndarray, log_odds: np.ndarray, field: str = "phone") -> Witness:
    """A field in which 9 of 10 matches agree, and 1 of 50 other pairs."""
    agrees = draw.random(len(match)) < np.where(match, 0.9, 0.02)
    return Witness(field, log_odds, np.where(draw.random(len(match)) < 0.2, np.nan, agrees.astype(float)))


def asked(draw: np.random.Generator, match: np.ndarray, log_odds: np.ndarray) -> Precision:
    found = precision_of(log_odds, [], [witness(draw, match, log_odds, name) for name in ("town", "year", "shop")])
    assert found is not None
    return found


def test_scores_that_are_too_sure_are_restated_to_the_share_of_matches(draw, match):
    log_odds = scores(draw, match)
    likely = log_odds > 0
    stated = 1 / (1 + np.exp(-log_odds[likely]))
    right = match[likely].mean()
    assert stated.mean() > right + 0.2
    found = asked(draw, match, log_odds)
    assert found.reliable
    assert found.calibrator.apply(log_odds)[likely].mean() == pytest.approx(right, abs=0.05)
    low, high = found.of_first(int(likely.sum()))
    assert low - 0.05 <= right <= high + 0.05


def test_a_higher_score_stays_a_higher_score(draw, match):
    log_odds = scores(draw, match)
    restated = asked(draw, match, log_odds).calibrator.apply(np.sort(log_odds))
    assert (np.diff(restated) >= 0).all()
    assert len(np.unique(restated)) > CANDIDATES // 2


def test_fields_that_the_scorer_does_not_read_are_believed_first(draw, match):
    log_odds = scores(draw, match)
    left_out = [witness(draw, match, log_odds, "phone")]
    found = precision_of(log_odds, left_out, [witness(draw, match, log_odds, "town")])
    assert found is not None
    assert found.believed == ("phone",)
    assert {said.field for said in found.testimonies} == {"phone", "town"}


def test_where_nothing_matches_no_figure_is_reliable(draw, match):
    log_odds = scores(draw, match)
    nothing = np.zeros(CANDIDATES, dtype=bool)
    compared = [witness(draw, match, log_odds, "street"), *(witness(draw, nothing, log_odds, n) for n in ("a", "b"))]
    left_out = [witness(draw, nothing, log_odds, "phone")]
    found = precision_of(log_odds, left_out, compared)
    assert found is not None
    assert not found.reliable
    assert silent_of(log_odds, left_out) == (("phone",), ())
    assert silent_of(log_odds, [witness(draw, match, log_odds)]) == ((), ())
    assert precision_of(log_odds, [], [witness(draw, nothing, log_odds)]) is None


def test_the_word_of_one_field_is_not_reliable(draw, match):
    log_odds = scores(draw, match)
    found = precision_of(log_odds, [], [witness(draw, match, log_odds)])
    assert found is not None
    assert not found.reliable


def test_a_field_in_which_the_pairs_below_agree_too_says_nothing(draw, match):
    log_odds = scores(draw, match)
    shared = Witness("branch", log_odds, (draw.random(CANDIDATES) < 0.95).astype(float))
    assert silent_of(log_odds, [shared]) == ((), ("branch",))


def test_what_was_not_measured_is_not_suggested(draw, match):
    log_odds = scores(draw, match)
    likely = int((log_odds > 0).sum())
    noisy = np.where(match, 0.9, np.where(draw.random(CANDIDATES) < 0.3, 0.5, 0.05))
    witnesses = [
        Witness(name, log_odds, (draw.random(CANDIDATES) < noisy).astype(float)) for name in ("town", "year", "shop")
    ]
    found = precision_of(log_odds, [], witnesses)
    assert found is not None
    restated = found.calibrator.apply(np.sort(log_odds)[::-1])
    assert (restated[2 * likely + 1 :] < 0.01).all()
    assert (np.diff(restated) <= 0).all()


def test_doubtful_pairs_are_suggested_and_no_witness_that_they_share_vouches_for_them(draw, match):
    twins = np.arange(MATCHES, MATCHES + 800)
    log_odds = scores(draw, match)
    log_odds[twins] = -0.001
    doubtful = np.zeros(CANDIDATES, dtype=bool)
    doubtful[twins] = True
    shared = np.where(doubtful, 1.0, witness(draw, match, log_odds).agrees)
    witnesses = [Witness(name, log_odds, shared) for name in ("phone", "e-mail")]
    found = precision_of(log_odds, witnesses, [], Doubtful(doubtful, 0.0, 0.1))
    assert found is not None
    restated = found.calibrator.apply(log_odds)
    assert (restated[doubtful] > 0.1).all()
    assert (restated[doubtful] < 0.3).all()
    suggested = restated >= 0.1
    right = match[suggested].mean()
    assert restated[suggested].mean() < right + 0.05
    low, high = found.of_first(int((suggested & ~doubtful).sum()), int(doubtful.sum()))
    assert low - 0.05 <= right <= high


def test_doubtful_pairs_are_held_below_all_pairs_that_witnesses_vouch_for(draw, match):
    log_odds = scores(draw, match) - 6
    found = precision_of(log_odds, [witness(draw, match, log_odds, name) for name in ("phone", "e-mail")], [])
    assert found is not None
    held = place_to_hold(found, log_odds)
    assert held < 0
    assert match[log_odds > held].mean() > 0.5


def test_scores_that_nothing_vouches_for_only_rank_pairs(draw, match):
    log_odds = scores(draw, match) * 5
    one_field = precision_of(log_odds, [], [witness(draw, match, log_odds)])
    assert one_field is not None
    for before in (None, one_field):
        ranked = ranking_only(log_odds, 0.1, before).apply(np.sort(log_odds))
        assert ranked.max() <= 0.5
        assert (np.diff(ranked) >= 0).all()
        assert len(np.unique(ranked)) > CANDIDATES // 2
        own = 1 / (1 + np.exp(-np.sort(log_odds))) if before is None else before.calibrator.apply(np.sort(log_odds))
        assert ((ranked >= 0.1) == (own >= 0.1)).all()
