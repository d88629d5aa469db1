"""The decisions, the log and the metrics of the endpoint, also while the feature store is down."""

import io
import json
import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import httpx
import pandas as pd
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from fixtures.stores import Stores

from matchwright.core.bundle import Bundle
from matchwright.secrets import pair_pseudonym
from serving.app import create_app
from serving.logs import ValueFreeFormatter, configure_logging
from serving.runtime import Runtime
from serving.service import Service

CANARY = "zebediahcanary"


@pytest.fixture
def client(bundle: Bundle, stores: Stores, tmp_path: Path) -> TestClient:
    return TestClient(create_app(Service(tmp_path / "log", Runtime(bundle, stores.open))))


def logged(tmp_path: Path) -> list[dict]:
    return [json.loads(line) for path in (tmp_path / "log").rglob("*.jsonl") for line in path.read_text().splitlines()]


def values(record: pd.Series, spec) -> dict:
    return {name: record[name] for name in spec.compared if record[name] is not None}


def test_ping_returns_the_bundle(client: TestClient, bundle: Bundle) -> None:
    response = client.get("/ping")
    assert response.status_code == 200
    assert response.headers["X-Matchwright-Bundle"] == bundle.digest
    facts = {"name": "persons", "version": bundle.manifest.version, "digest": bundle.digest}
    unknown = {"learned": None, "stated": None, "prior_shift": None, "warning": None}
    assert response.json() == {"status": "ok", "bundle": facts, "register": unknown, "mode": "full"}


def test_before_the_bundle_is_loaded_the_answer_is_503(tmp_path: Path) -> None:
    client = TestClient(create_app(Service(tmp_path)))
    assert client.get("/ping").status_code == 503
    assert client.post("/invocations", json={"pairs": []}).status_code == 503


def test_pairs_get_the_decisions_of_the_model(client: TestClient, bundle: Bundle, small_world, tmp_path: Path) -> None:
    spec, left, right = small_world.spec, small_world.left.head(20), small_world.right.head(20)
    pairs = [
        {"left": values(one, spec), "right": values(other, spec)}
        for (_, one), (_, other) in zip(left.iterrows(), right.iterrows(), strict=True)
    ]
    body = client.post("/invocations", json={"pairs": pairs}).json()
    expected = bundle.model.decide(left, right)
    assert body["mode"] == "full"
    assert [d["score"] for d in body["decisions"]] == [d.score for d in expected]
    assert [d["band"] for d in body["decisions"]] == [d.band for d in expected]
    assert [[r["code"] for r in d["reasons"]] for d in body["decisions"]] == [
        [r.code for r in d.reasons] for d in expected
    ]
    assert [line["comparisons"] for line in logged(tmp_path)] == [d.comparisons for d in expected]


def test_a_logged_decision_can_be_replayed_from_its_comparisons(
    client: TestClient, bundle: Bundle, tmp_path: Path
) -> None:
    golden = bundle.model.spec.golden[0]
    client.post("/invocations", json={"pairs": [{"left": golden.left, "right": golden.right}]})
    (line,) = logged(tmp_path)
    (again,) = bundle.model.decide_compared(pd.DataFrame([line["comparisons"]], dtype="float32"))
    assert (again.band, [reason.code for reason in again.reasons]) == (line["band"], line["reasons"])
    assert again.score == pytest.approx(line["score"], abs=1e-4)


def test_a_missing_field_counts_as_missing_evidence_and_is_not_a_fault(client: TestClient) -> None:
    record = {"surname": "testwell", "given_name": None}
    response = client.post("/invocations", json={"pairs": [{"left": record, "right": record}]})
    assert response.status_code == 200
    (decision,) = response.json()["decisions"]
    shorter = {"surname": "testwell"}
    (same,) = client.post("/invocations", json={"pairs": [{"left": shorter, "right": shorter}]}).json()["decisions"]
    assert [decision[key] for key in ("score", "band", "reasons")] == [
        same[key] for key in ("score", "band", "reasons")
    ]


