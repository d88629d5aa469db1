"""The local endpoint: bundles change without interruption, later commands find it, a deployment repairs it."""

import json
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from fixtures.endpoints import digest_of

from matchwright.adapters.endpoints.base import probe_of
from matchwright.adapters.endpoints.local import LocalEndpoint
from matchwright.errors import EndpointError
from matchwright.secrets import IDENTIFIER_KEY, SIGNING_KEY, VERIFY_KEY
from matchwright.stated_register import StatedRegister
from matchwright.supervisor import Supervisor, fetch


@pytest.fixture
def endpoint(local_settings):
    endpoint = LocalEndpoint(local_settings)
    yield endpoint
    endpoint.stop()


def test_every_request_is_answered_while_another_bundle_is_deployed(
    endpoint, local_settings, trained_bundle, second_bundle
):
    (local_settings.folder("endpoints", "matchwright") / ("f" * 64)).mkdir()
    address = endpoint.deploy(trained_bundle, digest_of(trained_bundle)).address
    body = json.dumps(probe_of(trained_bundle)).encode()
    answers, over = [], threading.Event()

    def call():
        while not over.is_set():
            answers.append(fetch(f"{address}/invocations", body, timeout=20))
            over.wait(0.02)

    callers = [threading.Thread(target=call) for _ in range(2)]
    for caller in callers:
        caller.start()
    try:
        assert _until(lambda: answers)
        endpoint.deploy(second_bundle, digest_of(second_bundle))
        assert _until(lambda: _served_by(answers[-1]) == digest_of(second_bundle))
    finally:
        over.set()
        for caller in callers:
            caller.join()

    assert {answer and answer.status for answer in answers} == {200}
    served = [_served_by(answer) for answer in answers]
    assert served[0] == digest_of(trained_bundle)
    assert set(served) == {digest_of(trained_bundle), digest_of(second_bundle)}
    kept = {path.name for path in (local_settings.home / "endpoints" / "matchwright").iterdir() if len(path.name) == 64}
    assert kept == set(served), "the copies of older bundles are deleted"


def test_the_serving_process_gets_the_keys_that_it_needs_but_not_the_signing_key(
    endpoint, local_settings, trained_bundle, monkeypatch
):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not for serving")
    deployment = endpoint.deploy(trained_bundle, digest_of(trained_bundle))
    environment = Path(f"/proc/{deployment.pid}/environ").read_text()
    names = {entry.partition("=")[0] for entry in environment.split("\0")}
    assert {VERIFY_KEY, IDENTIFIER_KEY, "MATCHWRIGHT_ENVIRONMENT", "MATCHWRIGHT_HOME", "OMP_NUM_THREADS"} <= names
    assert not names & {SIGNING_KEY, "AWS_SECRET_ACCESS_KEY"}
    assert not list(local_settings.decision_log_folder.rglob("*.jsonl")), (
        "the test request of a deployment is not logged as a decision"
    )


def test_after_a_reboot_the_endpoint_is_stopped_until_it_is_resumed(endpoint, local_settings, trained_bundle):
    digest = digest_of(trained_bundle)
    deployment = endpoint.deploy(trained_bundle, digest)
    os.kill(deployment.pid, signal.SIGKILL)

    later = LocalEndpoint(local_settings)
    assert _until(lambda: later.describe().status == "down")
    assert later.describe().digest == digest
    with pytest.raises(EndpointError, match="matchwright up"):
        later.invoke(probe_of(trained_bundle))
    assert later.resume().status == "in_service"


def test_the_process_is_replaced_when_the_settings_state_another_register(endpoint, local_settings, register_bundle):
    digest = digest_of(register_bundle)
    first = endpoint.deploy(register_bundle, digest)
    stated = StatedRegister(left_records=8_000, right_records=8_000, restate_prior=True)
    larger = local_settings.model_copy(
        update={"endpoint": local_settings.endpoint.model_copy(update={"stated_register": stated})}
    )
    second = LocalEndpoint(larger).deploy(register_bundle, digest)
    assert second.pid != first.pid
    answer = json.loads(fetch(f"{second.address}/ping").body)
    assert answer["register"]["stated"] == stated.model_dump()
    assert endpoint.deploy(register_bundle, digest).pid != second.pid


def test_before_the_first_release_there_is_no_endpoint_to_resume(endpoint):
    assert endpoint.resume() is None


def test_a_damaged_copy_of_a_bundle_is_replaced(endpoint, local_settings, trained_bundle):
    digest = digest_of(trained_bundle)
    endpoint.deploy(trained_bundle, digest)
    endpoint.stop()
    kept = local_settings.home / "endpoints" / "matchwright" / digest
    (kept / "scorer.ubj").write_bytes(b"damaged")
    with pytest.raises(EndpointError, match=r"scorer\.ubj was altered"):
        endpoint.resume()
    assert endpoint.deploy(trained_bundle, digest).status == "in_service"


def test_the_next_deployment_stops_the_process_of_a_killed_deployment(
    endpoint, local_settings, trained_bundle, second_bundle, monkeypatch
):
    first, second = digest_of(trained_bundle), digest_of(second_bundle)
    healthy = endpoint.deploy(trained_bundle, first)
    killed = LocalEndpoint(local_settings)
    monkeypatch.setattr(killed, "_remember", _be_killed)
    with pytest.raises(KeyboardInterrupt):
        killed.deploy(second_bundle, second)
    assert _running(local_settings) == {"blue", "green"}, "both processes accept requests from the same socket"
    assert _served(endpoint) <= {first, second}, "the kernel chooses which process answers"

    assert endpoint.deploy(trained_bundle, first) == healthy, "the first process still runs"
    assert _running(local_settings) == {"blue"}
    assert _served(endpoint) == {first}


def test_the_error_names_a_port_that_another_process_uses(endpoint, local_settings, trained_bundle):
    with (
        socket.create_server(("127.0.0.1", local_settings.endpoint.port)),
        pytest.raises(EndpointError, match="another process listens on port") as error,
    ):
        endpoint.deploy(trained_bundle, digest_of(trained_bundle))
    assert "MATCHWRIGHT_ENDPOINT__PORT" in error.value.hint
    assert endpoint.describe() is None


def _served_by(answer):
    return answer and json.loads(answer.body)["bundle"]["digest"]


def _be_killed(_):
    raise KeyboardInterrupt


def _running(settings):
    folder = settings.home / "endpoints" / settings.endpoint.name / "processes"
    return {process.name for process in Supervisor(folder).list()}


def _served(endpoint):
    address = endpoint.describe().address
    return {fetch(f"{address}/ping").headers["x-matchwright-bundle"] for _ in range(20)}


def _until(condition):
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()
