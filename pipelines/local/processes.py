"""The processes of a run: only one run at a time, and no step continues after its run was killed."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from matchwright.errors import PipelineError
from matchwright.files import PRIVATE
from matchwright.supervisor.process import Identity, boot_id, spawn, started_at, stop
from pipelines.local.record import RunRecord, run_folders
from pipelines.local.warm import WarmSteps


@contextmanager
def only_run(runs: Path) -> Iterator[None]:
    """Hold the lock of the folder of runs. It ends with its process, also if that is killed.

    Raises:
        PipelineError: another run holds the lock.
    """
    runs.mkdir(parents=True, exist_ok=True)
    lock = FileLock(runs / ".lock", timeout=0, mode=PRIVATE)
    try:
        held = lock.acquire()
    except Timeout:
        raise PipelineError(
            "Another pipeline runs in this home.", "wait for it to end, or set MATCHWRIGHT_HOME to another folder"
        ) from None
    with held:
        yield


def tidy_up_killed_runs(runs: Path) -> list[str]:
    """Stop the steps of runs that were killed, and mark their records. The caller must hold the lock.

    Returns:
        The ids of those runs.
    """
    killed = []
    for folder in run_folders(runs):
        record = RunRecord.read(folder)
        if record.status != "running":
            continue
        for step in record.steps:
            if step.status == "running":
                if step.process is not None:
                    stop(step.process)  # at once: a rerun repairs what a killed step has left
                step.status = "interrupted"
        record.status, record.error = "interrupted", "The run was killed."
        record.write(folder)
        killed.append(record.run_id)
    return killed


class Child(Protocol):
    """A process that was started and can be waited for."""

    pid: int

    def wait(self) -> int: ...


def start(command: Sequence[str], log: Path, environment: Mapping[str, str], warm: WarmSteps) -> tuple[Child, Identity]:
    """Start a step's process in its own session, with its output in ``log``."""
    child: Child = warm.start(command, log, environment) or _started(command, log, environment)
    return child, Identity(child.pid, started_at(child.pid), boot_id())


def _started(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return spawn(command, environment, output)
