"""Processes by id and start time, so that a reused id is never taken for ours."""

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
    """What tells a process from another of the same id; ``started`` is in seconds after ``boot``."""

    pid: int
    started: float
    boot: str


@dataclass(frozen=True)
class Process(Identity):
    """A service's process as its state file has it."""

    name: str
    command: tuple[str, ...]
    health_url: str
    log: str

    @property
    def address(self) -> str:
        """The service's base URL."""
        return base_url(self.health_url)


def spawn(command: Sequence[str], environment: Mapping[str, str], output: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start a program as the leader of a session of its own, by which its workers are found.

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
    """When a process started, 0 where it does not run: in seconds after boot, as clocks are set at times."""
    process = _alive(pid)
    # to the hundredth, which is what Linux knows
    return round(process.create_time() - psutil.boot_time(), 2) if process else 0.0


def boot_id() -> str:
    """Identifies this boot of the machine: start times count from it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def is_running(process: Identity) -> bool:
    """Whether the very process that was started is alive."""
    return process.boot == boot_id() and started_at(process.pid) == process.started != 0.0


def members(process: Identity) -> list[psutil.Process]:
    """The process and its workers: all of the session that it leads.

    A dead leader's id cannot be reused while its session lives; a live process of that id but
    another start time therefore means that nothing of ours is left.
    """
    if process.boot != boot_id() or started_at(process.pid) not in (0.0, process.started):
        return []
    return [one for one in psutil.process_iter() if _session(one.pid) == process.pid and _alive(one.pid)]


def stop(process: Identity, limit_seconds: float = 0.0) -> bool:
    """End the process and its workers: SIGTERM, then SIGKILL after the limit; at once where there is none.

    Returns:
        Whether none of them is left.
    """
    if limit_seconds:
        _send(signal.SIGTERM, process, limit_seconds)
    deadline = time.monotonic() + _KILL_SECONDS
    while members(process) and time.monotonic() < deadline:  # one may start another before it ends
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
    """A process that is alive; a zombie is not."""
    with suppress(psutil.NoSuchProcess):
        found = psutil.Process(pid)
        if found.status() != psutil.STATUS_ZOMBIE:
            return found
    return None


def _session(pid: int) -> int | None:
    with suppress(ProcessLookupError):
        return os.getsid(pid)
    return None
