"""A supervised process on this machine that follows the SageMaker container contract.

There are two slots, blue and green. A new bundle must first answer on a private port (the rehearsal). Then its process
takes the listening socket from the old process. The old process stops when the new one accepts requests. So callers
notice no interruption, and a bundle that fails the rehearsal never gets a request from a caller.
"""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock

from matchwright.adapters.endpoints.base import Deployment, Status, bundle_digest_of, probe_of, require_digest
from matchwright.adapters.endpoints.container import ping, score
from matchwright.adapters.endpoints.environment import local_environment
from matchwright.adapters.endpoints.kept_bundles import bundle_label, drop_bundles, keep_bundle
from matchwright.errors import EndpointError, MatchwrightError, ServiceError
from matchwright.files import PRIVATE, write_whole
from matchwright.settings import Settings
from matchwright.supervisor import Process, Service, Supervisor, free_port, handover

_REHEARSAL = "rehearsal"
_SLOTS = {"blue": "green", "green": "blue"}
_START_SECONDS = 90.0


@dataclass(frozen=True)
class _Released:
    """The endpoint's state: which bundle serves from which slot, and whether it was stopped on purpose."""

    digest: str
    previous: str
    slot: str
    stopped: bool = False


class LocalEndpoint:
    """The endpoint on this machine. Its state is in ``home/endpoints/<name>``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._name = settings.endpoint.name
        self._host = settings.endpoint.host
        self._address = _address(self._host, settings.endpoint.port)
        self._folder = settings.path("endpoints", self._name)
        self._lock = FileLock(self._folder / ".deploy.lock", mode=PRIVATE)
        self._processes = Supervisor(self._folder / "processes")

    def deploy(self, bundle: Path, digest: str) -> Deployment:
        """See :meth:`Endpoint.deploy`."""
        require_digest(bundle, digest)
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            released = self._released()
            copy = keep_bundle(bundle, self._folder, digest)
            running = self._processes.find(released.slot) if released else None
            if released and running:
                # if a take-over was killed, its process may still answer at the same port
                self._processes.stop(_SLOTS[released.slot])
            if not (released and running and self._serves(released, running, copy, digest)):
                self._rehearse(copy, digest)
                released = self._take_over(released, running, copy, digest)
            drop_bundles(self._folder, {digest, released.previous})
        deployment = self.describe()
        if deployment is None or deployment.status != "in_service" or deployment.digest != digest:
            raise EndpointError(f"Endpoint {self._name} does not answer with bundle {digest[:12]}.", "Deploy it again.")
        return deployment

    def resume(self) -> Deployment | None:
        """Serve the last released bundle again, if it does not run. None if there never was one.

        Raises:
            EndpointError: it does not start, or its bundle was deleted.
        """
        released = self._released()
        return self.deploy(self._folder / released.digest, released.digest) if released else None

    def describe(self) -> Deployment | None:
        """See :meth:`Endpoint.describe`."""
        released = self._released()
        if released is None:
            return None
        process = self._processes.find(released.slot)
        answered = ping(process.address) if process else ""
        status: Status = "in_service" if answered else "failed"
        if process is None:
            status = "stopped" if released.stopped else "down"
        digest = answered or released.digest
        return Deployment(
            target="local",
            name=self._name,
            address=process.address if process else self._address,
            digest=digest,
            status=status,
            pid=process.pid if process else None,
            bundle=bundle_label(self._folder / digest),
        )

    def invoke(self, payload: dict[str, Any]) -> dict[str, Any]:
        """See :meth:`Endpoint.invoke`."""
        deployment = self.describe()
        if deployment is None or deployment.status in ("down", "stopped"):
            hint = "Release a bundle." if deployment is None else "Start it with 'matchwright up'."
            raise EndpointError(f"Endpoint {self._name} does not run.", hint)
        return score(self._name, deployment.address, payload)

    def stop(self) -> None:
        """See :meth:`Endpoint.stop`. The bundle is kept, so that :meth:`resume` can serve it again."""
        if not self._folder.is_dir():
            return
        with self._lock:
            released = self._released()
            if released:
                self._remember(_Released(released.digest, released.previous, released.slot, stopped=True))
            for name in (*_SLOTS, _REHEARSAL):
                self._processes.stop(name)

    def _serves(self, released: _Released, running: Process, copy: Path, digest: str) -> bool:
        wanted = self._service(released.slot, copy, self._address)
        same = released.digest == digest and running.command == wanted.command
        return same and ping(running.address) == digest

    def _rehearse(self, copy: Path, digest: str) -> None:
        """Load the bundle and score one request on a private port.

        Raises:
            EndpointError: this fails.
        """
        self._processes.stop(_REHEARSAL)
        address = _address("127.0.0.1", free_port())
        try:
            self._start(self._service(_REHEARSAL, copy, address), lambda: bool(ping(address)))
            reported = {ping(address), bundle_digest_of(score(_REHEARSAL, address, probe_of(copy)))}
        except MatchwrightError as error:
            fact = f"Bundle {digest[:12]} failed its rehearsal, so endpoint {self._name} did not change: {error.fact}"
            raise EndpointError(fact, error.hint) from error
        finally:
            self._processes.stop(_REHEARSAL)
            shutil.rmtree(self._folder / _REHEARSAL, ignore_errors=True)  # nobody asked for this decision
        if reported != {digest}:
            raise EndpointError(f"The process started for bundle {digest[:12]} reports another one.")

    def _take_over(self, released: _Released | None, running: Process | None, copy: Path, digest: str) -> _Released:
        slot = _SLOTS[released.slot] if released else "blue"
        self._processes.stop(slot)
        if released and running and released.digest == digest:
            # the same bundle, broken or with other settings: both processes would report the same digest
            self._processes.stop(released.slot)
            running = None
        shares_port = running is not None and running.address == self._address
        service = self._service(slot, copy, self._address, shares_port=shares_port)
        try:
            self._start(service, lambda: handover.is_offered(self._door(slot)))
        except ServiceError as error:
            raise EndpointError(f"Bundle {digest[:12]} could not take over: {error.fact}", error.hint) from error
        previous = "" if released is None else released.previous if released.digest == digest else released.digest
        now = _Released(digest, previous, slot)
        self._remember(now)
        self._processes.stop(_SLOTS[slot])
        return now

    def _start(self, service: Service, ready: Callable[[], bool]) -> Process:
        return self._processes.start(service, wait_seconds=_START_SECONDS, ready=ready)

    def _service(self, name: str, copy: Path, address: str, *, shares_port: bool = False) -> Service:
        parts = urlsplit(address)
        log_folder = self._settings.decision_log_folder if name in _SLOTS else self._folder / _REHEARSAL
        host = self._host if name in _SLOTS else str(parts.hostname)
        command = [sys.executable, "-P", "-m", "serving", "--bundle", str(copy), "--host", host]
        command += ["--port", str(parts.port), "--log-folder", str(log_folder)]
        command += ["--hand-over", str(self._door(name))]
        if stated := self._settings.endpoint.stated_register:
            # an option, and not only a variable: a process whose command differs is replaced
            command += ["--stated-register", stated.model_dump_json(exclude_none=True)]
        if name in _SLOTS:
            command += ["--take-over", str(self._door(_SLOTS[name]))]
        return Service(
            name=name,
            command=tuple(command),
            health_url=f"{address}/ping",
            environment=local_environment(self._settings),
            quote_log=True,
            shares_port=shares_port,
            port_setting="MATCHWRIGHT_ENDPOINT__PORT",
        )

    def _door(self, name: str) -> Path:
        return self._folder / "handover" / name

    def _released(self) -> _Released | None:
        path = self._folder / "endpoint.json"
        return _Released(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def _remember(self, released: _Released) -> None:
        write_whole(self._folder / "endpoint.json", json.dumps(asdict(released)), PRIVATE)


def _address(host: str, port: int) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - the address to reach it on this machine
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
