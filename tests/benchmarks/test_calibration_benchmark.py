"""The calibration benchmark on synthetic offers: it shows every method, and test pairs do not influence a choice."""

import numpy as np
import pandas as pd
import pytest
from fixtures.products import write_products
from rich.console import Console

from benchmarks.benchmark_data import BenchmarkSet
from benchmarks.calibration import band_table, method_table, turns, turns_table
from benchmarks.problems.labelled import problem_of
from benchmarks.problems.scores import scores_of
from matchwright.training.calibration.choose import METHODS, choose_calibrator


@pytest.fixture(scope="module")
def offers(tmp_path_factory) -> BenchmarkSet:
    files = write_products(tmp_path_factory.mktemp("offers"), products=400)
    left, right, pairs = (pd.read_csv(files[name], dtype=str) for name in ("records", "records_right", "pairs"))
    part = np.random.default_rng(1).choice(["train", "valid", "test"], len(pairs), p=[0.6, 0.2, 0.2])
    return BenchmarkSet("offers", left, right, pairs.assign(label=pairs["label"].astype(int), part=part))


def test_the_benchmark_shows_every_method_and_all_bands(offers, products_spec):
    parts = scores_of(problem_of(offers, [products_spec]), seed=1)
    valid, test = parts["valid"], parts["test"]
    assert len(test.log_odds) == len(offers.part("test"))
    assert (~valid.augmented).sum() == len(offers.part("valid"))
    choice = choose_calibrator(valid.log_odds, valid.labels, valid.groups, 1)
    console = Console(width=128, record=True, quiet=False)
    with console.capture() as shown:
        console.print(method_table("offers", valid, test, choice, 1))
        console.print(band_table(problem_of(offers, [products_spec]), valid, test, choice))
    for word in (*METHODS, f"{choice.calibrator.method} *", "costs", "constraint 0.95"):
        assert word in shown.get()


def test_each_left_record_is_tested_once_and_never_in_two_parts(offers, products_spec):
    problem = problem_of(offers, [products_spec])
    all_turns = list(turns(problem, seed=1))
    labelled = pd.concat([one.pairs[one.pairs["part"] == "test"] for one in all_turns])
    assert sorted(labelled.index) == sorted(problem.pairs.index)
    for one in all_turns:
        owners = one.pairs.groupby("left_key")["part"].nunique()
        assert (owners == 1).all()
        assert set(one.pairs["part"]) == {"train", "valid", "test"}


def test_the_precision_constraint_is_tested_on_all_labelled_pairs(offers, products_spec):
    small = products_spec.model_copy(update={"model": products_spec.model.model_copy(update={"trees": 30})})
    table = turns_table(problem_of(offers, [small]), seed=1)
    cells = {column.header: list(column.cells) for column in table.columns}
    assert cells["bands from"] == ["costs", "constraint 0.95"]
    assert cells["pairs"] == [f"{len(offers.pairs):,}"] * 2
    assert all(
        float(bound) < float(precision) for bound, precision in zip(cells["bound"], cells["precision"], strict=True)
    )


def test_a_set_without_a_fitting_spec_gives_no_problem(offers, persons_spec):
    assert problem_of(offers, [persons_spec]) is None
