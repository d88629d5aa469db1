"""Specs that ship, and drafts that nobody edited: each gives a version that passes its gates and answers.

With benchmark data where MATCHWRIGHT_DATA names a folder of it, else with synthetic records.
"""

import json
import os
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from fixtures.models import REPOSITORY
from fixtures.papers import write_papers
from fixtures.restaurants import write_restaurants

from benchmarks.benchmark_data import FOLDER_VARIABLE, read_set
from matchwright.supervisor import free_port

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow]


@dataclass(frozen=True)
class User:
    """Somebody at a shell, with a home folder and an endpoint's port of their own."""

    home: Path
    port: int

    def runs(self, *arguments: str) -> str:
        """The output of a command, which must end well."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("MATCHWRIGHT_")}
        own = {"MATCHWRIGHT_HOME": str(self.home), "MATCHWRIGHT_ENDPOINT__PORT": str(self.port), "COLUMNS": "140"}
        done = subprocess.run(
            [sys.executable, "-c", "from matchwright.cli import main; main()", *arguments],
            cwd=REPOSITORY,
            env={**clean, **own},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def trains(self, spec: str, files: dict[str, str]) -> str:
        given = [item for key, path in files.items() for item in (f"--{key.replace('_', '-')}", path)]
        return self.runs("pipeline", "run", "train", "--spec", spec, *given)

    def asks(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/invocations",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["decisions"]


@pytest.fixture
def user(tmp_path: Path) -> User:
    return User(tmp_path / "home", free_port())


def benchmark_files(name: str, folder: Path) -> dict[str, str] | None:
    """The two tables and the judged pairs of a benchmark set as its user would have them; None where it is not here.

    Pairs of the set's test part are left out.
    """
    root = os.environ.get(FOLDER_VARIABLE)
    if not root or not (Path(root) / name).is_dir():
        return None
    found = read_set(Path(root) / name)
    pairs = pd.concat([found.part("train"), found.part("valid")])[["left_id", "right_id", "label"]]
    tables = {"records": found.left, "records_right": found.right, "pairs": pairs}
    for key, table in tables.items():
        table.to_parquet(folder / f"{key}.parquet", index=False)
    return {key: str(folder / f"{key}.parquet") for key in tables}


@pytest.fixture
def restaurants(tmp_path: Path) -> dict[str, str]:
    return benchmark_files("fodors_zagats", tmp_path) or write_restaurants(tmp_path)


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, str]:
    return benchmark_files("dblp_acm", tmp_path) or write_papers(tmp_path)


def test_restaurants_go_all_the_way_to_an_endpoint(user, restaurants):
    assert "every gate passed" in user.trains("specs/restaurants.yaml", restaurants)
    user.runs("approve", "restaurants", "--by", "reviewer", "--note", "Read the card.")
    try:
        assert "serves" in user.runs("release", "restaurants")
        identical, nothing_in_common = yaml.safe_load((REPOSITORY / "specs/restaurants.yaml").read_text())["golden"]
        for pair in (identical, nothing_in_common):
            (decision,) = user.asks({"pairs": [{"left": pair["left"], "right": pair["right"]}]})
            assert decision["band"] == pair["expect"]
            assert decision["reasons"]
        best = the_same_restaurant(restaurants)
        ranked = user.asks({"query": best["query"], "candidates": best["candidates"], "top": 3})
        assert ranked[0]["candidate"] == best["wanted"]
        assert ranked[0]["band"] == "match"
        assert [decision["score"] for decision in ranked] == sorted((d["score"] for d in ranked), reverse=True)
    finally:
        user.runs("down")


def the_same_restaurant(files: dict[str, str]) -> dict[str, Any]:
    """A record of the left guide as a query, and right ones to rank: the first whose telephone number is the same."""
    left, right = (_read(files[name]) for name in ("records", "records_right"))
    number = {row.id: "".join(filter(str.isdigit, row.phone)) for side in (left, right) for row in side.itertuples()}
    pairs = _read(files["pairs"])
    true = pairs[pairs["label"].astype(int) == 1]
    one, other = next(pair for pair in zip(true["left_id"], true["right_id"], strict=True) if same(number, pair))
    row = left.set_index("id").loc[one]
    query = {"name": row["name"], "address": row["addr"], "city": row["city"], "phone": row["phone"]}
    others = [key for key in right["id"] if key != other][:20]
    return {"query": query, "candidates": [f"right:{key}" for key in (*others, other)], "wanted": f"right:{other}"}


def same(number: dict[str, str], pair: tuple[str, str]) -> bool:
    return number[pair[0]] == number[pair[1]]


def test_a_draft_of_restaurants_that_nobody_edited_passes_its_gates(user, restaurants, tmp_path):
    draft = str(tmp_path / "draft.yaml")
    tables = (restaurants["records"], restaurants["records_right"])
    user.runs("spec", "infer", *tables, "--pairs", restaurants["pairs"], "--name", "drafted", "--out", draft)
    assert "class" not in compared(draft), "numbers both guides alike: the answer and no evidence"
    assert "every gate passed" in user.trains(draft, restaurants)


def test_papers_pass_their_gates(user, papers):
    assert "every gate passed" in user.trains("specs/papers.yaml", papers)


def compared(spec: str) -> set[str]:
    fields = yaml.safe_load(Path(spec).read_text())["fields"]
    return {name for name, field in fields.items() if field.get("compare", True)}


def _read(path: str) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str) if path.endswith(".csv") else pd.read_parquet(path).astype(str)