def test_the_log_has_the_expected_keys_and_pseudonyms_and_no_values(client: TestClient, tmp_path: Path, capfd) -> None:
    left = {"surname": CANARY, "street": f"{CANARY} lane", "record_id": f"{CANARY}-1"}
    pair = {"left": left, "right": {**left, "record_id": f"{CANARY}-2"}}
    rank = {"query": left, "candidates": [f"right:{CANARY}"]}
    bad = {"pairs": [{"left": {"surname": [CANARY]}, "right": left}]}
    assert [client.post("/invocations", json=body).status_code for body in ({"pairs": [pair]}, rank, bad)] == [
        200,
        200,
        422,
    ]
    first, second = logged(tmp_path)
    assert set(first) == {
        "decision_id", "time", "name", "bundle", "mode", "kind", "pair", "score", "band", "reasons", "comparisons",
        "hint", "prior_shift", "unreadable",
    }  # fmt: skip
    assert (first["kind"], second["kind"]) == ("pair", "rank")
    assert first["pair"] == pair_pseudonym(f"left:{CANARY}-1", f"right:{CANARY}-2")
    assert second["pair"] == pair_pseudonym(f"right:{CANARY}", f"left:{CANARY}-1")
    written = "".join(path.read_text() for path in (tmp_path / "log").rglob("*") if path.is_file())
    printed = capfd.readouterr()
    for text in (written, printed.out, printed.err, client.get("/metrics").text):
        assert CANARY not in text.lower()


