"""Processes, identified by id and start time: the system may give an old id to another process."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from matchwright.supervisor.network import base_url

_KILL_SECONDS = 5.0


@dataclass(frozen=True)
class Identity:
    """What identifies a process. ``started`` is in seconds after ``boot``."""

    pid: int
    started: float
    boot: str


@dataclass(frozen=True)
class Process(Identity):
    """A service's process, as written in its state file."""

    name: str
    command: tuple[str, ...]
    health_url: str
    log: str

    @property
    def address(self) -> str:
        """The service's base URL."""
        return base_url(self.health_url)


def spawn(command: Sequence[str], environment: Mapping[str, str], output: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start a program as the leader of its own session. Its workers are found by this session.

    Raises:
        OSError: there is no such program.
    """
    return subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def started_at(pid: int) -> float:
    """When a process started, in seconds after boot (a clock may be set). 0 if it does not run."""
    process = _alive(pid)
    # Linux knows hundredths of a second
    return round(process.create_time() - psutil.boot_time(), 2) if process else 0.0


def boot_id() -> str:
    """The id of this boot of the machine. Start times are relative to it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def is_running(process: Identity) -> bool:
    """Whether the same process is still alive."""
    return process.boot == boot_id() and started_at(process.pid) == process.started != 0.0


def members(process: Identity) -> list[psutil.Process]:
    """The process and its workers: all processes of the session that it leads.

    The id of a dead leader cannot be reused while its session exists. So if a process with this id has another start
    time, none of ours is left.
    """
    if process.boot != boot_id() or started_at(process.pid) not in (0.0, process.started):
        return []
    return [one for one in psutil.process_iter() if _session(one.pid) == process.pid and _alive(one.pid)]


def stop(process: Identity, limit_seconds: float = 0.0) -> bool:
    """End the process and its workers: SIGTERM, then SIGKILL after the limit. Without a limit, SIGKILL at once.

    Returns:
        Whether all of them have ended.
    """
    if limit_seconds:
        _send(signal.SIGTERM, process, limit_seconds)
    deadline = time.monotonic() + _KILL_SECONDS
    while members(process) and time.monotonic() < deadline:  # a process may start another one before it ends
        _send(signal.SIGKILL, process, _KILL_SECONDS / 10)
    return not members(process)


def _send(number: int, process: Identity, limit_seconds: float) -> None:
    """Send a signal to all members and wait for their end."""
    found = members(process)
    for one in found:
        with suppress(psutil.NoSuchProcess):
            one.send_signal(number)
    psutil.wait_procs(found, timeout=limit_seconds)


def _alive(pid: int) -> psutil.Process | None:
    """The process, if it is alive. A zombie is not."""
    with suppress(psutil.NoSuchProcess):
        found = psutil.Process(pid)
        if found.status() != psutil.STATUS_ZOMBIE:
            return found
    return None


def _session(pid: int) -> int | None:
    with suppress(ProcessLookupError):
        return os.getsid(pid)
    return None
