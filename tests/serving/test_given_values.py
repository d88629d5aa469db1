"""Values that cannot be read are named, and records of which nothing is known are refused."""

import json

import pytest
from fastapi.testclient import TestClient

from matchwright.core.bundle.golden import decide_values
from serving.app import create_app
from serving.runtime import Runtime
from serving.service import Service

CANARY = "31.02.1980"
PERSON = {"given_name": "marianne", "surname": "testwell", "date_of_birth": "19800214"}


@pytest.fixture
def client(bundle, stores, tmp_path):
    return TestClient(create_app(Service(tmp_path / "log", Runtime(bundle, stores.open))))


def pair_of(client, left, right):
    return client.post("/invocations", json={"pairs": [{"left": left, "right": right}]})


def ranked(client, small_world, query):
    keys = [key for key in small_world.features["record_key"] if key.startswith("right:")][:3]
    return client.post("/invocations", json={"query": query, "candidates": keys})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"date_of_birth": CANARY}, ["left.date_of_birth"]),
        ({"date_of_birth": "long ago", "suburb": "..."}, ["left.suburb", "left.date_of_birth"]),
        ({"date_of_birth": "unknown", "suburb": "  ", "state": None, "street": "-"}, []),
    ],
)
def test_an_answer_names_the_values_that_cannot_be_read(client, values, expected):
    answer = pair_of(client, {**PERSON, **values}, PERSON)
    assert answer.status_code == 200
    (decision,) = answer.json()["decisions"]
    assert decision["unreadable"] == expected
    assert CANARY not in answer.text


def test_both_records_of_each_pair_are_read(client):
    bad = {**PERSON, "date_of_birth": CANARY}
    pairs = [{"left": PERSON, "right": PERSON}, {"left": PERSON, "right": bad}, {"left": bad, "right": bad}]
    decisions = client.post("/invocations", json={"pairs": pairs}).json()["decisions"]
    both = ["left.date_of_birth", "right.date_of_birth"]
    assert [decision["unreadable"] for decision in decisions] == [[], both[1:], both]


def test_a_value_of_a_query_that_cannot_be_read_is_named_and_counted_once(client, small_world, tmp_path):
    decisions = ranked(client, small_world, {**PERSON, "date_of_birth": CANARY}).json()["decisions"]
    assert [decision["unreadable"] for decision in decisions] == [["query.date_of_birth"]] * 3
    lines = [line for path in (tmp_path / "log").rglob("*.jsonl") for line in path.read_text().splitlines()]
    assert [json.loads(line)["unreadable"] for line in lines] == [["query.date_of_birth"]] * 3
    assert CANARY not in "".join(lines)
    assert 'matchwright_values_unreadable_total{field="date_of_birth"} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize(
    "nothing", [{"surname": None}, {"surname": ""}, {"surname": " ", "state": "n/a"}, {"surname": "?!", "state": None}]
)
def test_a_record_of_which_nothing_is_known_is_refused(client, small_world, nothing):
    for answer, path in (
        (pair_of(client, nothing, PERSON), "pairs.0.left"),
        (pair_of(client, PERSON, nothing), "pairs.0.right"),
        (ranked(client, small_world, nothing), "query"),
    ):
        assert answer.status_code == 422
        (fault,) = answer.json()["faults"]
        assert fault["path"] == path
        assert fault["hint"].startswith("give a value of at least one of given_name, surname")


def test_the_refusal_says_which_values_cannot_be_read(client):
    answer = pair_of(client, {"date_of_birth": CANARY, "surname": None}, PERSON)
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["problem"] == "has no value that can be read (date_of_birth cannot)"
    assert CANARY not in answer.text


def test_every_record_of_which_nothing_is_known_is_named(client):
    nothing = {"surname": None}
    pairs = [{"left": PERSON, "right": nothing}, {"left": PERSON, "right": PERSON}, {"left": nothing, "right": nothing}]
    answer = client.post("/invocations", json={"pairs": pairs})
    assert {fault["path"] for fault in answer.json()["faults"]} == {"pairs.0.right", "pairs.2.left", "pairs.2.right"}


@pytest.mark.parametrize("known", [{"surname": "testwell"}, {"surname": None}])
def test_a_pair_with_no_field_in_common_says_so_and_nothing_of_agreement(limited_model, known):
    (decision,) = decide_values(limited_model, [known], [{"date_of_birth": "19800214"}])
    assert decision.band != "match"
    assert decision.reasons[0].code == "NOTHING_COMPARED"
    assert all(reason.code.endswith("_MISSING") for reason in decision.reasons[1:])


def test_a_pair_with_a_field_in_common_has_another_reason(limited_model):
    (decision,) = decide_values(limited_model, [{"surname": "testwell"}], [PERSON])
    assert "NOTHING_COMPARED" not in {reason.code for reason in decision.reasons}
