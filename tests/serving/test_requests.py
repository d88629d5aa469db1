"""Answers to requests with faults. Every fault has its path and no value. The status is never 500."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.runtime import open_runtime
from serving.service import Service

CANARY = "Zebediah-Canary-4711"
PERSON = {"given_name": "marianne", "surname": "testwell", "date_of_birth": "19800214"}


@pytest.fixture(scope="module")
def client(trained_bundle: Path, tmp_path_factory: pytest.TempPathFactory, module_secrets: None) -> TestClient:
    return TestClient(create_app(Service(tmp_path_factory.mktemp("log"), open_runtime(trained_bundle))))


def post(client: TestClient, body: object, content_type: str = "application/json"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/invocations", content=content, headers={"content-type": content_type})


def faults(response) -> dict[str, tuple[str, str]]:
    return {fault["path"]: (fault["problem"], fault["hint"]) for fault in response.json()["faults"]}


def test_all_faults_of_a_request_are_reported_at_once(client: TestClient) -> None:
    left = {"surnam": CANARY, "given_name": [CANARY], "date_of_birth": True, "address_1": CANARY, "national_id": CANARY}
    response = post(client, {"pairs": [{"left": left, "right": PERSON}, {"left": PERSON}, CANARY], "tops": 1})
    assert response.status_code == 422
    assert faults(response) == {
        "tops": ("is not known", "did you mean 'top'?"),
        "pairs.0.left.surnam": ("is not known", "did you mean 'surname'?"),
        "pairs.0.left.given_name": ("is a list", "give a string or null"),
        "pairs.0.left.date_of_birth": ("is true or false", "give a string or null"),
        "pairs.0.left.address_1": ("is a column name of the input table", "did you mean 'street'?"),
        "pairs.0.left.national_id": (
            "is not used for decisions",
            "leave it out: only fields that are needed are accepted",
        ),
        "pairs.1.right": ("is required", "add the right record's fields"),
        "pairs.2": ("is a string, not an object", 'a pair is {"left": {...}, "right": {...}}'),
    }
    assert CANARY not in response.text


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [  # each body is the shortest one with its fault
        (b"", 400, "body"),
        (b"{", 400, "body"),
        (b"\xff\xfe\x00", 400, "body"),
        (b"[" * 100_000, 400, "body"),
        (b'{"a":' * 5_000, 400, "body"),
        (b"[]", 422, "body"),
        (b"null", 422, "body"),
        (b"{}", 422, "body"),
        (b'{"pairs": []}', 422, "pairs"),
        (b'{"pairs": {}}', 422, "pairs"),
        (b'{"pairs": [{"left": {}, "right": {"surname": "a"}}]}', 422, "pairs.0.left"),
        (b'{"pairs": [{"left": {"surname": NaN}, "right": {"surname": "a"}}]}', 422, "pairs.0.left.surname"),
        (b'{"pairs": [{"left": {"surname": 1e999}, "right": {"surname": "a"}}]}', 422, "pairs.0.left.surname"),
        (b'{"pairs": [{"left": {"surname": "\\ud800"}, "right": {"surname": "a"}}]}', 422, "pairs.0.left.surname"),
        (b'{"query": {"surname": "a", "surname": "b"}, "candidates": ["right:1"]}', 422, "query.surname"),
        (b'{"query": {"surname": "a", "record_id": 7}, "candidates": ["right:1"]}', 422, "query.record_id"),
        (b'{"query": {"surname": "a"}}', 422, "candidates"),
        (b'{"candidates": ["right:1"]}', 422, "query"),
        (b'{"query": {"surname": "a"}, "candidates": ["right:1", "nobody"]}', 422, "candidates.1"),
        (b'{"query": {"surname": "a"}, "candidates": ["right:1"], "top": true}', 422, "top"),
        (b'{"pairs": [{"left": {"surname": "a"}, "right": {"surname": "a"}}], "top": 3}', 422, "top"),
    ],
)  # fmt: skip
def test_an_invalid_body_is_refused_with_its_path(client: TestClient, body: bytes, status: int, path: str) -> None:
    response = post(client, body)
    assert response.status_code == status
    assert path in faults(response)
    assert all(hint for _, hint in faults(response).values())


def test_limits_on_size_count_and_length(client: TestClient) -> None:
    pair = {"left": PERSON, "right": PERSON}
    assert faults(post(client, {"pairs": [pair] * 1001}))["pairs"] == (
        "has 1001 pairs, more than 1000",
        "send several requests",
    )
    query = {"query": PERSON, "candidates": ["right:1"] * 1001}
    assert "candidates" in faults(post(client, query))
    long = {"pairs": [{"left": {"surname": "x" * 4001}, "right": PERSON}]}
    assert faults(post(client, long)) == {"pairs.0.left.surname": ("is longer than 4000 characters", "shorten it")}


def test_a_body_has_at_most_the_size_that_a_sagemaker_endpoint_accepts(client: TestClient) -> None:
    largest = 6 * 1024 * 1024
    assert post(client, b" " * largest).status_code == 400  # it is read, and it is not JSON
    assert post(client, b" " * (largest + 1)).status_code == 413
    chunks, kind = iter([b" " * largest, b" "]), {"content-type": "application/json"}
    without_length = client.post("/invocations", content=chunks, headers=kind)
    assert without_length.status_code == 413


def test_a_body_with_very_many_faults_is_answered_quickly_and_briefly(client: TestClient) -> None:
    record = {f"field{number}": 1 for number in range(100_000)}
    response = post(client, {"pairs": [{"left": record, "right": PERSON}]})
    assert response.status_code == 422
    assert len(response.json()["faults"]) == 50
    repeated = b'{"pairs": [{"left": {' + b",".join([b'"surname": "a"'] * 100_000) + b'}, "right": {"surname": "a"}}]}'
    assert post(client, repeated).status_code == 422


@pytest.mark.parametrize("content_type", ["text/csv", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused(client: TestClient, content_type: str) -> None:
    assert post(client, {"pairs": []}, content_type).status_code == 415


def test_an_unknown_key_that_may_be_a_value_is_not_repeated_in_the_answer(client: TestClient) -> None:
    response = post(client, {"pairs": [{"left": {CANARY: "a", "surname": "b"}, "right": PERSON}], CANARY: 1})
    assert response.status_code == 422
    assert CANARY not in response.text


def test_other_paths_and_methods_are_refused_in_the_same_format(client: TestClient) -> None:
    refused = {
        client.get("/invocations"): 405,
        client.post("/ping"): 405,
        client.get(f"/{CANARY}?name={CANARY}"): 404,
    }
    for response, status in refused.items():
        assert response.status_code == status
        assert faults(response)
        assert CANARY not in response.text
