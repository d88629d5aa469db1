"""Each shipped spec gives a version that passes its gates. An unedited draft of a spec does so too.

The tests use synthetic records. They also use benchmark sets if MATCHWRIGHT_DATA names a folder with such sets.
"""

import json
import os
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from fixtures.models import REPOSITORY
from fixtures.offers import write_offers
from fixtures.papers import write_papers
from fixtures.products import write_products
from fixtures.restaurants import write_restaurants
from fixtures.shell import User

from benchmarks.benchmark_data import FOLDER_VARIABLE, read_set
from matchwright.core.spec import load_spec

pytestmark = pytest.mark.end_to_end

SYNTHETIC: dict[str, Callable[[Path], dict[str, str]]] = {
    "synthetic restaurants": write_restaurants,
    "synthetic papers": write_papers,
    "synthetic products": write_products,
    "synthetic offers": write_offers,
}
BENCHMARKS = Path(os.environ.get(FOLDER_VARIABLE, "no folder of benchmark sets"))


def benchmark(name: str) -> list[Any]:
    """Return a slow test case for a benchmark set, if the set is on this machine."""
    return [pytest.param(name, marks=pytest.mark.slow)] if (BENCHMARKS / name).is_dir() else []


@pytest.fixture
def user(tmp_path: Path) -> User:
    return User.at(tmp_path / "home")


@pytest.fixture
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The files of two tables and of labelled pairs. The keys are the names of the arguments of the pipeline."""
    write = SYNTHETIC.get(request.param)
    return write(tmp_path) if write else benchmark_files(request.param, tmp_path)


def benchmark_files(name: str, folder: Path) -> dict[str, str]:
    """Write a benchmark set without the pairs of its test part."""
    found = read_set(BENCHMARKS / name)
    pairs = pd.concat([found.part("train"), found.part("valid")])[["left_id", "right_id", "label"]]
    for key, table in {"records": found.left, "records_right": found.right, "pairs": pairs}.items():
        table.to_parquet(folder / f"{key}.parquet", index=False)
    return {key: str(folder / f"{key}.parquet") for key in ("records", "records_right", "pairs")}


@pytest.mark.parametrize("tables", ["synthetic restaurants", *benchmark("fodors_zagats")], indirect=True)
def test_restaurants_are_trained_released_and_decided(user, tables):
    assert "every gate passed" in user.train("specs/restaurants.yaml", tables)
    user.run_matchwright("approve", "restaurants", "--by", "reviewer", "--note", "Read the card.")
    try:
        assert "serves" in user.run_matchwright("release", "restaurants")
        identical, nothing_in_common = yaml.safe_load((REPOSITORY / "specs/restaurants.yaml").read_text())["golden"]
        for pair in (identical, nothing_in_common):
            (decision,) = decisions_for(user, {"pairs": [{"left": pair["left"], "right": pair["right"]}]})
            assert decision["band"] == pair["expect"]
            assert decision["reasons"]
        best = restaurant_query(tables)
        ranked = decisions_for(user, {"query": best["query"], "candidates": best["candidates"], "top": 3})
        assert ranked[0]["candidate"] == best["wanted"]
        assert ranked[0]["band"] == "match"
        assert [decision["score"] for decision in ranked] == sorted((d["score"] for d in ranked), reverse=True)
    finally:
        user.run_matchwright("down")


@pytest.mark.slow
@pytest.mark.parametrize("tables", ["synthetic restaurants", *benchmark("fodors_zagats")], indirect=True)
def test_an_unedited_draft_for_restaurants_passes_its_gates(user, tables, tmp_path):
    draft = str(tmp_path / "draft.yaml")
    both = (tables["records"], tables["records_right"])
    user.run_matchwright("spec", "infer", *both, "--pairs", tables["pairs"], "--name", "drafted", "--out", draft)
    assert "class" not in compared(draft), (
        "both guides have the same number for the same restaurant, so it must not be compared"
    )
    assert "every gate passed" in user.train(draft, tables)


@pytest.mark.slow
@pytest.mark.parametrize("tables", ["synthetic papers", *benchmark("dblp_acm")], indirect=True)
def test_papers_pass_their_gates(user, tables):
    assert "every gate passed" in user.train("specs/papers.yaml", tables)


@pytest.mark.slow
@pytest.mark.parametrize("tables", ["synthetic products", *benchmark("walmart_amazon")], indirect=True)
def test_products_pass_their_gates_with_the_precision_that_their_spec_requires(user, tables):
    assert "every gate passed" in user.train("specs/products.yaml", tables)
    assert artefact(user, "evaluation.json")["metrics"]["f1_at_half"]["value"] > 0.6
    assert artefact(user, "bundle.json")["name"] == "products"
    precision_constraints = artefact(user, "calibration.json")["precision_constraints"]
    assert precision_constraints["constraints_met"]
    assert (
        precision_constraints["match_precision_bound"]
        >= load_spec(REPOSITORY / "specs/products.yaml").precision_constraints.match
        > 0
    )


@pytest.mark.slow
@pytest.mark.parametrize("tables", ["synthetic offers", *benchmark("abt_buy")], indirect=True)
def test_offers_with_only_a_name_a_description_and_a_price_pass_their_gates(user, tables):
    assert "every gate passed" in user.train("specs/offers.yaml", tables)


def artefact(user: User, name: str) -> Any:
    """Read a file of the training run. The home has only one such run."""
    (path,) = user.home.glob(f"runs/*/artefacts/**/{name}")
    return json.loads(path.read_text())


def decisions_for(user: User, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the decisions of the endpoint."""
    address, kind = f"http://127.0.0.1:{user.endpoint_port}/invocations", {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(address, json.dumps(body).encode(), kind), timeout=60) as answer:
        return json.load(answer)["decisions"]


def restaurant_query(files: dict[str, str]) -> dict[str, Any]:
    """Return a record of the left guide as a query, and right records to rank. ``wanted`` is the true match."""
    left, right = (_read(files[name]) for name in ("records", "records_right"))
    number = {row.id: "".join(filter(str.isdigit, row.phone)) for side in (left, right) for row in side.itertuples()}
    pairs = _read(files["pairs"])
    true = pairs[pairs["label"].astype(int) == 1]
    one, other = next(
        pair for pair in zip(true["left_id"], true["right_id"], strict=True) if number[pair[0]] == number[pair[1]]
    )
    row = left.set_index("id").loc[one]
    query = {"name": row["name"], "address": row["addr"], "city": row["city"], "phone": row["phone"]}
    others = [key for key in right["id"] if key != other][:20]
    return {"query": query, "candidates": [f"right:{key}" for key in (*others, other)], "wanted": f"right:{other}"}


def compared(spec: str) -> set[str]:
    fields = yaml.safe_load(Path(spec).read_text())["fields"]
    return {name for name, field in fields.items() if field.get("compare", True)}


def _read(path: str) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str) if path.endswith(".csv") else pd.read_parquet(path).astype(str)
