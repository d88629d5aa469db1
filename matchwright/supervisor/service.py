"""Services: long-running processes that continue after the command that started them has ended.

Each service has a state file and a log (mode 0600) in the supervisor's folder. A process is ours only if both its id
and its start time are those of the state file. So no signal goes to another process with the same id.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from filelock import BaseFileLock, FileLock

from matchwright.errors import ServiceError
from matchwright.files import PRIVATE, write_whole
from matchwright.supervisor.network import base_url, healthy, port_is_free
from matchwright.supervisor.process import Process, boot_id, is_running, members, spawn, started_at, stop

_POLL_SECONDS = 0.1
_TAIL_LINES = 12


@dataclass(frozen=True)
class Service:
    """What to run.

    ``quote_log``: the log holds no record values, so errors may quote it.
    ``shares_port``: the service takes over a port that its predecessor still serves.
    ``port_setting``: the variable that sets another port, for the hint.
    """

    name: str
    command: tuple[str, ...]
    health_url: str
    environment: Mapping[str, str]
    quote_log: bool = False
    shares_port: bool = False
    port_setting: str = ""

    @property
    def address(self) -> str:
        """The service's base URL."""
        return base_url(self.health_url)


class Supervisor:
    """Starts, finds and stops services whose state is in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(
        self, service: Service, *, wait_seconds: float = 60.0, ready: Callable[[], bool] | None = None
    ) -> Process:
        """Start the service unless it already runs, and wait until it answers.

        ``ready`` replaces the check that the health URL answers 200.

        Raises:
            ServiceError: its port is taken, it ended, or it did not answer in time (then it is stopped again).
        """
        ready = ready or (lambda: healthy(service.health_url))
        with self._locked(service.name):
            running = self.find(service.name)
            if running is not None and running.command != service.command:
                hint = "Stop it first, then start it again with the new settings."
                raise ServiceError(f"{service.name} already runs with other settings (process {running.pid}).", hint)
            if running is not None:
                self._await(service, running, wait_seconds, ready)
                return running
            self._end_survivors(service.name)
            if not service.shares_port:
                _require_free_port(service)
            process = self._launch(service)
            try:
                self._await(service, process, wait_seconds, ready)
            except BaseException:
                self._end(process, limit_seconds=2.0)
                raise
            return process

    def find(self, name: str) -> Process | None:
        """The service's process, or None if it does not run. A stale state file is removed."""
        process = self._read(name)
        if process is None or is_running(process):
            return process
        if not members(process):  # keep the state file while workers of a dead leader are left, so that stop finds them
            self._state(name).unlink(missing_ok=True)
        return None

    def list(self) -> list[Process]:
        """All running services of this folder, sorted by name."""
        found = (self.find(path.stem) for path in sorted(self.folder.glob("*.json")))
        return [process for process in found if process is not None]

    def stop(self, name: str, *, limit_seconds: float = 15.0) -> bool:
        """Stop the service and all its workers: SIGTERM, then SIGKILL after the limit. False if it did not run.

        Raises:
            ServiceError: it survived SIGKILL.
        """
        if not self.folder.is_dir():
            return False
        with self._locked(name):
            process = self._read(name)
            return process is not None and self._end(process, limit_seconds)

    def _end(self, process: Process, limit_seconds: float) -> bool:
        was_running = bool(members(process))
        if not stop(process, limit_seconds):
            raise ServiceError(f"{process.name} (process {process.pid}) does not stop.", "Stop it by hand.")
        self._state(process.name).unlink(missing_ok=True)
        return was_running

    def _end_survivors(self, name: str) -> None:
        leftover = self._read(name)
        if leftover is not None:
            self._end(leftover, limit_seconds=5.0)

    def _launch(self, service: Service) -> Process:
        log = self.folder / f"{service.name}.log"
        if log.exists():
            log.replace(self.folder / f"{service.name}.previous.log")
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE), "wb") as output:
            try:
                pid = spawn(service.command, service.environment, output).pid
            except OSError as error:
                hint = "Install the program, then start it again."
                raise ServiceError(f"{service.name} cannot be started: {error.strerror}.", hint) from error
        process = Process(
            pid, started_at(pid), boot_id(), service.name, tuple(service.command), service.health_url, str(log)
        )
        write_whole(self._state(service.name), json.dumps(asdict(process)), PRIVATE)
        return process

    def _await(self, service: Service, process: Process, wait_seconds: float, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + wait_seconds
        while True:
            if not is_running(process):
                raise ServiceError(f"{service.name} stopped before it answered.", _see_log(service, process))
            if ready():
                return
            if time.monotonic() > deadline:
                fact = f"{service.name} did not answer at {service.health_url} within {wait_seconds:.0f} seconds."
                raise ServiceError(fact, _see_log(service, process))
            time.sleep(_POLL_SECONDS)

    def _state(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _read(self, name: str) -> Process | None:
        try:
            document = json.loads(self._state(name).read_text(encoding="utf-8"))
            return Process(**{**document, "command": tuple(document["command"])})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):  # not one of our state files
            self._state(name).unlink(missing_ok=True)
            return None

    def _locked(self, name: str) -> BaseFileLock:
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / f".{name}.lock", mode=PRIVATE)


def _require_free_port(service: Service) -> None:
    parts = urlsplit(service.health_url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    if not port_is_free(host, port):
        elsewhere = f", or set {service.port_setting} to another port" if service.port_setting else ""
        hint = f"See what listens there with 'ss -ltnp' and stop it{elsewhere}."
        fact = f"{service.name} cannot start: another process listens on port {port} of {host}."
        raise ServiceError(fact, hint)


def _see_log(service: Service, process: Process) -> str:
    if not service.quote_log:
        return f"See {process.log}."
    lines = Path(process.log).read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n  ".join([f"See {process.log}, which ends with:", *lines[-_TAIL_LINES:]])
