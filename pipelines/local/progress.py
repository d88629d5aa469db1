"""A run as its user sees it: one line per step, and on a terminal what the running one last said."""

import re
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from pipelines.local.record import RunRecord, StepRecord

# Lines that name a path are the engine's and the libraries', and tell nothing of the work.
_SAID = re.compile(rb"^\[KFP Executor [^\]]* INFO\]: ([^/\n]+)$", re.MULTILINE)
_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_BETWEEN_LINES = 10.0
_LAST_BYTES = 4_096

_WORDS = {"done": ("done", "green"), "cached": ("kept", "cyan"), "failed": ("failed", "red")}
_NOTED = ("alarm", "yellow")
NOTES = {"alarm": "alarm raised"}
"""Steps whose failure is the system at work, by name, and what it means."""


class Progress:
    """Prints each step with its seconds and status.

    On a terminal the running one spins; elsewhere it is named again every ten seconds.
    """

    def __init__(self, console: Console, notes: Mapping[str, str] = {}) -> None:
        self._notes = {**NOTES, **notes}
        self._console = console
        self._console.file = console.file  # where stdout leads now, whatever the engine does to it later
        self._status: Status | None = None
        self._ended = Event()

    def begin(self, record: RunRecord) -> None:
        """Say which run this is."""
        subject = f" for [bold]{record.spec_name}[/]" if record.spec_name else ""
        where = f"in [bold]{record.environment}[/], run {record.run_id}"
        self._console.print(f"[bold]{record.pipeline}[/]{subject} {where}", highlight=False)

    def step_begins(self, step: StepRecord) -> None:
        """Show the step as running."""
        self._ended = Event()
        if self._console.is_terminal:
            self._status = self._console.status(f"  {step.name} ...")
            self._status.start()
            thread = Thread(target=_follow, args=(Path(step.log), step.name, self._status, self._ended), daemon=True)
        else:
            thread = Thread(target=_repeat, args=(Path(step.log), step.name, self._console, self._ended), daemon=True)
        thread.start()

    def step_ends(self, step: StepRecord) -> None:
        """Print what became of the step."""
        self.stop()
        note = self._notes.get(step.name, "") if step.status == "failed" else ""
        word, colour = _NOTED if note else _WORDS[step.status]
        line = f"  [{colour}]{word:<7}[/] {step.name:<14} {step.seconds:7.1f} s  {note}"
        self._console.print(line.rstrip(), highlight=False)

    def stop(self) -> None:
        """Leave the terminal as it was."""
        self._ended.set()
        if self._status is not None:
            self._status.stop()
            self._status = None


def _follow(log: Path, step: str, status: Status, ended: Event) -> None:
    """Keep the status at the newest line that the step logged, until it ends."""
    while not ended.wait(_SECONDS_BETWEEN_LOOKS):
        if said := newest_line(log):
            status.update(f"  {step}: {escape(said)}")


def _repeat(log: Path, step: str, console: Console, ended: Event) -> None:
    """Print a line every ten seconds, with the newest line that the step logged, until it ends."""
    seconds = 0.0
    while not ended.wait(_SECONDS_BETWEEN_LINES):
        seconds += _SECONDS_BETWEEN_LINES
        said = escape(newest_line(log))
        console.print(f"  running {step:<14} {seconds:7.0f} s  {said}".rstrip(), highlight=False, soft_wrap=True)


def newest_line(log: Path) -> str:
    """What a step's log says last, in the step's own words; empty while it has said nothing."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _LAST_BYTES))
        said = _SAID.findall(file.read())
    return said[-1].decode("utf-8", "replace")[:100] if said else ""
