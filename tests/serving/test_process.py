"""``python -m serving`` as a separate process."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from threading import Event

import pytest

from matchwright.supervisor import free_port, handover

TRAINING_STACK = ("mlflow", "kfp", "torch", "shap", "great_expectations", "evidently")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PAIR = {"left": {"surname": "zebediahcanary", "postcode": 2999}, "right": {"surname": "zebediahcanary"}}

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """A function that starts ``python -m serving`` in the folder of the test. The process is stopped at the end."""
    started = []

    def run(bundle: Path, *options: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "serving", "--bundle", str(bundle), "--host", "127.0.0.1"]
        command += ["--log-folder", str(tmp_path / "log"), *options]
        environment = {**os.environ, "MATCHWRIGHT_HOME": str(tmp_path / "home")}
        with (tmp_path / f"output-{len(started)}").open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def ask(port: int, path: str, body: object = None) -> tuple[int, dict]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def digest_at(port: int) -> str | None:
    try:
        status, body = ask(port, "/ping")
    except OSError:
        return None
    return body["bundle"]["digest"] if status == 200 else None


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true in time"
        time.sleep(0.05)


@contextmanager
def partly_sent_request(port: int, body: object) -> Iterator[Callable[[], dict]]:
    """Send the first part of a request. Yield a function that sends the rest and returns the answer."""
    content = json.dumps(body).encode()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(
            b"POST /invocations HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
            b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(content)
        )
        assert client.recv(len(CONTINUE), socket.MSG_WAITALL) == CONTINUE

        def finish() -> dict:
            client.sendall(content)
            response = HTTPResponse(client)
            response.begin()
            assert response.status == 200
            return json.loads(response.read())

        yield finish


def test_the_process_finishes_a_running_request_after_a_stop_signal(
    start: Start, trained_bundle: Path, tmp_path: Path
) -> None:
    port = free_port()
    process = start(trained_bundle, "--port", str(port), "serve")
    wait_for(lambda: digest_at(port) is not None)
    assert ask(port, "/invocations", {"pairs": [PAIR]})[0] == 200
    with partly_sent_request(port, {"pairs": [PAIR] * 1000}) as finish:
        process.send_signal(signal.SIGTERM)
        wait_for(lambda: digest_at(port) is None)
        assert len(finish()["decisions"]) == 1000
    assert process.wait(timeout=30) == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert not any("zebediahcanary" in path.read_text() for path in files)
    output = (tmp_path / "output-0").read_text()
    assert f"INFO serving.server listening on port {port}" in output
    assert "/ping" not in output  # there is no access log


def test_the_process_ends_with_an_error_for_a_corrupt_bundle(
    start: Start, trained_bundle: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(trained_bundle, tmp_path / "corrupt")
    (folder / "bands.json").write_text('{"review_from": 0.1, "match_from": 0.2}')
    for option in ((), ("--hand-over", str(tmp_path / "door"))):
        process = start(folder, "--port", str(free_port()), *option)
        assert process.wait(timeout=60) == 1
    assert "bands.json was altered" in (tmp_path / "output-0").read_text()


def test_a_process_serves_for_the_register_that_is_stated_to_it(
    start: Start, register_bundle: Path, tmp_path: Path
) -> None:
    port, larger = free_port(), '{"left_records": 8000, "right_records": 8000, "restate_prior": true}'
    start(register_bundle, "--port", str(port), "--stated-register", larger)
    wait_for(lambda: digest_at(port) is not None)
    assert ask(port, "/ping")[1]["register"]["prior_shift"] == pytest.approx(-2.302585)
    assert "the prior is restated" in (tmp_path / "output-0").read_text()


def test_the_process_ends_with_an_error_for_a_register_that_it_cannot_serve(
    start: Start, trained_bundle: Path, tmp_path: Path
) -> None:
    faulty = '{"left_records": 0, "matches": 5}'
    unknown = '{"left_records": 8000, "right_records": 8000, "restate_prior": true}'
    for number, (given, message) in enumerate(((faulty, "has 3 fault(s)"), (unknown, "does not know its own"))):
        process = start(trained_bundle, "--port", str(free_port()), "--stated-register", given)
        assert process.wait(timeout=60) == 1
        assert message in (tmp_path / f"output-{number}").read_text()


def test_a_new_process_takes_over_the_port_and_no_request_fails(
    start: Start, trained_bundle: Path, second_bundle: Path, tmp_path: Path
) -> None:
    port, doors = free_port(), [tmp_path / "blue", tmp_path / "green"]
    first = start(trained_bundle, "--port", str(port), "--hand-over", str(doors[0]))
    wait_for(lambda: digest_at(port) is not None)
    before, over = digest_at(port), Event()
    seen: list[str | None] = []
    slowly_answered: list[bytes] = []

    def call() -> None:
        while not over.is_set():
            seen.append(digest_at(port))

    def call_slowly() -> None:
        """Connect, wait for a short time, and then send a request."""
        while not over.is_set():
            with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
                over.wait(0.2)
                client.sendall(b"GET /ping HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
                slowly_answered.append(client.recv(12))

    with ThreadPoolExecutor(4) as callers:
        calls = [callers.submit(each) for each in (call, call, call_slowly, call_slowly)]
        try:
            start(second_bundle, "--port", str(port), "--hand-over", str(doors[1]), "--take-over", str(doors[0]))
            wait_for(lambda: handover.is_offered(doors[1]))
            first.send_signal(signal.SIGTERM)
            assert first.wait(timeout=30) == 0
            wait_for(lambda: seen[-1] != before)
        finally:
            over.set()
        for each in calls:
            each.result()
    after = digest_at(port)
    assert after not in (before, None)
    assert set(seen) == {before, after}
    assert set(slowly_answered) == {b"HTTP/1.1 200"}


def test_a_new_process_does_not_take_over_the_socket_of_another_port(
    start: Start, trained_bundle: Path, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        offer = handover.Offer(other, tmp_path / "door")
        port = free_port()
        start(trained_bundle, "--port", str(port), "--take-over", str(tmp_path / "door"))
        wait_for(lambda: digest_at(port) is not None)
        offer.withdraw()


def test_a_port_that_is_in_use_is_an_error_with_a_hint(start: Start, trained_bundle: Path, tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        process = start(trained_bundle, "--port", str(holder.getsockname()[1]))
        assert process.wait(timeout=60) == 1
    assert "cannot be bound" in (tmp_path / "output-0").read_text()


def test_importing_serving_does_not_import_the_training_stack() -> None:
    code = (
        "import sys, serving, serving.server, serving.__main__; "
        f"print([n for n in {TRAINING_STACK!r} if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "[]"
