"""Queries of which little is known: made from training records, with candidates that are labelled or strangers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fixtures.two_name_register import two_name_register

from matchwright.core.compare.competing_scores import RANKS, candidates_known
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.training.datasets.parts import VALIDATION_PART
from matchwright.training.datasets.prepare import prepare_assigned
from matchwright.training.learning import learn_stages
from matchwright.training.register_evidence.fit import fit_register_evidence
from matchwright.training.second_stage.little_known import MOST_QUERIES, queries_with_little_known


@pytest.fixture(scope="module")
def learned():
    """Every record with its match and with the next record; the last persons are in no training part."""
    world = two_name_register(persons=600)
    ends = world.matches.to_numpy(object)
    pairs = pd.DataFrame(
        np.concatenate([ends, np.column_stack([ends[:, 0], np.roll(ends[:, 1], 1)])]), columns=["left_key", "right_key"]
    )
    person = pairs["left_key"].str.removeprefix("left:a").astype(int)
    part = np.where(person < 400, "train", np.where(person < 500, VALIDATION_PART, "test"))
    pairs = pairs.assign(label=np.repeat([1, 0], len(ends)), part=part)
    prepared = prepare_assigned(world.frame, pairs, pairs, world.spec, world.corpus)
    everyone = np.ones(len(world.frame), dtype=bool)
    register = fit_register_evidence(world.frame, world.matches, everyone, world.spec, world.corpus)
    stages = learn_stages(prepared, pairs, world.frame, world.spec, world.corpus, lambda _: register)
    assert isinstance(stages.scorer.scorer, TwoStageScorer)
    return world, prepared, [stages.scorer.scorer.first] * 5, register


@pytest.fixture(scope="module")
def queries(learned):
    world, prepared, scorers, register = learned
    return queries_with_little_known(prepared, scorers, world.frame, world.spec, world.corpus, register)


def missing(queries, field):
    return queries.comparisons[f"{field}__missing"].to_numpy() == 1


def test_queries_are_left_records_of_training_pairs(queries, learned):
    persons = pd.Series(queries.left_keys).str.removeprefix("left:a").astype(int)
    assert persons.max() < 400
    assert 100 < persons.nunique() <= MOST_QUERIES


def test_their_candidates_are_known_on_one_side_which_fills_both_where_sources_are_alike(queries):
    several = pd.Series(queries.left_keys).groupby(queries.left_keys).transform("size") > 1
    assert candidates_known(queries.comparisons)[several.to_numpy()].all()
    left, right = (queries.comparisons[name] for name in RANKS)
    pd.testing.assert_series_equal(left, right, check_names=False)


def test_any_number_of_fields_is_known_but_never_none(queries):
    gone = np.column_stack([missing(queries, field) for field in ("given_name", "surname", "state")]).sum(axis=1)
    assert set(gone) == {0, 1, 2}


def test_half_of_the_queries_have_no_match_and_many_have_strangers(queries):
    by_query = pd.Series(queries.labels).groupby(queries.left_keys)
    assert set(by_query.sum()) == {0, 1}
    assert 0.35 < (by_query.sum() == 0).mean() < 0.65
    assert by_query.size().max() > 10


def test_a_match_that_nobody_proposed_is_no_stranger(learned):
    world, prepared, scorers, register = learned
    pairs = prepared.labelled_candidates
    lost = pairs[(pairs["label"] == 1) & (pairs["part"] == "train")].head(40)
    fewer = prepared_without(prepared, lost)
    made = queries_with_little_known(fewer, scorers, world.frame, world.spec, world.corpus, register)
    everything_agrees = (made.comparisons.filter(like="__exact") == 1).all(axis=1).to_numpy()
    of_lost = np.isin(made.left_keys, lost["left_key"])
    assert of_lost.any()
    assert not made.labels[of_lost].any()
    strangers = world.frame.drop_duplicates(["given_name", "surname", "state"], keep=False)["record_key"]
    assert not (everything_agrees & of_lost & np.isin(made.left_keys, strangers)).any()


def prepared_without(prepared, lost):
    kept = prepared.labelled_candidates.drop(index=lost.index).reset_index(drop=True)
    return replace(prepared, labelled_candidates=kept, missed=lost)
