"""A rare value says more where a candidate of the register has it than where both records are given inline."""

import json

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from fixtures.stores import Stores

from matchwright.core.bundle import load_bundle
from matchwright.core.spec.vocabulary import LIMIT
from serving.app import create_app
from serving.runtime import Runtime
from serving.service import Service


@pytest.fixture
def own(register_bundle, verify_key):
    return load_bundle(register_bundle, verify_key)


@pytest.fixture
def client(own, small_world, tmp_path):
    return TestClient(create_app(Service(tmp_path / "log", Runtime(own, Stores(small_world.features).open))))


@pytest.fixture
def rare(small_world):
    """A record of the register with a surname that no other record has."""
    records = small_world.records
    counted = records["surname"].value_counts()
    chosen = records["surname"].isin(counted.index[counted == 1]) & records["record_key"].str.startswith("right:")
    return records[chosen & records["state"].notna()].iloc[0]


def lines_of(folder):
    return [json.loads(line) for path in (folder / "log").rglob("*.jsonl") for line in path.read_text().splitlines()]


def test_a_candidate_by_key_is_of_the_register_and_an_inline_record_is_not(client, own, rare, tmp_path):
    query = {"surname": rare["surname"], "state": rare["state"]}
    by_key = client.post("/invocations", json={"query": query, "candidates": [rare["record_key"]]}).json()
    values = {name: rare[name] for name in own.model.spec.compared if pd.notna(rare[name])}
    inline = client.post("/invocations", json={"pairs": [{"left": query, "right": values}]}).json()
    first, second = (line["comparisons"][LIMIT] for line in lines_of(tmp_path))
    assert first > second
    assert inline["decisions"][0]["score"] <= by_key["decisions"][0]["score"]


def test_both_decisions_are_replayed_from_their_lines(client, own, rare, tmp_path):
    query = {"surname": rare["surname"], "state": rare["state"]}
    client.post("/invocations", json={"query": query, "candidates": [rare["record_key"]]})
    client.post("/invocations", json={"pairs": [{"left": query, "right": query}]})
    lines = lines_of(tmp_path)
    assert len(lines) == 2
    for line in lines:
        (again,) = own.model.decide_compared(pd.DataFrame([line["comparisons"]], dtype="float32"))
        assert (again.score, again.band) == (line["score"], line["band"])
