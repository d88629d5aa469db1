"""The training pairs that are made from a few labelled pairs."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.compare import compare
from matchwright.core.compare.names import context_names
from matchwright.training.datasets.comparisons import COLUMN, PairComparer
from matchwright.training.few_labels.dataset import (
    AS_LABELLED,
    COUNTER,
    MISSING_FIELDS,
    few_label_dataset,
    unlike_candidates,
    with_words,
)

ROWS = np.r_[0:20, 800:840]


def dataset_of(world, spec):
    left, right, labels = world.left.iloc[ROWS], world.right.iloc[ROWS], world.labels[ROWS]
    context = compare(left, right, spec, world.corpus).assign(**dict.fromkeys(context_names(spec), np.float32(0.5)))
    comparer = PairComparer.fitted_on(left, right, labels, spec, world.corpus)
    return few_label_dataset(comparer, left, right, context, labels)


def test_every_pair_is_used_with_and_without_context(small_world):
    dataset = dataset_of(small_world, small_world.spec)
    with_context = dataset[dataset["made"] == AS_LABELLED]
    assert with_context["label"].tolist() == small_world.labels[ROWS].tolist()
    assert (with_context[context_names(small_world.spec)] == 0.5).all(axis=None)
    without_context = dataset.iloc[len(ROWS) : 2 * len(ROWS)]
    assert set(without_context["made"]) == {MISSING_FIELDS}
    assert without_context[context_names(small_world.spec)].isna().all(axis=None)
    rest = [name for name in with_context.columns if name not in (*context_names(small_world.spec), "made")]
    pd.testing.assert_frame_equal(with_context[rest], without_context[rest].reset_index(drop=True))


def test_a_counter_example_is_a_non_match_and_keeps_its_left_record(small_world):
    dataset = dataset_of(small_world, small_world.spec)
    counter = dataset[dataset["made"] == COUNTER]
    assert len(counter)
    assert set(counter["label"]) == {0}
    assert set(counter["left_key"]) <= set(small_world.left["record_key"].iloc[0:20])


def test_likely_matches_with_changed_identity_fields_become_non_matches_without_a_label(small_world):
    world, log_odds = small_world, np.where(small_world.labels == 1, 3.0, -3.0)
    non_matches = unlike_candidates(world.left, world.right, log_odds, world.spec, world.corpus)
    assert 0 < len(non_matches) <= world.spec.model.counter_examples * (world.labels == 1).sum()
    assert non_matches["postcode__exact"].mean() > 0.7 > 0.3 > non_matches["date_of_birth__exact"].mean()
    no_identity = world.spec.model_copy(update={"identity": ()})
    assert unlike_candidates(world.left, world.right, log_odds, no_identity, world.corpus).empty


@pytest.mark.parametrize("update", [{"multiplicity": "many_to_many"}, {"model": {"context_free_augmentation": 0.0}}])
def test_without_context_in_the_spec_no_pair_is_repeated(small_world, update):
    spec, kept = small_world.spec, {"missing_field_augmentation": 0.0, "counter_examples": 0.0}
    model = spec.model.model_copy(update=kept | update.get("model", {}))
    spec = spec.model_copy(update={**update, "model": model})
    assert len(dataset_of(small_world, spec)) == len(ROWS)


def test_without_learned_words_comparisons_do_not_change(small_world):
    compared = pd.DataFrame({"surname__exact": np.ones(2), COLUMN: [np.nan] * 2}, dtype=np.float32)
    left, right = small_world.left.iloc[:2], small_world.right.iloc[:2]
    pd.testing.assert_frame_equal(with_words(compared, left, right, None, small_world.spec), compared)
