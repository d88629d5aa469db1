"""The local stack: the MLflow UI, the Evidently UI and the endpoint, as processes on this machine.

If the environment names a server on another machine, that part is shown as remote. It is not started or stopped.
"""

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from matchwright.adapters.endpoints import open_endpoint
from matchwright.adapters.endpoints.local import LocalEndpoint
from matchwright.adapters.registry import follow_home
from matchwright.errors import MatchwrightError
from matchwright.secrets import IDENTIFIER_KEY, SIGNING_KEY
from matchwright.settings import PREFIX, Settings
from matchwright.supervisor import Service, Supervisor, healthy
from matchwright.telemetry import SWITCHES

State = Literal["running", "stopped", "failing", "remote", "nothing released"]

_HOST = "127.0.0.1"
_START_SECONDS = 120.0  # MLflow makes its database on the first start
_NOT_FOR_INTERFACES = (SIGNING_KEY, IDENTIFIER_KEY)


@dataclass(frozen=True)
class Part:
    """The present state of one part of the stack. ``fault`` says why the part fails."""

    name: str
    state: State
    address: str = ""
    pid: int | None = None
    bundle: str = ""
    fault: MatchwrightError | None = None


def up(settings: Settings) -> list[Part]:
    """Start the parts that do not run and wait until all answer. If one part fails, the others start all the same."""
    starters: list[Callable[[], object]] = [
        lambda: _start(settings, _mlflow(settings)),
        lambda: _start(settings, _evidently(settings)),
        lambda: _resume_endpoint(settings),
    ]
    with ThreadPoolExecutor(len(starters)) as pool:
        faults = list(pool.map(_fault_of, starters))
    return [
        part if fault is None else Part(part.name, "failing", part.address, part.pid, part.bundle, fault)
        for part, fault in zip(status(settings), faults, strict=True)
    ]


def down(settings: Settings) -> list[Part]:
    """Stop the processes that :func:`up` started, and no others.

    Raises:
        ServiceError: a process does not stop.
    """
    processes = _supervisor(settings)
    for name in ("mlflow", "evidently"):
        processes.stop(name)
    if settings.endpoint.target == "local":
        LocalEndpoint(settings).stop()
    return status(settings)


def status(settings: Settings) -> list[Part]:
    """The present state of the parts: MLflow, Evidently, endpoint."""
    return [
        _interface(settings, "MLflow", _mlflow(settings), settings.tracking_uri),
        _interface(settings, "Evidently", _evidently(settings), settings.drift_workspace),
        _endpoint(settings),
    ]


def _mlflow(settings: Settings) -> Service | None:
    if _is_remote(settings.tracking_uri):
        return None
    port = settings.interfaces.mlflow_port
    command = ["-m", "mlflow", "server", "--host", _HOST, "--port", str(port), "--workers", "1"]
    variables = {
        # variables, because a database address may hold a password and every user can read a command line
        "MLFLOW_BACKEND_STORE_URI": settings.tracking_uri,
        "MLFLOW_DEFAULT_ARTIFACT_ROOT": settings.artifact_uri,
        "MLFLOW_ARTIFACTS_DESTINATION": settings.artifact_uri,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # twice the start time and four times the memory
    }
    return _service("mlflow", command, port, "/health", variables)


def _evidently(settings: Settings) -> Service | None:
    if _is_remote(settings.drift_workspace):
        return None
    port = settings.interfaces.evidently_port
    command = ["-m", "evidently.cli", "ui", "--host", _HOST, "--port", str(port)]
    return _service("evidently", [*command, "--workspace", settings.drift_workspace], port, "/api/version", {})


def _service(name: str, command: Sequence[str], port: int, health: str, variables: dict[str, str]) -> Service:
    inherited = {key: value for key, value in os.environ.items() if key not in _NOT_FOR_INTERFACES}
    return Service(
        name=name,
        command=(sys.executable, *command),
        health_url=f"http://{_HOST}:{port}{health}",
        environment={**inherited, **SWITCHES, **variables},
        port_setting=f"{PREFIX}INTERFACES__{name.upper()}_PORT",
    )


def _start(settings: Settings, service: Service | None) -> None:
    if service is not None:
        for folder in ("mlflow", "evidently"):
            settings.folder(folder)
        if service.name == "mlflow":
            follow_home(settings)  # the interface shows artefacts at the locations in its database
        _supervisor(settings).start(service, wait_seconds=_START_SECONDS)


def _resume_endpoint(settings: Settings) -> None:
    if settings.endpoint.target == "local":
        LocalEndpoint(settings).resume()


def _fault_of(start: Callable[[], object]) -> MatchwrightError | None:
    try:
        start()
    except MatchwrightError as error:
        return error
    return None


def _interface(settings: Settings, name: str, service: Service | None, uri: str) -> Part:
    if service is None:
        return Part(name, "remote", uri)
    process = _supervisor(settings).find(service.name)
    if process is None:
        return Part(name, "stopped", service.address)
    return Part(name, "running" if healthy(process.health_url) else "failing", process.address, process.pid)


def _endpoint(settings: Settings) -> Part:
    remote = settings.endpoint.target != "local"
    try:
        deployment = open_endpoint(settings).describe()
    except MatchwrightError as error:
        return Part("endpoint", "failing", fault=error)
    if deployment is None:
        return Part("endpoint", "nothing released")
    states: dict[str, State] = {"in_service": "running", "down": "stopped", "stopped": "stopped"}
    state: State = "remote" if remote else states.get(deployment.status, "failing")
    return Part("endpoint", state, deployment.address, deployment.pid, deployment.bundle)


def _supervisor(settings: Settings) -> Supervisor:
    return Supervisor(settings.path("services"))


def _is_remote(uri: str) -> bool:
    return uri.startswith(("http://", "https://"))
