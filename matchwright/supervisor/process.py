"""Processes by id and start time, read from /proc, so that a reused id is never taken for ours."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from matchwright.supervisor.network import base_url

children: dict[int, "subprocess.Popen[bytes]"] = {}  # kept so that a child of this very process is reaped


@dataclass(frozen=True)
class Process:
    """A service's process as its state file has it; ``started`` is in clock ticks since boot."""

    name: str
    pid: int
    started: int
    boot: str
    command: tuple[str, ...]
    health_url: str
    log: str

    @property
    def address(self) -> str:
        """The service's base URL."""
        return base_url(self.health_url)


@dataclass(frozen=True)
class Stat:
    """What tells a live process from another of the same id, and whose worker it is."""

    session: int
    started: int


def stat_of(pid: int) -> Stat | None:
    """A process that is alive; a zombie is not."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()  # the command's name, in brackets, may hold anything
    return None if fields[0] in "ZX" else Stat(int(fields[3]), int(fields[19]))


def is_running(process: Process) -> bool:
    """Whether the very process that was started is alive."""
    child = children.get(process.pid)
    if child is not None and child.poll() is not None:
        del children[process.pid]
    stat = stat_of(process.pid)
    return stat is not None and stat.started == process.started and process.boot == boot_id()


def members(process: Process) -> list[int]:
    """The service's process and its workers: all of the session that it leads.

    A dead leader's id cannot be reused while its session lives; a live process of that id but
    another start time therefore means that nothing of ours is left.
    """
    running = is_running(process)
    if process.boot != boot_id() or (not running and stat_of(process.pid) is not None):
        return []
    stats = ((int(entry.name), stat_of(int(entry.name))) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid, stat in stats if stat and stat.session == process.pid and stat.started >= process.started]


def boot_id() -> str:
    """Identifies this boot of the machine: start times count from it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def send(pid: int, number: int) -> None:
    """Send a signal to a process that may have ended meanwhile."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
