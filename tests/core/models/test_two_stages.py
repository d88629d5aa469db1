"""A scorer of two stages: each pair is scored by the stage that knows as much as its caller."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from fixtures.made_records import made_world
from fixtures.models import REPOSITORY

from matchwright.core.compare.competing_scores import SCORED_NAMES, candidates_known
from matchwright.core.models.files import SECOND_STAGE_FILE, read_scorer, write_scorer
from matchwright.core.models.scorer import Explanation
from matchwright.core.models.two_stages import TwoStageScorer, least_log_odds
from matchwright.core.reasons import group_contributions
from matchwright.core.spec import load_spec

SIDES = ("left", "right")


@dataclass(frozen=True)
class Sums:
    """The sum of its comparisons, missing ones counting as 0, and a base value."""

    names: tuple[str, ...]
    base: float

    def log_odds(self, comparisons):
        return self.contributions(comparisons)[0].sum(axis=1) + self.base

    def contributions(self, comparisons):
        return comparisons[list(self.names)].fillna(0).to_numpy(dtype=np.float64), self.base

    def explain(self, comparisons):
        return Explanation(self.log_odds(comparisons), *self.contributions(comparisons))


SCORER = TwoStageScorer(Sums(("title__exact",), -1.0), Sums(("title__exact", *SCORED_NAMES), -3.0))


def pairs(*rows):
    columns = ["title__exact", *SCORED_NAMES]
    return pd.DataFrame(rows, columns=columns, dtype=np.float32)


ALONE = (1.0, *[np.nan] * 6)
KNOWN = (1.0, 2.0, np.nan, 1.0, np.nan, 0.5, np.nan)


def test_a_pair_alone_is_scored_by_the_first_stage_and_a_pair_with_candidates_by_the_second():
    assert SCORER.log_odds(pairs(ALONE, KNOWN, ALONE)).tolist() == [0.0, 1.5, 0.0]
    assert SCORER.log_odds(pairs(KNOWN)).tolist() == [1.5]
    assert SCORER.log_odds(pairs(ALONE)[["title__exact"]]).tolist() == [0.0]


@pytest.mark.parametrize("rows", [[ALONE], [KNOWN], [ALONE, KNOWN], [KNOWN, KNOWN]])
def test_contributions_and_one_base_value_add_up_and_do_not_depend_on_the_other_pairs(rows):
    log_odds, contributions, base = SCORER.explain(pairs(*rows))
    assert base == -1.0
    np.testing.assert_allclose(contributions.sum(axis=1) + base, log_odds)
    np.testing.assert_allclose(log_odds, SCORER.log_odds(pairs(*rows)))
    for row, values in zip(rows, contributions, strict=True):
        np.testing.assert_array_equal(SCORER.contributions(pairs(row))[0][0], values)


@pytest.fixture(scope="module")
def world():
    return made_world(load_spec(REPOSITORY / "specs/products.yaml"))


def test_the_likeliest_candidate_of_a_query_gains_and_the_others_lose(world):
    model = world.model
    assert isinstance(model.scorer, TwoStageScorer)
    compared = model.compare(world.left, world.right, known=SIDES)
    first, both = model.scorer.first.log_odds(compared), model.scorer.log_odds(compared)
    ranked_first = (compared["context__score_rank_left"] == 1).to_numpy()
    assert (both - first)[ranked_first].mean() > 0 > (both - first)[~ranked_first].mean()


def test_the_fields_carry_most_of_what_the_lead_over_other_candidates_says(world):
    model = world.model
    compared = model.compare(world.left, world.right, known=SIDES)
    sizes = group_contributions(model.scorer.contributions(compared)[0], model.scorer.names).abs().mean()
    assert sizes["context"] < sizes.sum() / 3
    # without it, the second stage alone says mostly that the pair leads
    second = group_contributions(model.scorer.second.contributions(compared)[0], model.scorer.second.names).abs().mean()
    assert second["context"] / second.sum() > sizes["context"] / sizes.sum()


def test_a_request_for_one_pair_is_answered_by_the_first_stage(world):
    model = world.model
    alone = model.compare(world.left, world.right)
    assert not candidates_known(alone).any()
    np.testing.assert_array_equal(model.scorer.log_odds(alone), model.scorer.first.log_odds(alone))
    codes = {reason.code for reasons in model.reasons(alone) for reason in reasons}
    assert not codes & {"CONTEXT_AGREES", "CONTEXT_PARTLY_AGREES", "CONTEXT_DISAGREES"}


def test_both_stages_are_written_and_read_back(world, tmp_path):
    scorer = world.model.scorer
    write_scorer(scorer, tmp_path)
    assert (tmp_path / SECOND_STAGE_FILE).is_file()
    compared = world.model.compare(world.left, world.right, known=SIDES)
    again = read_scorer(tmp_path)
    np.testing.assert_array_equal(again.log_odds(compared), scorer.log_odds(compared))
    write_scorer(scorer.first, tmp_path)
    assert not (tmp_path / SECOND_STAGE_FILE).exists(), "a scorer of one stage leaves no second one behind"


def test_decisions_are_replayed_from_their_logged_comparisons(world):
    decided = world.model.decide(world.left.head(60), world.right.head(60), known=SIDES)
    logged = pd.DataFrame([one.comparisons for one in decided], dtype=np.float32)
    assert [one.score for one in world.model.decide_compared(logged)] == [one.score for one in decided]


def test_a_single_candidate_competes_with_nothing_and_is_decided_as_a_pair_alone(world):
    one, other = world.left.head(40), world.right.head(40)
    for row in range(40):
        pair = one.iloc[[row]].reset_index(drop=True), other.iloc[[row]].reset_index(drop=True)
        compared = world.model.compare(*pair, known=("left",))
        assert not candidates_known(compared).any()
        first = world.model.scorer.first.log_odds(compared)
        np.testing.assert_array_equal(world.model.scorer.log_odds(compared), first)


def test_a_candidate_that_is_given_twice_does_not_compete_with_itself(world):
    once = [0, 1, 2, 3]
    twice = [0, 1, 1, 2, 3, 0]
    left, right = world.left.iloc[[0] * 4].reset_index(drop=True), world.right.iloc[once].reset_index(drop=True)
    expected = world.model.compare(left, right, known=("left",)).iloc[twice].reset_index(drop=True)
    doubled = left.iloc[[0] * 6].reset_index(drop=True), right.iloc[twice].reset_index(drop=True)
    pd.testing.assert_frame_equal(world.model.compare(*doubled, known=("left",)), expected)


def test_the_columns_of_comparisons_are_known_without_a_pair(world):
    assert tuple(world.model.compare(world.left.head(2), world.right.head(2)).columns) == world.model.comparison_names
    none = world.model.compare(world.left.head(0), world.right.head(0), known=SIDES)
    assert tuple(none.columns) == world.model.comparison_names


def test_two_candidates_that_fit_equally_well_keep_their_share_and_are_not_both_rejected():
    tie = pairs((2.0, 0.0, np.nan, 1.0, np.nan, 0.5, np.nan))
    rejecting = TwoStageScorer(Sums(("title__exact",), -1.0), Sums(("title__exact", *SCORED_NAMES), -30.0))
    likely = 1 / (1 + np.exp(-1.0))
    share = likely / (1 + likely)
    (log_odds,) = rejecting.log_odds(tie)
    assert log_odds == pytest.approx(np.log(share / (1 - share)))
    explained = rejecting.explain(tie)
    np.testing.assert_allclose(explained.contributions.sum(axis=1) + explained.base, explained.log_odds)
    np.testing.assert_allclose(explained.log_odds, [log_odds])
    # another candidate is likelier: the second stage decides
    behind = pairs((2.0, -3.0, np.nan, 2.0, np.nan, 0.05, np.nan))
    assert rejecting.log_odds(behind)[0] < -25


def test_where_the_share_decides_the_fields_have_the_first_stages_contributions():
    rejecting = TwoStageScorer(Sums(("title__exact",), -1.0), Sums(("title__exact", *SCORED_NAMES), -30.0))
    log_odds, contributions, base = rejecting.explain(pairs((2.0, 0.0, np.nan, 1.0, np.nan, 0.5, np.nan)))
    assert contributions[0, 0] == 2.0
    assert contributions[0, 1:].sum() == pytest.approx(log_odds[0] - 2.0 - base)
    assert contributions[0, 1:].sum() < 0, "what the other candidate takes"


def test_the_more_likely_the_others_are_the_less_the_likeliest_keeps():
    shares = [0.9, 0.6, 0.4]
    table = pairs(*((2.0, 0.1, np.nan, 1.0, np.nan, share, np.nan) for share in shares))
    least = least_log_odds(np.full(3, 1.0), table)
    assert least[0] > least[1] > least[2]
    rising = least_log_odds(np.array([-1.0, 0.0, 3.0]), pairs(*[(2.0, 0.1, np.nan, 1.0, np.nan, 0.5, np.nan)] * 3))
    assert rising[0] < rising[1] < rising[2]
