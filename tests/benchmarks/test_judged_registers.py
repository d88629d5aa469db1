"""What is counted when the scores of a register are judged by record."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.problems.deduplicated import Scored
from benchmarks.problems.judged import at_chosen_threshold, at_one_half, candidates_of

# records 0 to 2 are one entity, 3 and 4 another one, and 5 is alone; the pair of 1 and 2 is a further candidate
SCORED = Scored(
    left=np.array([0, 0, 2, 3, 1]),
    right=np.array([1, 2, 3, 4, 2]),
    further=np.array([False, False, False, False, True]),
    scores=np.array([0.9, 0.6, 0.7, 0.3, 0.2]),
    with_neighbours=np.array([0.9, 0.8, 0.4, 0.3, 0.9]),
    entity=np.array([0, 0, 0, 1, 1, 2]),
    true=np.array([2, 2, 2, 1, 1, 0]),
    tested=np.ones(6, dtype=bool),
    calibrated=np.ones(6, dtype=bool),
)


def figures(scored: Scored) -> dict[str, tuple[float, float]]:
    return {name: (found["precision"].value, found["recall"].value) for name, found in at_one_half(scored).items()}


def test_every_method_is_judged_on_all_true_pairs():
    found = figures(SCORED)
    assert found["scorer"] == (pytest.approx(2 / 3), pytest.approx(2 / 4))
    assert found["with neighbours"] == (1, pytest.approx(2 / 4))
    assert found["and further candidates"] == (1, pytest.approx(3 / 4))
    assert found["transitive closure"] == (pytest.approx(3 / 6), pytest.approx(3 / 4))  # 0, 1, 2 and 3 are joined


def test_a_pair_counts_one_half_for_each_record_of_the_test_part():
    found = at_one_half(replace(SCORED, tested=np.array([True, True, True, False, False, False])))
    assert found["scorer"]["precision"].value == pytest.approx(2 / 2.5)  # the pair of 2 and 3 counts one half
    assert found["scorer"]["recall"].value == pytest.approx(2 / 3)


def test_the_gap_is_that_of_uncertain_pairs_and_closure_has_none():
    found = at_one_half(SCORED)
    # scores of 0.6, 0.7 and 0.3, of which the first and the last one match
    assert found["scorer"]["gap"].value == pytest.approx(1.6 / 3 - 2 / 3)
    assert found["and further candidates"]["gap"].value == pytest.approx((0.8 + 0.4 + 0.3) / 3 - 2 / 3)
    assert "gap" not in found["transitive closure"]


def test_the_calibration_part_chooses_the_threshold_of_each_method():
    # as a whole, with neighbours: 0.9 matches and 0.8 and 0.4 (no match) and 0.3, so 0.3 has the best F1, 6/8
    assert at_chosen_threshold([SCORED])["with neighbours"].value == pytest.approx(6 / 8)
    # only the pairs of records 0 and 1 choose: a threshold between 0.9 and 0.8 would lose a match, so it is below 0.8
    chosen = replace(SCORED, calibrated=np.array([True, True, False, False, False, False]))
    assert at_chosen_threshold([chosen])["with neighbours"].value == pytest.approx(4 / 6)


def test_candidates_with_one_score_are_predicted_together():
    tied = replace(SCORED, scores=np.array([0.5, 0.5, 0.5, 0.5, 0.5]))
    # a threshold within the four candidates is none
    assert at_chosen_threshold([tied])["scorer"].value == pytest.approx(2 * 3 / (4 + 4))


def test_several_trainings_have_one_mean():
    better = replace(SCORED, scores=np.array([0.9, 0.8, 0.1, 0.7, 0.1]))
    mean = at_chosen_threshold([SCORED, better])["scorer"]
    assert mean.value == pytest.approx((6 / 8 + 6 / 7) / 2)
    assert mean.lower <= mean.value <= mean.upper


def test_without_neighbours_the_scorer_alone_is_judged():
    two_tables = replace(SCORED, with_neighbours=None)
    assert list(at_chosen_threshold([two_tables])) == ["scorer"]


def test_completeness_is_the_share_of_true_pairs_among_the_candidates_of_blocking():
    assert candidates_of(SCORED) == (4, 3, 4)
