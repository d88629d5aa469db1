"""The commands ``matchwright up``, ``down`` and ``status`` with real interfaces and a real endpoint."""

import os
import signal
import socket
from pathlib import Path
from urllib.request import urlopen

import pytest
from fixtures.endpoints import digest_of
from typer.testing import CliRunner

from matchwright.adapters.endpoints.local import LocalEndpoint
from matchwright.cli import app
from matchwright.operations.stack import status
from matchwright.secrets import IDENTIFIER_KEY, SIGNING_KEY, ensure_local_secrets
from matchwright.settings import load_settings
from matchwright.supervisor import Supervisor, free_port


@pytest.fixture
def local(tmp_path, monkeypatch):
    """Settings of the local environment with free ports. All processes are stopped at the end of the test."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHWRIGHT_ENDPOINT__PORT", str(free_port()))
    for interface in ("MLFLOW", "EVIDENTLY"):
        monkeypatch.setenv(f"MATCHWRIGHT_INTERFACES__{interface}_PORT", str(free_port()))
    settings = load_settings("local")
    ensure_local_secrets(settings.home)
    yield settings
    LocalEndpoint(settings).stop()
    services = Supervisor(settings.folder("services"))
    for process in services.list():
        services.stop(process.name)


def run(command, *options):
    return CliRunner().invoke(app, [command, *options])


def answer(url):
    with urlopen(url, timeout=10) as response:
        return response.status


@pytest.mark.slow
def test_the_whole_stack_is_started_shown_and_stopped(local, trained_bundle):
    released = LocalEndpoint(local).deploy(trained_bundle, digest_of(trained_bundle))
    os.kill(released.pid, signal.SIGKILL)

    assert run("up").exit_code == 0
    parts = {part.name: part for part in status(local)}
    assert {part.state for part in parts.values()} == {"running"}
    for part in parts.values():
        page = f"{part.address}/{'ping' if part.name == 'endpoint' else ''}"
        assert answer(page) == answer(page.replace("127.0.0.1", "localhost")) == 200
    environment = Path(f"/proc/{parts['MLflow'].pid}/environ").read_text()
    assert "MLFLOW_DISABLE_TELEMETRY=true" in environment
    assert SIGNING_KEY not in environment
    assert IDENTIFIER_KEY not in environment

    shown = run("status").output
    for part in parts.values():
        assert part.address in shown
        assert str(part.pid) in shown
    assert "persons" in shown

    assert run("up").exit_code == 0
    assert {part.name: part for part in status(local)} == parts, "a second start changes nothing"

    down = run("down")
    assert down.exit_code == 0
    assert down.output.count("stopped") == 3
    assert {part.state for part in status(local)} == {"stopped"}


def test_the_status_says_if_no_bundle_was_released_yet(local):
    shown = run("status")
    assert shown.exit_code == 0
    assert "no bundle was released yet" in shown.output
    assert "matchwright demo" in shown.output


@pytest.mark.slow
def test_if_another_process_uses_a_port_only_the_part_with_this_port_fails(local):
    with socket.create_server(("127.0.0.1", local.interfaces.mlflow_port)):
        failed = run("up")
        states = {part.name: part.state for part in status(local)}
    assert failed.exit_code == 1
    assert "MATCHWRIGHT_INTERFACES__MLFLOW_PORT" in str(failed.exception)
    assert states == {"MLflow": "stopped", "Evidently": "running", "endpoint": "nothing released"}


def test_servers_on_other_machines_are_shown_as_remote_and_not_stopped(sagemaker_settings):
    remote = sagemaker_settings.model_copy(
        update={
            "registry": sagemaker_settings.registry.model_copy(update={"tracking_uri": "http://mlflow.example:5000"}),
            "monitoring": sagemaker_settings.monitoring.model_copy(update={"workspace": "https://evidently.example"}),
        }
    )
    parts = {part.name: (part.state, part.address) for part in status(remote)}
    assert parts == {
        "MLflow": ("remote", "http://mlflow.example:5000"),
        "Evidently": ("remote", "https://evidently.example"),
        "endpoint": ("nothing released", ""),
    }


def test_stopping_is_not_an_error_if_nothing_runs(local):
    assert run("down").exit_code == 0
