"""What neighbours add to the log-odds of pairs: what holds for all weights."""

import numpy as np
import pytest
from fixtures.neighbours import neighbours_with
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.models.neighbours import Neighbours
from matchwright.errors import BundleError

NEIGHBOURS = neighbours_with()

SCORES = st.floats(1e-6, 1 - 1e-6)
PAIRS = st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1])
REGISTERS = st.dictionaries(PAIRS, SCORES, min_size=1, max_size=20)


def added(register: dict, model: Neighbours = NEIGHBOURS) -> dict:
    left, right = (np.array([pair[side] for pair in register]) for side in (0, 1))
    return dict(zip(register, model.contributions(left, right, np.array(list(register.values()))), strict=True))


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
    named = NEIGHBOURS.contributions(left, right, np.array(list(register.values())))
    assert named.tolist() == list(added(register).values())


@given(REGISTERS)
def test_a_pair_without_neighbours_has_a_contribution_of_exactly_zero(register):
    partners = {key: {pair for pair, score in register.items() if key in pair and score >= 0.5} for key in range(8)}
    for pair, value in added(register).items():
        if not (partners[pair[0]] | partners[pair[1]]) - {pair}:
            assert value == 0


@given(REGISTERS, st.floats(0.5, 0.999), st.floats(0.5, 0.999))
def test_one_more_common_partner_never_lowers_a_score(register, one, other):
    pair = next(iter(register))
    more = register | {(pair[0], 8): one, (pair[1], 8): other}
    assert added(more)[pair] >= added(register)[pair] - 1e-9


@given(REGISTERS, st.floats(0.5, 0.999))
def test_one_more_partner_of_one_record_alone_never_raises_a_score(register, score):
    pair = next(iter(register))
    assert added(register | {(pair[0], 8): score})[pair] <= added(register)[pair] + 1e-9


@given(REGISTERS, SCORES)
def test_more_evidence_of_its_own_never_lowers_the_score_of_a_pair(register, score):
    pair = next(iter(register))
    model = neighbours_with(discount=0.45)
    lower, higher = sorted((register[pair], score))
    finals = [
        with_neighbours(np.array([own]), np.array([added(register | {pair: own}, model)[pair]]))[0]
        for own in (lower, higher)
    ]
    assert finals[0] <= finals[1]


@given(REGISTERS)
def test_batches_change_nothing(register):
    whole = added(register)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matchwright.core.models.neighbours.links.AT_ONCE", 3)
        assert added(register) == whole


def test_the_unlimited_scores_say_who_is_a_partner_and_the_scores_are_added_to():
    left, right = np.array([0, 0, 1]), np.array([1, 2, 2])
    limited, unlimited = np.array([0.2, 0.1, 0.1]), np.array([0.7, 0.9, 0.9])
    assert NEIGHBOURS.contributions(left, right, limited).tolist() == [0, 0, 0]
    found = NEIGHBOURS.contributions(left, right, limited, unlimited)
    own = NEIGHBOURS.contributions(left, right, np.array([0.2, 0.9, 0.9]))
    assert found[0] == own[0] > 0


def test_a_score_stays_the_same_without_neighbours_and_moves_by_what_they_add():
    scores = np.array([0.123456, 0.5, 0.9, 1e-6])
    final = with_neighbours(scores, np.array([0.0, 2.0, -30.0, 30.0]))
    assert final[0] == scores[0]
    assert final[1] == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-6)
    assert final[2] == 1e-6
    assert final[3] == 1 - 1e-6


def test_the_file_gives_the_same_contributions(tmp_path):
    NEIGHBOURS.save(tmp_path / "neighbours.json")
    assert Neighbours.load(tmp_path / "neighbours.json") == NEIGHBOURS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"format": 1', '"format": 2'),
        ('"format": 1', '"format": 1, "surprise": 1'),
        ("0.25,", "2.5,"),
        ('"common": 0.3', '"common": 0.6'),
        ('"path": {', '"way": {'),
        ("1.0", "-1.0"),
        ('"pairs": 100', '"pairs": "many"'),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path, old, new):
    path = tmp_path / "neighbours.json"
    NEIGHBOURS.save(path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(BundleError, match="evidence of neighbours cannot be read"):
        Neighbours.load(path)
