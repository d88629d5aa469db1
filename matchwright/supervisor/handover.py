"""A listening socket handed from a process to its successor.

Processes that share a port by SO_REUSEPORT each have a queue of connections of their own, and what waits in the
queue of the one that ends is reset. A socket that is handed over has one queue, which outlives its first owner:
nobody who connects is refused. HAProxy's seamless reload and Envoy's hot restart work the same way.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

_SECONDS = 5.0


class Offer:
    """The socket as it is offered at ``path`` to whoever may write there, until it is withdrawn.

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
        self._listener = listener.dup()  # its owner closes its own when it stops accepting
        Thread(target=self._answer, name="handover", daemon=True).start()

    def withdraw(self) -> None:
        """Offer it no longer; whoever has it keeps it."""
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
                    except OSError:  # the caller has gone: the next one gets it
                        continue


def take(path: Path) -> socket.socket | None:
    """The socket offered at ``path``, listening; None where nobody offers one."""
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
    """Whether a process accepts connections and would hand its socket over at ``path``."""
    taken = take(path)
    if taken is not None:
        taken.close()
    return taken is not None


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A socket's address holds some hundred bytes; a folder's path may be longer."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
