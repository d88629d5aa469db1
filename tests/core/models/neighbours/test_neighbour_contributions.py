"""What neighbours add to the log-odds of pairs: what holds for all trees."""

import json

import numpy as np
import pytest
from fixtures.neighbours import neighbours_with, nothing_known
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.models.neighbours import Neighbours
from matchwright.errors import BundleError

NEIGHBOURS = neighbours_with()

SCORES = st.floats(1e-6, 1 - 1e-6)
EVIDENCE = st.tuples(*[st.sampled_from([0.1, 0.9, 1.0, float("nan")])] * 3, *[st.sampled_from([0.5, 3.0])] * 2)
PAIRS = st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1])
REGISTERS = st.dictionaries(PAIRS, st.tuples(SCORES, EVIDENCE), min_size=1, max_size=20)


def added(register: dict, model: Neighbours = NEIGHBOURS) -> dict:
    left, right = (np.array([pair[side] for pair in register]) for side in (0, 1))
    scores = np.array([score for score, _ in register.values()])
    evidence = np.array([known for _, known in register.values()], dtype=np.float32)
    return dict(zip(register, model.contributions(left, right, scores, scores, evidence), strict=True))


@given(REGISTERS, st.randoms())
def test_the_order_of_pairs_and_of_their_sides_changes_nothing(register, random):
    shuffled = list(register)
    random.shuffle(shuffled)
    turned = {(pair[::-1] if random.random() < 0.5 else pair): register[pair] for pair in shuffled}
    found, again = added(register), added(turned)
    assert found == {tuple(sorted(pair)): value for pair, value in again.items()}


@given(REGISTERS)
def test_the_names_of_records_change_nothing(register):
    left, right = (np.array([f"left:r{9 - pair[side]}" for pair in register], dtype=object) for side in (0, 1))
    scores = np.array([score for score, _ in register.values()])
    evidence = np.array([known for _, known in register.values()], dtype=np.float32)
    named = NEIGHBOURS.contributions(left, right, scores, scores, evidence)
    assert named.tolist() == list(added(register).values())


@given(st.floats(0.01, 0.99), EVIDENCE)
def test_a_pair_without_neighbours_has_a_contribution_of_exactly_zero(score, evidence):
    far = (0.001, (0.1,) * 3 + (1.0,) * 2)
    register = {(0, 1): (score, evidence), (1, 2): far, (0, 3): far, (4, 5): (0.9, evidence), (5, 6): (0.8, evidence)}
    assert added(register)[0, 1] == 0
    assert added(register | {(1, 2): (0.5, evidence)})[0, 1] != 0


@given(REGISTERS, SCORES)
def test_more_evidence_of_its_own_never_lowers_the_score_of_a_pair(register, score):
    pair = next(iter(register))
    known = register[pair][1]
    lower, higher = sorted((register[pair][0], score))
    finals = [
        with_neighbours(np.array([own]), np.array([added(register | {pair: (own, known)})[pair]]))[0]
        for own in (lower, higher)
    ]
    assert finals[0] <= finals[1]


@given(REGISTERS)
def test_batches_change_nothing(register):
    whole = added(register)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matchwright.core.models.neighbours.links.AT_ONCE", 3)
        assert added(register) == whole


@given(REGISTERS)
def test_a_candidate_that_is_given_twice_counts_once_with_its_larger_score(register):
    pair, (score, evidence) = next(iter(register.items()))
    given_twice = {**register, pair[::-1]: (score / 2, evidence)}
    found = added(given_twice)
    assert {each: found[each] for each in register} == added(register)


def test_the_unlimited_scores_say_who_is_a_partner_and_the_scores_are_added_to():
    left, right, nothing = np.array([0, 0, 1]), np.array([1, 2, 2]), nothing_known(3)
    limited, unlimited = np.array([0.01, 0.01, 0.01]), np.array([0.7, 0.9, 0.9])
    assert NEIGHBOURS.contributions(left, right, limited, limited, nothing).tolist() == [0, 0, 0]
    assert NEIGHBOURS.contributions(left, right, limited, unlimited, nothing)[0] != 0


def test_an_unlikely_pair_is_only_measured_where_its_records_have_a_common_partner():
    left, right, nothing = np.array([0, 0, 1]), np.array([1, 2, 2]), nothing_known(3)
    for score, measured in ((0.4, False), (0.9, True)):
        scores = np.array([5e-4, 0.9, score])
        assert bool(NEIGHBOURS.contributions(left, right, scores, scores, nothing)[0]) is measured


def test_a_hopeless_pair_is_not_looked_at_unless_its_records_share_a_household():
    left, right = np.array([0, 0, 1]), np.array([1, 2, 2])
    scores = np.array([1e-5, 0.9, 0.9])
    assert NEIGHBOURS.contributions(left, right, scores, scores, nothing_known(3))[0] == 0
    alike = nothing_known(3)
    alike[0] = 1.0
    found = NEIGHBOURS.considered(scores, scores, alike).tolist()
    assert found == [bool(NEIGHBOURS.household), True, True]


def test_a_register_without_candidates_has_no_contributions():
    nothing = np.zeros(0)
    assert len(NEIGHBOURS.contributions(nothing, nothing, nothing, nothing, nothing_known(0))) == 0


def test_a_record_beside_itself_has_none():
    keys, scores = np.array([0, 0]), np.array([0.9, 0.9])
    assert NEIGHBOURS.contributions(keys, np.array([0, 1]), scores, scores, nothing_known(2)).tolist() == [0, 0]


def test_a_score_stays_the_same_without_neighbours_and_moves_by_what_they_add():
    scores = np.array([0.123456, 0.5, 0.9, 1e-6])
    final = with_neighbours(scores, np.array([0.0, 2.0, -30.0, 30.0]))
    assert final[0] == scores[0]
    assert final[1] == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-6)
    assert final[2] == 1e-6
    assert final[3] == 1 - 1e-6


def test_the_file_gives_the_same_contributions(tmp_path):
    path = tmp_path / "neighbours.json"
    NEIGHBOURS.save(path)
    register = {(0, 1): (0.4, (0.9,) * 5), (1, 2): (0.8, (0.9,) * 5), (0, 2): (0.6, (0.9,) * 5)}
    assert added(register, Neighbours.load(path)) == added(register)
    Neighbours.load(path).save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"format": 1},
        {"surprise": 1},
        {"pairs": "many"},
        {"kept": 0},
        {"slope": -1},
        {"trees": {}},
        {"trees": {"learner": "none"}},
        {"evidence": ["alike__given_name"]},
        {"household": ["shoe_size"]},
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path, change):
    path = tmp_path / "neighbours.json"
    NEIGHBOURS.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BundleError, match="evidence of neighbours cannot be read"):
        Neighbours.load(path)
