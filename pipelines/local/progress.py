"""A run as its user sees it: one line per step."""

from rich.console import Console
from rich.status import Status

from pipelines.local.record import RunRecord, StepRecord

_WORDS = {"done": ("done", "green"), "cached": ("kept", "cyan"), "failed": ("failed", "red")}


class Progress:
    """Prints each step with its seconds and status; on a terminal the running one spins."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._console.file = console.file  # where stdout leads now, whatever the engine does to it later
        self._status: Status | None = None

    def begin(self, record: RunRecord) -> None:
        """Say which run this is."""
        subject = f" for [bold]{record.spec_name}[/]" if record.spec_name else ""
        where = f"in [bold]{record.environment}[/], run {record.run_id}"
        self._console.print(f"[bold]{record.pipeline}[/]{subject} {where}", highlight=False)

    def step_begins(self, step: StepRecord) -> None:
        """Show the step as running."""
        self._status = self._console.status(f"  {step.name} ...")
        self._status.start()

    def step_ends(self, step: StepRecord) -> None:
        """Print what became of the step."""
        self.stop()
        word, colour = _WORDS[step.status]
        self._console.print(f"  [{colour}]{word:<7}[/] {step.name:<14} {step.seconds:7.1f} s", highlight=False)

    def stop(self) -> None:
        """Leave the terminal as it was."""
        if self._status is not None:
            self._status.stop()
            self._status = None
