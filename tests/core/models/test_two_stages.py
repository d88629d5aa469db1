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
from matchwright.core.models.two_stages import TwoStageScorer
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


def test_a_request_for_one_pair_is_answered_by_the_first_stage(world):
    model = world.model
    alone = model.compare(world.left, world.right)
    assert not candidates_known(alone).any()
    np.testing.assert_array_equal(model.scorer.log_odds(alone), model.scorer.first.log_odds(alone))
    # at most it says that no other candidate is known
    context = {reason.code for reasons in model.reasons(alone) for reason in reasons if "CONTEXT" in reason.code}
    assert context <= {"CONTEXT_MISSING"}


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
