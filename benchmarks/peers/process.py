"""What a method takes that runs in a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peers.environment import PeerError


@dataclass(frozen=True)
class Taken:
    """Wall seconds, processor seconds of the process and its children, and the peak of the largest one in gigabytes."""

    wall: float
    processor: float
    gigabytes: float


def run(command: Sequence[str], variables: dict[str, str]) -> Taken:
    """Run a process to its end.

    Args:
        command: the program and its arguments.
        variables: all its environment variables.

    Raises:
        PeerError: it failed. It has printed why.
    """
    begun = time.monotonic()
    process = subprocess.Popen(command, env=variables)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise PeerError(f"{command[0]} ended with code {process.returncode}.", "look at what it printed above")
    return Taken(wall, used.ru_utime + used.ru_stime, gigabytes(used.ru_maxrss))


def gigabytes(most_resident: int) -> float:
    """The peak of a process as the operating system gives it (``ru_maxrss``), in gigabytes."""
    return most_resident / (1e9 if sys.platform == "darwin" else 1024**2)
