"""The server process: one socket, one worker and one bundle."""

import asyncio
import logging
import signal
import socket
from pathlib import Path
from threading import Thread

import uvicorn
from fastapi import FastAPI

from matchwright.errors import EndpointError, MatchwrightError
from matchwright.stated_register import StatedRegister
from matchwright.supervisor import handover
from serving.app import create_app
from serving.online_features import online_store_configured
from serving.runtime import open_runtime
from serving.service import Service

GRACE_SECONDS = 30
PARTING_SECONDS = 0.5
"""How long a stopping server waits for requests on connections that it has accepted."""

_log = logging.getLogger(__name__)


def serve(
    bundle: Path,
    log_folder: Path,
    host: str,
    port: int,
    *,
    stated: StatedRegister | None = None,
    hand_over: Path | None = None,
    take_over: Path | None = None,
) -> int:
    """Serve ``bundle``, for use on the ``stated`` register, until SIGTERM or SIGINT.

    With ``hand_over`` the bundle is loaded before the first connection is accepted. So a process that takes over a port
    never answers 503. The socket is then offered to a successor at the path ``hand_over``. Without it, the port answers
    503 while the bundle is loaded. With ``take_over``, the process serves the socket that is offered at this path, if
    its host and port are the same.

    Raises:
        MatchwrightError: the bundle is refused or the port is taken.
    """
    service = Service(log_folder)
    if hand_over:
        _load(service, bundle, stated)
    server = _Server(create_app(service), hand_over)
    refused: list[MatchwrightError] = []

    def load() -> None:
        try:
            _load(service, bundle, stated)
        except MatchwrightError as error:
            refused.append(error)
        finally:
            if service.runtime is None:
                server.should_exit = True

    listener = (_taken(take_over, host, port) if take_over else None) or _listen(host, port)
    if not hand_over:
        Thread(target=load, name="load", daemon=True).start()
    _log.info("listening on port %d", listener.getsockname()[1])
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again when it has stopped, and then the process must end with code 0
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    server.run(sockets=[listener])
    if refused:
        raise refused[0]
    return 0 if service.runtime else 1


class _Server(uvicorn.Server):
    """uvicorn that offers its socket to a successor, and stops without resetting a connection."""

    def __init__(self, app: FastAPI, hand_over: Path | None) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=30,
        )
        super().__init__(config)
        self._hand_over = hand_over
        self._offer: handover.Offer | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, then offer the socket. The offer also shows that this process is ready."""
        await super().startup(sockets)
        if self._hand_over and sockets:
            self._offer = handover.Offer(sockets[0], self._hand_over)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more connections, answer the accepted ones, then close.

        The wait is needed because uvicorn closes a connection that has sent nothing yet. Its request may be on the way.
        """
        if self._offer:
            self._offer.withdraw()
        for server in self.servers:
            server.close()
        self.server_state.default_headers.append((b"connection", b"close"))
        await asyncio.sleep(PARTING_SECONDS)
        await super().shutdown(sockets)


def _load(service: Service, bundle: Path, stated: StatedRegister | None) -> None:
    """Load the bundle, which is enough to serve pairs. Then open the online store in the background."""
    runtime = open_runtime(bundle, stated)
    service.take(runtime)
    try:
        configured = online_store_configured()
    except MatchwrightError as error:
        _log.warning("no online store is opened ahead of time (%s)", type(error).__name__)
        return
    if configured:
        # not a daemon: if the process ends while a library is imported, it can crash
        Thread(target=runtime.warm_up, name="warm-up").start()


def _taken(path: Path, host: str, port: int) -> socket.socket | None:
    listener = handover.take(path)
    wanted = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][:2]
    if listener is not None and listener.getsockname()[:2] != wanted:
        listener.close()
        return None
    return listener


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise EndpointError(
            f"Port {port} cannot be bound ({error.strerror}).", "choose another --port, or stop what listens there"
        ) from error
    return listener
