"""The limits of register evidence: for a pair alone, and shared among candidates that agree as much."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from matchwright.core.compare.competing_scores import SCORED_NAMES, competing_scores
from matchwright.core.models.register_limits import limited, within_limits, within_most, within_register
from matchwright.core.spec.vocabulary import LEAST, LIMIT

UNKNOWN = np.nan


def comparisons(most, least, **others):
    return pd.DataFrame({LIMIT: most, LEAST: least, **others}, dtype=np.float32)


def among(log_odds, most, least):
    """Comparisons of the candidates of one query."""
    query, candidates = np.zeros(len(log_odds)), np.arange(1, len(log_odds) + 1)
    scores = competing_scores(np.array(log_odds), query, candidates, alike=False)
    return pd.concat([scores, comparisons(most, least)], axis=1)


def test_a_score_is_lowered_to_the_most_and_never_raised_to_it():
    within = comparisons([0.0, 5.0, UNKNOWN], [UNKNOWN] * 3)
    assert limited(np.array([0.9, 0.9, 0.9]), within).tolist() == [0.5, 0.9, 0.9]
    assert limited(np.array([0.1, 0.1, 0.1]), within).tolist() == [0.1, 0.1, 0.1]


def test_a_score_of_a_pair_alone_is_raised_to_the_least():
    within = comparisons([2.0, 0.0], [0.0, 0.0], **dict.fromkeys(SCORED_NAMES, UNKNOWN))
    assert limited(np.array([0.1, 0.9]), within).tolist() == [0.5, 0.5]


def test_a_scorer_without_competing_scores_has_no_least_where_candidates_are_known():
    within = comparisons([2.0, 2.0], [0.0, 0.0], context__lead_left=[UNKNOWN, 0.1])
    assert limited(np.array([0.1, 0.1]), within).tolist() == [0.5, 0.1]


def test_the_likeliest_candidate_keeps_the_least_if_the_others_are_impossible():
    found = limited(np.array([0.1, 0.1, 0.1]), among([1.0, -20.0, -20.0], [1.0, -20.0, -20.0], [1.0, -20.0, -20.0]))
    assert found[0] == pytest.approx(expit(1.0), abs=1e-4)
    assert found[1] == found[2] == pytest.approx(1e-6)


def test_candidates_that_agree_as_much_share_the_least():
    alone = 0.8
    found = limited(np.full(4, 0.01), among([logit(alone)] * 4, [logit(alone)] * 4, [logit(alone)] * 4))
    assert found == pytest.approx(alone / (1 + 3 * alone), abs=1e-4)


@pytest.mark.parametrize(("own", "other"), [(8.0, 0.2), (8.0, 2.0), (6.0, -3.0)])
def test_a_candidate_that_is_hardly_likely_takes_next_to_nothing_from_one_that_is_nearly_certain(own, other):
    """Its odds count, beside those of the likeliest and of none: not its probability, of which the rest is not left."""
    odds = np.exp([own, other])
    found = limited(np.array([0.01, 0.01]), among([own, other], [own, other], [own, other]))
    assert found[0] == pytest.approx(odds[0] / (1 + odds.sum()), abs=1e-4)


def test_many_others_take_more_than_one():
    found = [limited(np.full(2 + n, 0.01), among(*[[3.0, *[1.0] * (1 + n)]] * 3))[0] for n in range(3)]
    assert found[0] > found[1] > found[2]
    odds = np.exp([3.0, 1.0, 1.0, 1.0])
    assert found[2] == pytest.approx(odds[0] / (1 + odds.sum()), abs=1e-3)


def test_a_candidate_behind_another_one_has_no_least():
    found = limited(np.array([0.01, 0.01]), among([3.0, 2.0], [3.0, 2.0], [3.0, 2.0]))
    assert found[0] > 0.5
    assert found[1] == 0.01


def test_comparisons_without_limits_keep_their_scores_and_log_odds():
    table, values = pd.DataFrame({"surname__exact": [1.0]}), np.array([0.9])
    assert limited(values, table) is values
    assert within_register(values, table) is values
    assert within_most(values, table) is values


def test_no_limit_is_certain_that_a_pair_cannot_match():
    assert limited(np.array([0.5]), comparisons([-40.0], [UNKNOWN])).tolist() == [1e-6]


def test_log_odds_of_pairs_alone_lie_within_the_limits():
    limits = np.array([[2.0, -1.0], [2.0, UNKNOWN], [UNKNOWN, UNKNOWN]])
    assert within_limits(np.full(3, 5.0), limits).tolist() == [2.0, 2.0, 5.0]
    assert within_limits(np.full(3, -5.0), limits).tolist() == [-1.0, -5.0, -5.0]
    table = comparisons(*limits.T)
    assert within_register(np.full(3, 5.0), table).tolist() == [2.0, 2.0, 5.0]
    assert within_most(np.full(3, -5.0), table).tolist() == [-5.0, -5.0, -5.0]
