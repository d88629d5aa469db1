"""Hand a listening socket over from a process to its successor.

With SO_REUSEPORT each process would have its own queue of connections. When a process ends, the connections in its
queue are reset. A socket that is handed over has one queue, which continues after its first owner has ended, so no
connection is refused. HAProxy's seamless reload and Envoy's hot restart work the same way.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

_SECONDS = 5.0


class Offer:
    """Offer the socket at ``path`` to every process that may write there, until the offer is withdrawn.

    Raises:
        OSError: the folder of ``path`` cannot be written to.
    """

    def __init__(self, listener: socket.socket, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short(path) as address:
            self._door.bind(address)
        path.chmod(0o600)
        self._door.listen()
        self._listener = listener.dup()  # a copy, because the owner closes its own when it stops accepting
        Thread(target=self._answer, name="handover", daemon=True).start()

    def withdraw(self) -> None:
        """End the offer. A process that has taken the socket keeps it."""
        self._path.unlink(missing_ok=True)
        self._door.shutdown(socket.SHUT_RDWR)

    def _answer(self) -> None:
        with self._door, self._listener:
            while True:
                try:
                    caller, _ = self._door.accept()
                except OSError:  # withdrawn
                    return
                with caller:
                    try:
                        socket.send_fds(caller, [b"."], [self._listener.fileno()])
                    except OSError:  # this caller has gone; wait for the next one
                        continue


def take(path: Path) -> socket.socket | None:
    """The listening socket that is offered at ``path``. None if no process offers one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(_SECONDS)
        try:
            with _short(path) as address:
                door.connect(address)
            _, descriptors, _, _ = socket.recv_fds(door, 1, 1, socket.MSG_CMSG_CLOEXEC)
        except OSError:
            return None
    return socket.socket(fileno=descriptors[0]) if descriptors else None


def is_offered(path: Path) -> bool:
    """Whether a process accepts connections and offers its socket at ``path``."""
    taken = take(path)
    if taken is not None:
        taken.close()
    return taken is not None


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A short address for ``path``: a socket's address holds about a hundred bytes, and a path may be longer."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
