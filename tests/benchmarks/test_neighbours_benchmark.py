"""The figures of the benchmark of neighbours."""

import numpy as np
import pytest

from benchmarks.neighbours import Scored, made_register, measured

# records 0 to 2 are one entity, 3 and 4 another one, and 5 is alone; the pair of 1 and 2 is a further candidate
SCORED = Scored(
    left=np.array([0, 0, 2, 3, 1]),
    right=np.array([1, 2, 3, 4, 2]),
    further=np.array([False, False, False, False, True]),
    scores=np.array([0.9, 0.6, 0.7, 0.3, 0.2]),
    with_neighbours=np.array([0.9, 0.8, 0.4, 0.3, 0.9]),
    entity=np.array([0, 0, 0, 1, 1, 2]),
    tested=np.ones(6, dtype=bool),
)


def figures(scored: Scored) -> dict[str, tuple[float, float]]:
    return {name: (found["precision"].value, found["recall"].value) for name, found in measured(scored).items()}


def test_every_method_is_judged_on_all_true_pairs():
    found = figures(SCORED)
    assert found["scorer"] == (pytest.approx(2 / 3), pytest.approx(2 / 4))
    assert found["with neighbours"] == (1, pytest.approx(2 / 4))
    assert found["and further candidates"] == (1, pytest.approx(3 / 4))
    assert found["transitive closure"] == (pytest.approx(3 / 6), pytest.approx(3 / 4))  # 0, 1, 2 and 3 are joined


def test_a_pair_counts_one_half_for_each_record_of_the_test_part():
    tested = np.array([True, True, True, False, False, False])
    found = measured(Scored(**{**SCORED.__dict__, "tested": tested}))
    assert found["scorer"]["precision"].value == pytest.approx(2 / 2.5)  # the pair of 2 and 3 counts one half
    assert found["scorer"]["recall"].value == pytest.approx(2 / 3)


def test_the_gap_is_that_of_uncertain_pairs_and_closure_has_none():
    found = measured(SCORED)
    # scores of 0.6, 0.7 and 0.3, of which the first and the last one match
    assert found["scorer"]["gap"].value == pytest.approx(1.6 / 3 - 2 / 3)
    assert found["and further candidates"]["gap"].value == pytest.approx((0.8 + 0.4 + 0.3) / 3 - 2 / 3)
    assert "gap" not in found["transitive closure"]


def test_a_made_register_has_the_wanted_number_of_records_per_person():
    records = made_register("usual", 5.0, 1_000)
    assert len(records) == 1_000 == records["rec_id"].nunique()
    assert 3 < len(records) / records["entity"].nunique() < 7
