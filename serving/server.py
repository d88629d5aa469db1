"""The server process: one socket, one worker, a bundle that is loaded before or behind it."""

import logging
import signal
import socket
from pathlib import Path
from threading import Thread

import uvicorn

from matchwright.errors import EndpointError, MatchwrightError
from serving.app import create_app
from serving.online_features import online_store_configured
from serving.runtime import open_runtime
from serving.service import Service

GRACE_SECONDS = 30

_log = logging.getLogger(__name__)


def serve(bundle: Path, log_folder: Path, host: str, port: int, *, reuse_port: bool = False) -> int:
    """Serve ``bundle`` until SIGTERM or SIGINT.

    With ``reuse_port`` the bundle is loaded before the port is bound, so that a process that
    takes over a port never answers 503; else the port answers 503 while it is loaded.

    Raises:
        MatchwrightError: the bundle is refused or the port is taken.
    """
    service = Service(log_folder)
    if reuse_port:
        _load(service, bundle)
    config = uvicorn.Config(
        create_app(service),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
    )
    server = uvicorn.Server(config)
    refused: list[MatchwrightError] = []

    def load() -> None:
        try:
            _load(service, bundle)
        except MatchwrightError as error:
            refused.append(error)
        finally:
            if service.runtime is None:
                server.should_exit = True

    listener = _listen(host, port, reuse_port)
    if not reuse_port:
        Thread(target=load, name="load", daemon=True).start()
    _log.info("listening on port %d", listener.getsockname()[1])
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal once more when it is done; it must end the process with code 0
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    server.run(sockets=[listener])
    if refused:
        raise refused[0]
    return 0 if service.runtime else 1


def _load(service: Service, bundle: Path) -> None:
    """Serve pairs as soon as the bundle is loaded; the online store is opened behind that."""
    runtime = open_runtime(bundle)
    service.take(runtime)
    try:
        configured = online_store_configured()
    except MatchwrightError as error:
        _log.warning("no online store is opened ahead of time (%s)", type(error).__name__)
        return
    if configured:
        # no daemon: a library that is cut off while it is imported can crash the process as it ends
        Thread(target=runtime.warm_up, name="warm-up").start()


def _listen(host: str, port: int, reuse_port: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuse_port:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise EndpointError(
            f"Port {port} cannot be bound ({error.strerror}).", "choose another --port, or stop what listens there"
        ) from error
    return listener
