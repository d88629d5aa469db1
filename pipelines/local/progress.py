"""Show a run to its user: one line per step, and the newest log line of the running step."""

import re
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread

from rich.console import Console
from rich.status import Status

from matchwright.terminal import styled
from pipelines.local.record import RunRecord, StepRecord

# Matchwright's own lines. Those of the engine and of other libraries say nothing about the work.
_LOGGED = re.compile(rb"^\[[^\]]* INFO matchwright[\w.]*\]: ([^\n]+)$", re.MULTILINE)
_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_BETWEEN_LINES = 10.0
_LAST_BYTES = 4_096

_WORDS = {"done": ("done", "green"), "cached": ("kept", "cyan"), "failed": ("failed", "red")}
_NOTED = ("alarm", "yellow")
NOTES = {"alarm": "alarm raised"}
"""Steps whose failure is not a fault: their names, and what the failure means."""


class Progress:
    """Prints each step with its status and seconds.

    A terminal shows a spinner for the running step. Elsewhere a line is printed every ten seconds.
    """

    def __init__(self, console: Console, notes: Mapping[str, str] = {}) -> None:
        self._notes = {**NOTES, **notes}
        self._console = console
        self._console.file = console.file  # keep the present stdout: the engine redirects it later
        self._status: Status | None = None
        self._ended = Event()

    def begin(self, record: RunRecord) -> None:
        """Print which run this is."""
        subject = (" for ", (record.spec_name, "bold")) if record.spec_name else ()
        where = (" in ", (record.environment, "bold"), f", run {record.run_id}")
        self._console.print(styled((record.pipeline, "bold"), *subject, *where))

    def step_begins(self, step: StepRecord) -> None:
        """Show the step as running."""
        self._ended = Event()
        if self._console.is_terminal:
            self._status = self._console.status(styled(f"  {step.name} ..."))
            self._status.start()
            thread = Thread(target=_follow, args=(Path(step.log), step.name, self._status, self._ended), daemon=True)
        else:
            thread = Thread(target=_repeat, args=(Path(step.log), step.name, self._console, self._ended), daemon=True)
        thread.start()

    def step_ends(self, step: StepRecord) -> None:
        """Print the step's status and seconds."""
        self.stop()
        note = self._notes.get(step.name, "") if step.status == "failed" else ""
        word, colour = _NOTED if note else _WORDS[step.status]
        line = f" {step.name:<14} {step.seconds:7.1f} s  {note}".rstrip()
        self._console.print(styled("  ", (f"{word:<7}", colour), line))

    def stop(self) -> None:
        """Stop the spinner."""
        self._ended.set()
        if self._status is not None:
            self._status.stop()
            self._status = None


def _follow(log: Path, step: str, status: Status, ended: Event) -> None:
    """Show the newest line of the step's log in the status, until the step ends."""
    while not ended.wait(_SECONDS_BETWEEN_LOOKS):
        if line := newest_line(log):
            status.update(styled(f"  {step}: {line}"))


def _repeat(log: Path, step: str, console: Console, ended: Event) -> None:
    """Print the newest line of the step's log every ten seconds, until the step ends."""
    seconds = 0.0
    while not ended.wait(_SECONDS_BETWEEN_LINES):
        seconds += _SECONDS_BETWEEN_LINES
        line = f"  running {step:<14} {seconds:7.0f} s  {newest_line(log)}".rstrip()
        console.print(styled(line), soft_wrap=True)


def newest_line(log: Path) -> str:
    """The newest line that a step logged. Empty if it has logged nothing yet."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _LAST_BYTES))
        lines = _LOGGED.findall(file.read())
    return lines[-1].decode("utf-8", "replace")[:100] if lines else ""
