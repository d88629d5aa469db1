"""Run a pipeline on this machine. To resume a run that was killed, run it again."""

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from components.context import ERROR_FILE
from matchwright.errors import MatchwrightError
from matchwright.settings import Settings, overrides_of
from matchwright.storage import nearly_full, no_space, storage_reported
from matchwright.supervisor.process import stop
from matchwright.terminal import terminal
from matchwright.threads import COMPUTE_THREADS
from pipelines.catalogue import Pipeline
from pipelines.environments import offer_environments
from pipelines.local import engine, processes
from pipelines.local.cache import open_cache
from pipelines.local.progress import Progress
from pipelines.local.record import RunRecord, StepRecord, now
from pipelines.local.warm import WarmSteps
from pipelines.placement import here


class StepFailedError(MatchwrightError):
    """The error of a failed step, with the step and the run."""

    def __init__(self, fact: str, hint: str, run: RunRecord, step: StepRecord) -> None:
        self.run = run
        self.step = step
        super().__init__(fact, hint)


@dataclass
class _Run:
    """A running pipeline: writes the record, starts the processes, shows the progress."""

    record: RunRecord
    folder: Path
    environment: Mapping[str, str]
    progress: Progress
    warm: WarmSteps
    clock: dict[str, float] = field(default_factory=dict)
    failed: tuple[StepRecord, dict[str, str]] | None = None

    def started(self, step: str) -> None:
        log = self.folder / "logs" / f"{len(self.record.steps) + 1:02d}-{step}.log"
        self.record.steps.append(StepRecord(name=step, started=now(), log=str(log)))
        self.record.write(self.folder)
        self.clock[step] = time.monotonic()
        self._error_file().unlink(missing_ok=True)  # of an earlier step that failed
        self.progress.step_begins(self.record.steps[-1])

    def spawn(self, command: Sequence[str]) -> int:
        step = self.record.steps[-1]
        scratch = self.folder / "tmp"
        scratch.mkdir(exist_ok=True)
        environment = {**self.environment, "TMPDIR": str(scratch), ERROR_FILE: str(self._error_file())}
        child, step.process = processes.start(command, Path(step.log), environment, self.warm)
        try:
            self.record.write(self.folder)
            return child.wait()
        finally:
            stop(step.process)  # also processes that the step has left
            child.wait()
            shutil.rmtree(scratch, ignore_errors=True)

    def finished(self, step: str, *, succeeded: bool, ran: bool, outputs: dict[str, Any]) -> None:
        entry = self.record.steps[-1]
        entry.seconds = round(time.monotonic() - self.clock[step], 3)
        entry.status = ("done" if ran else "cached") if succeeded else "failed"
        entry.artefacts = engine.artifact_paths(outputs)
        entry.outputs = engine.small_values(outputs)
        if not succeeded:
            said = self.failure()
            entry.error = said["message"]
            # steps that do not depend on it still run, so report the first failure
            self.failed = self.failed or (entry, said)
        self.record.write(self.folder)
        self.progress.step_ends(entry)

    def failure(self) -> dict[str, str]:
        """The error that the failed step reported. One that it could not write completely counts as absent."""
        with contextlib.suppress(OSError, ValueError):
            said: dict[str, str] = json.loads(self._error_file().read_text(encoding="utf-8"))
            return said
        if nearly_full(self.folder):
            error = no_space(self.folder.parents[1])
            return {"fact": error.fact, "hint": error.hint, "message": str(error)}
        fact = f"Step {self.record.steps[-1].name} failed without a message."
        return {"fact": fact, "hint": f"see {self.record.steps[-1].log}", "message": fact}

    def end(self, status: str, error: str, since: float) -> None:
        self.progress.stop()
        for step in self.record.steps:
            step.status = "interrupted" if step.status == "running" else step.status
        self.record.error = error
        self.record.seconds = round(time.monotonic() - since, 3)
        self.record.status = status  # type: ignore[assignment]  # validated on assignment
        self.record.write(self.folder)

    def _error_file(self) -> Path:
        return self.folder / "error.json"


def run_pipeline(
    pipeline: Pipeline,
    settings: Settings,
    arguments: Mapping[str, str],
    *,
    environment: str,
    spec_name: str = "",
    cached: bool = True,
    console: Console | None = None,
    warm: WarmSteps | None = None,
    notes: Mapping[str, str] = {},
) -> RunRecord:
    """Run a pipeline on this machine and record it under ``home/runs``.

    If the code, arguments and inputs of a step are those of an earlier run, its result is used again, unless ``cached``
    is false. The earlier run may have been killed. ``warm`` may be shared by several runs, and the caller ends it.
    ``notes`` holds, by the name of a step, what its failure means for this caller.

    Raises:
        StepFailedError: a step failed. Fact and hint are the step's own.
        StorageError: the device that holds the home is full or read-only.
        PipelineError: another pipeline runs in this home.
    """
    offer_environments()  # the steps' processes must read the same files
    with storage_reported(settings.home), contextlib.ExitStack() as ending:
        runs = settings.folder("runs")
        ending.enter_context(processes.only_run(runs))
        ending.enter_context(_terminable())
        processes.tidy_up_killed_runs(runs)
        started = now()
        record = RunRecord(
            # unique, because only one run can hold the home
            run_id=f"{started:%Y%m%d-%H%M%S}-{started.microsecond // 1000:03d}",
            pipeline=pipeline.name,
            environment=settings.environment,
            spec_name=spec_name,
            code_digest=arguments.get("code_digest", ""),
            arguments={key: value for key, value in arguments.items() if key != "spec"},
            started=started,
        )
        folder = settings.folder("runs", record.run_id)
        (folder / "logs").mkdir()
        progress = Progress(console or terminal(), notes)
        warm = warm or ending.enter_context(WarmSteps())
        run = _Run(record, folder, _child_environment(settings, environment), progress, warm)
        return _carry_out(run, pipeline.make, {**arguments, "environment": environment}, settings, cached)


def _carry_out(run: _Run, make: Any, arguments: dict[str, str], settings: Settings, cached: bool) -> RunRecord:
    since = time.monotonic()
    run.record.write(run.folder)
    run.progress.begin(run.record)
    try:
        succeeded = engine.run_locally(
            lambda: make(here),
            arguments,
            artefacts=run.folder / "artefacts",
            log=run.folder / "logs" / "engine.log",
            cache=open_cache(settings) if cached else None,
            observer=run,
        )
    except BaseException as error:
        run.end("interrupted", f"The run was stopped: {type(error).__name__}.", since)
        raise
    if not succeeded:
        step, said = run.failed or (run.record.steps[-1], run.failure())
        run.end("failed", said["message"], since)
        raise StepFailedError(said["fact"], said["hint"], run.record, step)
    run.end("succeeded", "", since)
    return run.record


def _child_environment(settings: Settings, environment: str) -> dict[str, str]:
    """The variables of a step's process: the same settings, and one compute thread unless the caller has set more."""
    defaults = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(COMPUTE_THREADS))
    return {
        **defaults,
        **os.environ,
        **overrides_of(settings, environment),
        "MATCHWRIGHT_HOME": str(settings.home.absolute()),
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does: the step is stopped, and this is recorded."""

    def stop(number: int, frame: Any) -> None:
        sys.exit(128 + number)

    try:
        previous = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # this is not the main thread, and only that can handle signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
