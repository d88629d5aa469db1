"""The endpoint on a register that its settings state."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from matchwright.core.bundle import Bundle, load_bundle
from matchwright.core.spec.vocabulary import REGISTER_PRIOR
from matchwright.stated_register import StatedRegister
from serving.app import create_app
from serving.runtime import open_runtime
from serving.service import Service

pytestmark = pytest.mark.usefixtures("module_secrets")

SIZE = StatedRegister(left_records=8_000, right_records=8_000)
RESTATED = SIZE.model_copy(update={"restate_prior": True})
PERSON = {"surname": "testwell", "given_name": "marianne", "postcode": "2999"}
REQUEST = {"pairs": [{"left": PERSON, "right": {**PERSON, "surname": "testwel"}}]}


@pytest.fixture
def own(register_bundle: Path, verify_key: bytes) -> Bundle:
    return load_bundle(register_bundle, verify_key)


def client_of(bundle: Path, stated: StatedRegister | None, log: Path) -> TestClient:
    return TestClient(create_app(Service(log, open_runtime(bundle, stated))))


def line_of(log: Path) -> dict:
    (file,) = log.rglob("*.jsonl")
    return json.loads(file.read_text())


def warnings_of(client: TestClient) -> dict[str, float]:
    lines = [line for line in client.get("/metrics").text.splitlines() if line.startswith("matchwright_register_warn")]
    return {line.split('"')[1]: float(line.rsplit(" ", 1)[1]) for line in lines}


def test_a_restated_score_is_in_the_answer_the_log_and_the_reasons(
    register_bundle: Path, own: Bundle, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client = client_of(register_bundle, RESTATED, tmp_path)
    assert caplog.text.count("the prior is restated: the log-odds of every pair shift by -2.302585") == 1
    body = client.post("/invocations", json=REQUEST).json()
    german = client.post("/invocations", json={**REQUEST, "language": "de"}).json()
    assert body["prior_shift"] == pytest.approx(-2.302585)
    (reason,) = [each for each in body["decisions"][0]["reasons"] if each["code"] == REGISTER_PRIOR]
    assert reason["text"] == own.model.catalogue.text(REGISTER_PRIOR)
    assert own.model.catalogue.text(REGISTER_PRIOR, "de") in [
        each["text"] for each in german["decisions"][0]["reasons"]
    ]


def test_a_restated_decision_is_replayed_from_its_line(register_bundle: Path, own: Bundle, tmp_path: Path) -> None:
    client_of(register_bundle, RESTATED, tmp_path).post("/invocations", json=REQUEST)
    line = line_of(tmp_path)
    compared = pd.DataFrame([line["comparisons"]], dtype="float32")
    (again,) = replace(own.model, prior_shift=line["prior_shift"]).decide_compared(compared)
    assert (again.score, again.band) == (line["score"], line["band"])
    assert [reason.code for reason in again.reasons] == line["reasons"]
    assert own.model.decide_compared(compared)[0].score > line["score"]


def test_without_a_stated_register_nothing_is_restated(register_bundle: Path, own: Bundle, tmp_path: Path) -> None:
    client = client_of(register_bundle, None, tmp_path)
    body = client.post("/invocations", json=REQUEST).json()
    assert body["prior_shift"] is None
    assert line_of(tmp_path)["prior_shift"] is None
    register = client.get("/ping").json()["register"]
    assert register["learned"] == {"left_records": 800, "right_records": 800, "matches": own.model.register.matches}
    assert (register["stated"], register["warning"]) == (None, None)
    assert warnings_of(client) == {"register_larger": 0.0, "register_unknown": 0.0}


def test_a_much_larger_register_warns_in_the_log_in_ping_and_in_the_metrics(
    register_bundle: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(register_bundle, SIZE, tmp_path)
    assert caplog.text.count("register_larger: The stated register has 8,000 left and 8,000 right records") == 1
    register = client.get("/ping").json()["register"]
    assert register["stated"] == SIZE.model_dump()
    assert register["prior_shift"] is None
    assert register["warning"]["name"] == "register_larger"
    assert register["warning"]["hint"].startswith("state the register with restate_prior: true")
    assert warnings_of(client) == {"register_larger": 1.0, "register_unknown": 0.0}


def test_a_restated_register_does_not_warn(
    register_bundle: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(register_bundle, RESTATED, tmp_path)
    assert client.get("/ping").json()["register"]["warning"] is None
    assert "register_larger" not in caplog.text


def test_a_bundle_that_does_not_know_its_register_says_so(trained_bundle: Path, tmp_path: Path) -> None:
    client = client_of(trained_bundle, SIZE, tmp_path)
    register = client.get("/ping").json()["register"]
    assert register["learned"] is None
    assert register["warning"]["name"] == "register_unknown"
    assert warnings_of(client) == {"register_larger": 0.0, "register_unknown": 1.0}