def test_candidates_are_ranked_by_score(client: TestClient, small_world) -> None:
    record = small_world.left.iloc[0]
    true = small_world.right.iloc[0]["record_key"]
    others = [key for key in small_world.right["record_key"].head(40) if key != true]
    request = {"query": values(record, small_world.spec), "candidates": [*others, true], "top": 5}
    body = client.post("/invocations", json=request).json()
    assert body["decisions"][0]["candidate"] == true
    assert body["decisions"][0]["band"] == "match"
    scores = [decision["score"] for decision in body["decisions"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 5
    assert body["candidates"] == {"given": 40, "scored": 40, "record_unknown": 0, "features_unavailable": 0}


def test_ranked_candidates_compete_with_each_other_and_a_single_pair_has_no_competing_candidates(
    client: TestClient, small_world, tmp_path: Path
) -> None:
    spec, left, right = small_world.spec, small_world.left.iloc[0], small_world.right
    request = {"query": values(left, spec), "candidates": list(right["record_key"].head(10))}
    ranked = client.post("/invocations", json=request).json()["decisions"]
    pair = {"left": values(left, spec), "right": values(right.iloc[0], spec)}
    client.post("/invocations", json={"pairs": [pair]})
    best, *others, alone = (
        {name: value for name, value in line["comparisons"].items() if name.startswith("context__")}
        for line in logged(tmp_path)
    )
    assert ranked[0]["candidate"] == right.iloc[0]["record_key"]
    assert best["context__rank_left"] == 1
    assert best["context__lead_left"] > 0
    assert all(other["context__lead_left"] < 0 for other in others)
    # The sources are alike, so both sides have the values of the side with known candidates.
    assert all(value == best[name.replace("_left", "_right")] for name, value in best.items())
    assert set(alone.values()) == {None}


def test_the_side_of_a_query_follows_from_its_candidates(client: TestClient, small_world) -> None:
    right = small_world.right.iloc[0]
    key = small_world.left.iloc[0]["record_key"]
    body = client.post("/invocations", json={"query": values(right, small_world.spec), "candidates": [key, key]}).json()
    assert [d["band"] for d in body["decisions"]] == ["match", "match"]


def test_a_record_that_the_store_does_not_hold_is_unknown_and_the_other_candidates_are_decided(
    client: TestClient, small_world, tmp_path: Path
) -> None:
    true = small_world.right.iloc[0]["record_key"]
    request = {"query": values(small_world.left.iloc[0], small_world.spec), "candidates": ["right:unheard-of", true]}
    body = client.post("/invocations", json=request).json()
    assert body["mode"] == "full"
    assert body["candidates"] == {"given": 2, "scored": 1, "record_unknown": 1, "features_unavailable": 0}
    scored, abstained = body["decisions"]
    assert (scored["candidate"], scored["mode"]) == (true, "full")
    assert {key: abstained[key] for key in ("candidate", "score", "band", "mode", "reasons")} == {
        "candidate": "right:unheard-of",
        "score": None,
        "band": "review",
        "mode": "record_unknown",
        "reasons": [],
    }
    counts = client.get("/metrics").text
    assert "matchwright_records_unknown_total 1.0" in counts
    assert "matchwright_features_missing_total 0.0" in counts
    assert client.get("/ping").json()["mode"] == "full"
    line = logged(tmp_path)[1]
    assert (line["mode"], set(line["comparisons"].values())) == ("record_unknown", {None})


def test_the_mode_is_features_unavailable_while_the_store_is_down(
    client: TestClient, stores: Stores, small_world
) -> None:
    request = {
        "query": values(small_world.left.iloc[0], small_world.spec),
        "candidates": list(small_world.right["record_key"].head(3)),
    }
    stores.down = True
    body = client.post("/invocations", json=request).json()
    assert (body["mode"], {d["band"] for d in body["decisions"]}) == ("features_unavailable", {"review"})
    assert client.get("/ping").json()["mode"] == "features_unavailable"
    pair = {"left": {"surname": "testwell"}, "right": {"surname": "testwell"}}
    assert client.post("/invocations", json={"pairs": [pair]}).json()["mode"] == "full"
    stores.down = False
    assert client.post("/invocations", json=request).json()["mode"] == "full"
    assert client.get("/ping").json()["mode"] == "full"
    text = client.get("/metrics").text
    assert 'matchwright_decisions_total{band="review",kind="rank",mode="features_unavailable"} 3.0' in text
    assert "matchwright_features_missing_total 3.0" in text
    assert "matchwright_records_unknown_total 0.0" in text
    assert 'matchwright_requests_total{code="200"} 3.0' in text


def test_a_decision_that_cannot_be_logged_is_not_returned(bundle: Bundle, stores: Stores, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file where the folder should be")
    client = TestClient(create_app(Service(tmp_path / "log", Runtime(bundle, stores.open))))
    pair = {"left": {"surname": "testwell"}, "right": {"surname": "testwell"}}
    response = client.post("/invocations", json={"pairs": [pair]})
    assert response.status_code == 503
    assert "decisions" not in response.json()
    assert "matchwright_decision_log_failures_total 1.0" in client.get("/metrics").text


def test_without_the_identifier_key_decisions_are_logged_without_a_pair(
    bundle: Bundle, stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MATCHWRIGHT_IDENTIFIER_KEY")
    client = TestClient(create_app(Service(tmp_path / "log", Runtime(bundle, stores.open))))
    record = {"surname": "testwell", "record_id": "1"}
    assert client.post("/invocations", json={"pairs": [{"left": record, "right": record}]}).status_code == 200
    assert logged(tmp_path)[0]["pair"] is None


@pytest.fixture
def own_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test configure logging. Its configuration ends with the test."""
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    for name in (None, "serving", "matchwright", "uvicorn.error"):
        logger = logging.getLogger(name)
        monkeypatch.setattr(logger, "level", logger.level)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application with uvicorn, which logs the errors of the application. Yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=30)


@pytest.mark.usefixtures("own_logging")
def test_the_answer_and_the_log_of_an_internal_error_have_no_value_of_the_request(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Bundle):
        raise RuntimeError(f"it happened at {CANARY}")

    configure_logging()
    with served(create_app(Service(tmp_path / "log", Runtime(bundle, broken)))) as address:
        request = {"query": {"surname": CANARY}, "candidates": ["right:1"]}
        response = httpx.post(f"{address}/invocations", json=request, timeout=30)
        metrics = httpx.get(f"{address}/metrics", timeout=30).text
    assert (response.status_code, response.json()["faults"]) == (500, [])
    assert 'matchwright_requests_total{code="500"} 1.0' in metrics
    log = capsys.readouterr().err
    assert "RuntimeError" in log
    for text in (response.text, metrics, log):
        assert CANARY not in text


@pytest.mark.usefixtures("own_logging")
def test_a_log_line_that_cannot_be_written_leaves_no_value_either(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("serving.logs.sys", SimpleNamespace(stderr=closed))
    configure_logging()
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("serving").exception("failed")
    written = capsys.readouterr()
    assert CANARY not in written.err + written.out


def test_tracebacks_on_standard_error_have_no_error_message() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        record = logging.LogRecord("serving", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    text = ValueFreeFormatter().format(record)
    assert "ValueError" in text
    assert CANARY not in text
