"""The choice of pairs that a person should label."""

import numpy as np
import pandas as pd
import pytest

from matchwright.labelling import select_pairs


@pytest.fixture
def pool():
    """300 left records with two candidates each. A tenth of the pairs has a high score."""
    generator = np.random.default_rng(4)
    pairs = pd.DataFrame(
        {
            "left_key": np.repeat([f"left:{n}" for n in range(300)], 2),
            "right_key": [f"right:{n}" for n in generator.permutation(600)],
        }
    )
    log_odds = np.where(generator.random(600) < 0.1, generator.normal(4, 1, 600), generator.normal(-4, 2, 600))
    comparisons = pd.DataFrame(generator.random((600, 3)), columns=["a__exact", "b__exact", "c__exact"])
    comparisons.loc[::7, "b__exact"] = np.nan
    return pairs, log_odds, comparisons


def chosen(pool, count, seed=1):
    return select_pairs(*pool, count, seed, expected_matches=60)


def test_most_chosen_pairs_are_unsure_and_some_are_likely_matches_or_from_the_whole_range(pool):
    picked = chosen(pool, 30)
    assert picked["chosen_for"].value_counts().to_dict() == {"unsure": 18, "likely": 6, "range": 6}
    doubt = picked.assign(certain=(picked["score"] - 0.5).abs()).groupby("chosen_for")["certain"].mean()
    assert doubt["unsure"] < doubt["range"] < 0.5
    assert picked.loc[picked["chosen_for"] == "likely", "score"].min() > 0.8


def test_matches_are_found_if_they_are_much_rarer_than_expected():
    """There are 10 matches in 5,000 pairs, but up to 1,000 are expected."""
    generator = np.random.default_rng(7)
    pairs = pd.DataFrame(
        {"left_key": [f"l{n:04}" for n in range(5000)], "right_key": [f"r{n:04}" for n in range(5000)]}
    )
    log_odds = np.r_[generator.normal(3, 1, 10), generator.normal(-6, 2, 4990)]
    comparisons = pd.DataFrame(generator.random((5000, 2)), columns=["a__exact", "b__exact"])
    picked = select_pairs(pairs, log_odds, comparisons, 25, 1, expected_matches=1000)
    likely = picked.loc[picked["chosen_for"] == "likely", "left_key"]
    assert (likely <= "l0009").mean() >= 0.6


def test_unsure_pairs_have_scores_below_and_above_one_half():
    """The scores of all matches are more certain than the other scores. So uncertainty alone would choose no match."""
    pairs = pd.DataFrame({"left_key": [f"l{n:03}" for n in range(400)], "right_key": [f"r{n:03}" for n in range(400)]})
    log_odds = np.r_[np.linspace(5, 9, 200), np.linspace(-1, -3, 200)]
    comparisons = pd.DataFrame(np.random.default_rng(3).random((400, 2)), columns=["a__exact", "b__exact"])
    picked = select_pairs(pairs, log_odds, comparisons, 20, 1, expected_matches=200)
    unsure = picked[picked["chosen_for"] == "unsure"]
    assert 0.25 <= (unsure["score"] > 0.5).mean() <= 0.75


def test_the_first_pairs_include_every_kind(pool):
    assert set(chosen(pool, 30).head(6)["chosen_for"]) == {"unsure", "likely", "range"}


def test_no_record_is_in_two_chosen_pairs(pool):
    picked = chosen(pool, 60)
    assert not picked["left_key"].duplicated().any()
    assert not picked["right_key"].duplicated().any()


def test_unsure_pairs_differ_from_each_other():
    """All pairs are equally unsure. Most are alike, and the 5 others do not come first."""
    log_odds = np.zeros(100)
    alike = pd.DataFrame({"a__exact": np.repeat([0.0, 1.0, 0.0], [20, 5, 75]), "b__exact": [0.5] * 100})
    pairs = pd.DataFrame({"left_key": [f"l{n:03}" for n in range(100)], "right_key": [f"r{n:03}" for n in range(100)]})
    picked = select_pairs(pairs, log_odds, alike, 10, 1, expected_matches=20)
    unsure = pairs.merge(picked[picked["chosen_for"] == "unsure"], on=["left_key", "right_key"])
    assert set(alike.loc[pairs["left_key"].isin(unsure["left_key"]), "a__exact"]) == {0.0, 1.0}
    assert len(picked) == 10


def test_the_order_of_candidates_does_not_change_the_choice(pool):
    order = np.random.default_rng(9).permutation(600)
    shuffled = (pool[0].iloc[order].reset_index(drop=True), pool[1][order], pool[2].iloc[order].reset_index(drop=True))
    pd.testing.assert_frame_equal(chosen(pool, 24), chosen(shuffled, 24))


def test_no_more_pairs_are_chosen_than_there_are(pool):
    few = tuple(part[:4] for part in pool)
    assert len(chosen(few, 20)) == 4
    assert chosen(tuple(part[:0] for part in pool), 20).empty


def test_no_pair_is_chosen_if_none_is_requested(pool):
    picked = chosen(pool, 0)
    assert picked.empty
    assert list(picked.columns) == ["left_key", "right_key", "score", "chosen_for"]
