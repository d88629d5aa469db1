"""Register evidence, fitted on a register whose matches are known."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.two_name_register import PERSONS, two_name_register

from matchwright.training.register_evidence.comparer import CountedComparer
from matchwright.training.register_evidence.fit import fit_register_evidence
from matchwright.training.register_evidence.register import Register
from matchwright.training.register_evidence.sample import sample_pairs


@pytest.fixture(scope="module", params=["two tables", "one table"])
def world(request):
    return two_name_register(one_table=request.param == "one table")


@pytest.fixture(scope="module")
def moved():
    """A register in which every fifth person has another state in the second table."""
    world = two_name_register(persons=3 * PERSONS)
    second = world.frame["record_key"].str.startswith("right:")
    moves = second & (world.frame["entity"] % 5 == 0)
    other = world.frame["state"].map({"nsw": "qld", "vic": "nsw", "wa": "vic"})
    return replace(world, frame=world.frame.assign(state=world.frame["state"].where(~moves, other)))


@pytest.fixture(scope="module")
def fitted(world):
    everyone = np.ones(len(world.frame), bool)
    return fit_register_evidence(world.frame, world.matches, everyone, world.spec, world.corpus)


def sampled(world, inside=None):
    inside = np.ones(len(world.frame), bool) if inside is None else inside
    register = Register.of(world.frame, world.matches, inside, world.spec)
    return register, sample_pairs(register, CountedComparer(world.frame, world.spec, world.corpus).disagreement, seed=1)


def share_of_matches(world, fields, disagree=()):
    """The share of matches among all pairs of the register that agree and disagree in these fields."""
    left, right = (world.frame[world.frame["record_key"].isin(keys)] for keys in (world.left, world.right))
    pairs = left.merge(right, on=list(fields), suffixes=("_left", "_right"))
    pairs = pairs[pairs["record_key_left"] != pairs["record_key_right"]]
    for field in disagree:
        pairs = pairs[pairs[f"{field}_left"] != pairs[f"{field}_right"]]
    return float((pairs["entity_left"] == pairs["entity_right"]).mean())


def share_of_weights(world, pairs, fields, disagree=()):
    names = list(world.spec.compared)
    wanted, apart = (np.array([name in each for name in names]) for each in (fields, disagree))
    chosen = (pairs.agree == wanted).all(axis=1) & (pairs.disagree == apart).all(axis=1)
    return pairs.weight[chosen & pairs.match].sum() / pairs.weight[chosen].sum()


@pytest.mark.parametrize("fields", [("given_name",), ("surname",), ("given_name", "surname"), ("state",)])
def test_the_weights_restore_the_share_of_matches_in_the_register(world, fields):
    share = share_of_weights(world, sampled(world)[1], fields)
    assert share == pytest.approx(share_of_matches(world, fields), rel=0.02)


def test_the_weights_restore_the_share_of_matches_among_pairs_that_disagree(moved):
    """Two states are never alike enough to agree partly."""
    share = share_of_weights(moved, sampled(moved)[1], ("given_name", "surname"), ("state",))
    assert share == pytest.approx(share_of_matches(moved, ("given_name", "surname"), ("state",)), rel=0.05)


def test_a_sampled_pair_agrees_and_disagrees_in_the_fields_that_it_is_sampled_for(world):
    register, pairs = sampled(world)
    same = register.codes[pairs.left] == register.codes[pairs.right]
    assert pairs.disagree.any()
    assert (same | ~pairs.agree).all()
    assert not (same & pairs.disagree).any()
    assert (register.are_true(pairs.left, pairs.right) == pairs.match).all()
    assert (pairs.left != pairs.right).all()


@pytest.mark.parametrize("fields", [("given_name",), ("surname",), ("given_name", "surname"), ("state",)])
def test_the_limit_is_the_share_of_matches_with_that_agreement(world, fitted, fields):
    stated = world.mean_limit(fitted, fields)
    share = share_of_matches(world, fields)
    assert stated == pytest.approx(share, abs=0.02)
    assert share / 1.5 < stated < share * 1.5


def test_the_limit_is_the_share_of_matches_with_that_disagreement(moved):
    everyone = np.ones(len(moved.frame), bool)
    found = fit_register_evidence(moved.frame, moved.matches, everyone, moved.spec, moved.corpus)
    names = ("given_name", "surname")
    agreeing, disagreeing = (moved.mean_limit(found, names, apart) for apart in ((), ("state",)))
    share = share_of_matches(moved, names, ("state",))
    assert share / 2 < disagreeing < share * 2
    assert disagreeing < agreeing / 1.5


def test_half_of_the_entities_tell_the_same_about_the_whole_register(world, fitted):
    inside = (world.frame["entity"] % 2 == 0).to_numpy()
    half = fit_register_evidence(world.frame, world.matches, inside, world.spec, world.corpus)
    assert world.mean_limit(half, ("surname",)) == pytest.approx(world.mean_limit(fitted, ("surname",)), rel=0.25)
    assert fitted.matches == pytest.approx(len(world.matches))
    assert half.matches == pytest.approx(len(world.matches), rel=0.05)
    assert (fitted.left_records, fitted.right_records) == (len(world.left), len(world.right))


def test_a_larger_register_makes_the_same_agreement_less_certain():
    limits = []
    for persons in (PERSONS, 4 * PERSONS):
        world = two_name_register(persons=persons)
        everyone = np.ones(len(world.frame), bool)
        found = fit_register_evidence(world.frame, world.matches, everyone, world.spec, world.corpus)
        limits.append(world.limit_of(found, {"surname": "surname3"}))
    assert limits[1] < limits[0] - 0.5


def test_a_common_value_says_less_than_a_rare_one(world, fitted):
    common, rare = (world.limit_of(fitted, {"surname": name}) for name in (world.most_common, "never seen"))
    assert common < rare


def test_an_unlabelled_pair_counts_as_the_scorer_says(world):
    everyone = np.ones(len(world.frame), bool)
    known = world.matches.iloc[::2]
    truth = set(map(tuple, world.matches[["left_key", "right_key"]].to_numpy()))
    truth |= {(right, left) for left, right in truth} if len(world.left) == len(world.frame) else set()
    keys = world.frame["record_key"].to_numpy()

    def right_scorer(left, right):
        return np.array([(keys[one], keys[other]) in truth for one, other in zip(left, right, strict=True)], float)

    told = fit_register_evidence(world.frame, known, everyone, world.spec, world.corpus, right_scorer)
    alone = fit_register_evidence(world.frame, known, everyone, world.spec, world.corpus)
    share = share_of_matches(world, ("given_name", "surname"))
    informed, uninformed = (world.mean_limit(each, ("given_name", "surname")) for each in (told, alone))
    assert informed == pytest.approx(share, abs=0.1)
    assert uninformed < informed


def test_too_few_matches_give_no_limit(world):
    everyone = np.ones(len(world.frame), bool)
    assert fit_register_evidence(world.frame, world.matches.head(49), everyone, world.spec, world.corpus) is None
    assert fit_register_evidence(world.frame, world.matches.head(50), everyone, world.spec, world.corpus) is not None


def test_the_same_register_and_seed_give_the_same_evidence(world, fitted):
    everyone = np.ones(len(world.frame), bool)
    assert fit_register_evidence(world.frame, world.matches, everyone, world.spec, world.corpus) == fitted


def test_records_outside_are_not_drawn(world):
    inside = (world.frame["entity"] % 2 == 0).to_numpy()
    register, pairs = sampled(world, inside)
    assert inside[pairs.left].all()
    assert inside[pairs.right].all()
    assert register.scale == pytest.approx(2)


def test_no_records_give_no_pairs(world):
    nobody = np.zeros(len(world.frame), bool)
    assert not len(sampled(world, nobody)[1].left)


def test_matches_that_agree_exactly_in_no_field_give_no_limit():
    world = two_name_register(persons=200)
    second = world.frame["record_key"].str.startswith("right:")
    changed = world.frame.assign(
        **{name: world.frame[name].where(~second, world.frame[name] + "x") for name in world.spec.compared}
    )
    everyone = np.ones(len(changed), bool)
    assert fit_register_evidence(changed, world.matches, everyone, world.spec, world.corpus) is None
