"""The benchmark of few labels, on a small set in the layout of DeepMatcher."""

import numpy as np
import pandas as pd
import pytest
from fixtures.products import write_products

from benchmarks import few_labels
from benchmarks.problems.few_labels import problems


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two shops with 90 products. Two thirds of the labelled pairs are training pairs."""
    made = tmp_path_factory.mktemp("set")
    files = write_products(made, products=90)
    left, right, pairs = (pd.read_csv(files[name], dtype=str) for name in ("records", "records_right", "pairs"))
    left.to_parquet(made / "tableA.parquet")
    right.to_parquet(made / "tableB.parquet")
    labelled = pairs.rename(columns={"left_id": "lid", "right_id": "rid"}).assign(label=pairs["label"].astype(int))
    sides = [table.add_prefix(f"{side}_") for side, table in (("left", left), ("right", right))]
    labelled = labelled.merge(sides[0], left_on="lid", right_on="left_id").merge(
        sides[1], left_on="rid", right_on="right_id"
    )
    part = np.random.default_rng(2).choice(["train", "train", "train", "train", "valid", "test"], len(labelled))
    for name in ("train", "valid", "test"):
        labelled[part == name].to_parquet(made / f"{name}.parquet")
    return made


def test_every_method_is_tested_on_the_requested_part(folder, monkeypatch):
    monkeypatch.setattr(few_labels, "COUNTS", (40,))
    problem = next(problems(folder, [], "valid"))
    assert problem.spec.name == "products"
    assert set(problem.tested.pairs["part"]) == {"valid"}
    assert set(problem.learn.pairs["part"]) == {"train"}
    found = {
        (labels, method): log_odds_per_seed
        for labels, _, method, log_odds_per_seed in few_labels.rows(problem, seeds=1)
    }
    assert {method for labels, method in found if labels == "40"} == {"random, trees alone", "random", "label"}
    assert all(len(in_context) == len(alone) == len(problem.tested.pairs) for ((in_context, alone),) in found.values())
    assert few_labels.f1(problem, found["40", "label"][0][0]) > 0.8


def test_all_fields_of_a_set_without_a_fitting_spec_are_read_as_text(folder, tmp_path):
    for table in folder.glob("*.parquet"):
        frame = pd.read_parquet(table)
        frame.rename(columns=lambda name: name.replace("modelno", "code")).to_parquet(tmp_path / table.name)
    problem = next(problems(tmp_path, [], "test"))
    assert set(problem.spec.fields) == {"title", "brand", "code", "price", "category"}
    assert {field.kind for field in problem.spec.fields.values()} == {"text"}
