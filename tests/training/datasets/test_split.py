"""Splitting: an entity is in one part only. The order of the rows does not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec.learning import SplitSpec
from matchwright.training.datasets.split import (
    assign_candidates,
    assign_pairs,
    missed_pairs,
    sampled_entities,
    split_entities,
    subdivide,
)

SHARES = SplitSpec(train=0.6, calibrate=0.2, test=0.2)
numbers = st.integers(min_value=0, max_value=30)
labelled = st.lists(st.tuples(numbers, numbers, st.integers(0, 1)), max_size=60)
seeds = st.integers(min_value=0, max_value=1000)


def table(rows: list[tuple[int, int, int]]) -> tuple[pd.Series, pd.DataFrame]:
    pairs = pd.DataFrame(
        [(f"left:{left}", f"right:{right}", label) for left, right, label in rows],
        columns=["left_key", "right_key", "label"],
    )
    keys = pd.Series([f"{side}:{n}" for side in ("left", "right") for n in range(31)])
    return keys, pairs


@settings(max_examples=60, deadline=None)
@given(labelled, seeds, st.sampled_from(["complete", "partial"]))
def test_both_records_of_a_true_pair_are_in_one_part(rows, seed, labels):
    keys, pairs = table(rows)
    parts = split_entities(keys, pairs, SHARES, seed, labels)
    assert sorted(parts.index) == sorted(keys)
    assert set(parts) <= {"train", "calibrate", "test"}
    true = pairs[pairs["label"] == 1]
    assert (parts[true["left_key"]].to_numpy() == parts[true["right_key"]].to_numpy()).all()


@settings(max_examples=60, deadline=None)
@given(labelled, seeds, st.sampled_from(["complete", "partial"]), st.randoms())
def test_the_order_of_rows_does_not_matter(rows, seed, labels, random):
    keys, pairs = table(rows)
    shuffled_keys, shuffled_rows = list(keys), list(rows)
    random.shuffle(shuffled_keys)
    random.shuffle(shuffled_rows)
    once = split_entities(keys, pairs, SHARES, seed, labels)
    again = split_entities(pd.Series(shuffled_keys), table(shuffled_rows)[1], SHARES, seed, labels)
    pd.testing.assert_series_equal(once, again)


@settings(max_examples=60, deadline=None)
@given(labelled, seeds)
def test_subdividing_a_part_does_not_divide_an_entity(rows, seed):
    keys, pairs = table(rows)
    parts = split_entities(keys, pairs, SHARES, seed, "partial")
    divided = subdivide(parts, "train", 0.4, seed, pairs=pairs, label="aside")
    assert (divided[parts != "train"] == parts[parts != "train"]).all()
    assert set(divided[parts == "train"]) <= {"train", "aside"}
    true = pairs[pairs["label"] == 1]
    assert (divided[true["left_key"]].to_numpy() == divided[true["right_key"]].to_numpy()).all()


@settings(max_examples=60, deadline=None)
@given(labelled, seeds, st.sampled_from(["complete", "partial"]))
def test_all_kept_pairs_of_a_record_are_in_one_part(rows, seed, labels):
    keys, pairs = table(rows)
    parts = subdivide(split_entities(keys, pairs, SHARES, seed, labels), "train", 0.4, seed, pairs=pairs, label="aside")
    kept, _ = assign_pairs(pairs, parts)
    for side in ("left_key", "right_key"):
        assert (kept.groupby(side)["part"].nunique() == 1).all()


def many_entities(count: int = 4000) -> tuple[pd.Series, pd.DataFrame]:
    pairs = pd.DataFrame(
        {"left_key": [f"left:{n}" for n in range(count)], "right_key": [f"right:{n}" for n in range(count)]}
    )
    return pd.concat([pairs["left_key"], pairs["right_key"]]), pairs.assign(label=1)


@settings(max_examples=60, deadline=None)
@given(labelled, seeds)
def test_an_entity_is_in_the_sample_as_a_whole(rows, seed):
    keys, pairs = table(rows)
    chosen = pd.Series(sampled_entities(keys, pairs, 0.5, seed), index=keys)
    true = pairs[pairs["label"] == 1]
    assert (chosen[true["left_key"]].to_numpy() == chosen[true["right_key"]].to_numpy()).all()
    backwards = sampled_entities(keys[::-1], pairs[::-1], 0.5, seed)
    assert (backwards[::-1] == chosen.to_numpy()).all()


def test_the_sample_has_its_share_of_the_entities_and_of_every_part():
    keys, pairs = many_entities()
    chosen = pd.Series(sampled_entities(keys, pairs, 0.25, 20), index=keys)
    parts = split_entities(keys, pairs, SHARES, 20)
    assert chosen.groupby(parts).mean().to_numpy() == pytest.approx(0.25, abs=0.03)
    assert not (chosen.to_numpy() == sampled_entities(keys, pairs, 0.25, 21)).all()


def test_a_candidate_is_in_the_sample_if_its_query_record_is():
    keys, pairs = many_entities()
    parts = split_entities(keys, pairs, SHARES, 20)
    chosen = pd.Series(sampled_entities(keys, pairs, 0.25, 20), index=keys)
    others = pairs.assign(right_key=np.roll(pairs["right_key"], 1), label=0)
    candidates = pd.concat([pairs, others], ignore_index=True)
    every, dropped_of_all = assign_candidates(candidates, parts)
    found, dropped = assign_candidates(candidates, parts, chosen)
    expected = every[every["left_key"].map(chosen).to_numpy(dtype=bool)]
    pd.testing.assert_frame_equal(found, expected)
    assert 0 < dropped < dropped_of_all
    # so the share of matches among them is that of the whole register
    assert found["label"].mean() == pytest.approx(every["label"].mean(), abs=0.03)


def test_parts_have_approximately_the_shares_of_the_spec():
    keys, pairs = many_entities()
    parts = split_entities(keys, pairs, SHARES, 20)
    shares = parts.value_counts(normalize=True)
    assert abs(shares["train"] - 0.6) < 0.03
    assert abs(shares["test"] - 0.2) < 0.03
    aside = subdivide(parts, "train", 0.3, 20, pairs=pairs, label="aside")
    assert abs((aside == "aside").sum() / (parts == "train").sum() - 0.3) < 0.03


def test_another_seed_gives_another_split_and_new_records_do_not_change_the_parts_of_old_records():
    keys, pairs = many_entities(500)
    parts = split_entities(keys, pairs, SHARES, 1)
    assert (parts != split_entities(keys, pairs, SHARES, 2)).any()
    more_keys, more_pairs = many_entities(600)
    grown = split_entities(more_keys, more_pairs, SHARES, 1)
    assert (grown[parts.index] == parts).all()


def test_a_record_with_only_negative_pairs_is_in_the_part_of_its_labelled_partners():
    keys, pairs = many_entities(300)
    followers = pd.DataFrame(
        {
            "left_key": [f"left:{n}" for n in range(300)],
            "right_key": [f"right:other-{n}" for n in range(300)],
            "label": 0,
        }
    )
    everything = pd.concat([pairs, followers], ignore_index=True)
    parts = split_entities(pd.concat([keys, followers["right_key"]]), everything, SHARES, 3, "partial")
    kept, dropped = assign_pairs(everything, parts)
    assert dropped == 0
    assert len(kept) == 600


def test_pairs_between_two_parts_are_dropped_and_counted():
    parts = pd.Series({"left:1": "train", "right:1": "train", "left:2": "test", "right:2": "test"})
    pairs = pd.DataFrame(
        [("left:1", "right:1"), ("left:1", "right:2"), ("left:2", "right:2"), ("left:9", "right:2")],
        columns=["left_key", "right_key"],
    )
    kept, dropped = assign_pairs(pairs, parts)
    assert kept["part"].tolist() == ["train", "test"]
    assert dropped == 2


def test_a_labelled_match_that_no_method_proposes_is_missed():
    parts = pd.Series({"left:1": "train", "right:1": "train", "left:2": "test", "right:2": "test", "right:3": "train"})
    _, pairs = table([(1, 1, 1), (1, 3, 0), (2, 2, 1), (2, 1, 1)])
    proposed = pairs[["left_key", "right_key"]].iloc[:1]
    missed = missed_pairs(pairs, proposed, parts)
    # a pair that does not match cannot be missed, and a pair across two parts is in none
    assert missed.to_dict("records") == [{"left_key": "left:2", "right_key": "right:2", "label": 1, "part": "test"}]


PLACED = pd.Series(
    {
        f"{side}:{number}": part
        for number, part in enumerate(("train", "validate", "test"))
        for side in ("left", "right")
    }
)


def test_a_candidate_of_two_tables_counts_where_its_left_record_does():
    pairs = pd.DataFrame([(f"left:{a}", f"right:{b}") for a in range(3) for b in range(3)], columns=PAIR_KEYS)
    kept, dropped = assign_candidates(pairs, PLACED)
    # test records meet the whole register; the records that a scorer is fitted on meet no later part
    assert {(row.left_key[-1], row.right_key[-1], row.part) for row in kept.itertuples()} == {
        ("0", "0", "train"),
        ("1", "0", "validate"),
        ("1", "1", "validate"),
        ("2", "0", "test"),
        ("2", "1", "test"),
        ("2", "2", "test"),
    }
    assert dropped == 3


def test_a_part_of_one_table_has_its_share_of_all_candidates_and_none_is_in_two_parts():
    count = 600
    keys = [f"left:{number}" for number in range(count)]
    parts = split_entities(pd.Series(keys), pd.DataFrame(columns=[*PAIR_KEYS, "label"]), SHARES, 2)
    generator = np.random.default_rng(0)
    first, second = (generator.integers(count, size=20_000) for _ in range(2))
    pairs = pd.DataFrame({"left_key": first, "right_key": second})[first < second].drop_duplicates()
    pairs = pairs.map(lambda number: f"left:{number}")
    kept, dropped = assign_candidates(pairs, parts)
    assert len(kept) + dropped == len(pairs)
    tested = kept[kept["part"] == "test"]
    share = (parts == "test").mean()
    assert abs(len(tested) / len(pairs) - share) < 0.02
    sides = [tested[side].map(parts) for side in PAIR_KEYS]
    assert ((sides[0] == "test") | (sides[1] == "test")).all()
    assert ((sides[0] != "test") | (sides[1] != "test")).mean() > 0.5
    trained = kept[kept["part"] == "train"]
    assert all((trained[side].map(parts) == "train").all() for side in PAIR_KEYS)


def test_a_candidate_with_an_unknown_record_is_in_no_part():
    pairs = pd.DataFrame([("left:9", "right:2"), ("left:2", "right:9")], columns=PAIR_KEYS)
    assert assign_candidates(pairs, PLACED)[1] == 2
