"""``python -m serving`` as its user runs it."""

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
from pathlib import Path

import pytest

from matchwright.supervisor import free_port

HEAVY = ("mlflow", "kfp", "torch", "shap", "great_expectations", "evidently")
PAIR = {"left": {"surname": "zebediahcanary", "postcode": 2999}, "right": {"surname": "zebediahcanary"}}

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts ``python -m serving`` in this test's folder; whatever still runs at the end is stopped."""
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
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def test_it_serves_until_it_is_told_to_stop_and_finishes_what_it_has_begun(
    start: Start, trained_bundle: Path, tmp_path: Path
) -> None:
    port = free_port()
    process = start(trained_bundle, "--port", str(port), "serve")
    wait_for(lambda: digest_at(port) is not None)
    assert ask(port, "/invocations", {"pairs": [PAIR]})[0] == 200
    with ThreadPoolExecutor(1) as other:
        in_flight = other.submit(ask, port, "/invocations", {"pairs": [PAIR] * 1000})
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        status, body = in_flight.result()
    assert (status, len(body["decisions"])) == (200, 1000)
    assert process.wait(timeout=30) == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert not any("zebediahcanary" in path.read_text() for path in files)


def test_a_corrupt_bundle_is_refused_and_the_process_ends(start: Start, trained_bundle: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(trained_bundle, tmp_path / "corrupt")
    (folder / "bands.json").write_text('{"review_from": 0.1, "match_from": 0.2}')
    for option in ((), ("--reuse-port",)):
        process = start(folder, "--port", str(free_port()), *option)
        assert process.wait(timeout=60) == 1
    assert "bands.json was altered" in (tmp_path / "output-0").read_text()


def test_a_new_process_takes_over_the_port_without_a_refused_request(
    start: Start, trained_bundle: Path, second_bundle: Path
) -> None:
    port = free_port()
    first = start(trained_bundle, "--port", str(port), "--reuse-port")
    wait_for(lambda: digest_at(port) is not None)
    before = digest_at(port)
    start(second_bundle, "--port", str(port), "--reuse-port")
    seen: set[str | None] = set()

    def both_answer() -> bool:
        seen.add(digest_at(port))
        return len(seen) > 1

    wait_for(both_answer)
    first.send_signal(signal.SIGTERM)
    wait_for(lambda: first.poll() is not None)
    assert None not in seen
    assert {digest_at(port) for _ in range(10)} == seen - {before}


def test_a_port_that_is_taken_is_said_in_plain_words(start: Start, trained_bundle: Path, tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        process = start(trained_bundle, "--port", str(holder.getsockname()[1]))
        assert process.wait(timeout=60) == 1
    assert "cannot be bound" in (tmp_path / "output-0").read_text()


def test_importing_serving_pulls_in_none_of_the_training_stack() -> None:
    code = f"import sys, serving, serving.server, serving.__main__; print([n for n in {HEAVY!r} if n in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "[]"
