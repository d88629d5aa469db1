"""The labelled pairs that the benchmarks prepare like the pipeline."""

import numpy as np
import pandas as pd
import pytest
from fixtures.products import write_products

from benchmarks.benchmark_data import BenchmarkSet
from benchmarks.problems.labelled import Problem, problem_of
from benchmarks.problems.prepared import PreparedPairs, prepared_pairs
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec


@pytest.fixture(scope="module")
def problem(tmp_path_factory, products_spec: MatchSpec) -> Problem:
    """Two shops with 60 products. Every kind of augmentation makes pairs."""
    files = write_products(tmp_path_factory.mktemp("offers"), products=60)
    left, right, pairs = (pd.read_csv(files[name], dtype=str) for name in ("records", "records_right", "pairs"))
    part = np.random.default_rng(1).choice(["train", "valid", "test"], len(pairs), p=[0.6, 0.2, 0.2])
    labelled = pairs.assign(label=pairs["label"].astype(int), part=part)
    model = products_spec.model.model_copy(update={"missing_field_augmentation": 1.0})
    found = problem_of(
        BenchmarkSet("offers", left, right, labelled), [products_spec.model_copy(update={"model": model})]
    )
    assert found is not None
    return found


@pytest.fixture(scope="module")
def prepared(problem: Problem) -> PreparedPairs:
    return prepared_pairs(problem, problem.spec, problem.pairs[PAIR_KEYS])


@pytest.mark.parametrize("part", ["valid", "test"])
def test_the_parts_for_stopping_and_testing_have_only_labelled_pairs(problem, prepared, part):
    comparisons, labels = prepared.parts[part]
    expected = problem.pairs.loc[problem.pairs["part"] == part, "label"]
    assert labels.tolist() == expected.tolist()
    assert len(comparisons) == len(expected)


def test_augmented_pairs_follow_the_labelled_pairs_of_the_train_part(problem, prepared):
    comparisons, labels = prepared.parts["train"]
    expected = problem.pairs.loc[problem.pairs["part"] == "train", "label"].tolist()
    assert labels[: len(expected)].tolist() == expected
    assert len(comparisons) == len(labels) >= 2 * len(expected)
