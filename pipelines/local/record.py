"""The record of a local run: its steps, their times and their results."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from matchwright.files import write_whole
from matchwright.supervisor.process import Identity

RunStatus = Literal["running", "succeeded", "failed", "interrupted"]
StepStatus = Literal["running", "done", "cached", "failed", "interrupted"]


class StepRecord(BaseModel):
    """One step. ``artefacts`` maps output names to paths, ``outputs`` to small values."""

    name: str
    status: StepStatus = "running"
    started: datetime
    seconds: float = 0.0
    log: str = ""
    artefacts: dict[str, str] = {}
    outputs: dict[str, Any] = {}
    error: str = ""
    process: Identity | None = None


class RunRecord(BaseModel):
    """One run. It is written to ``run.json`` in the run's folder after every change."""

    model_config = ConfigDict(validate_assignment=True)

    run_id: str
    pipeline: str
    environment: str
    spec_name: str = ""
    code_digest: str
    arguments: dict[str, str]
    status: RunStatus = "running"
    started: datetime
    seconds: float = 0.0
    error: str = ""
    steps: list[StepRecord] = []

    @classmethod
    def read(cls, folder: Path) -> "RunRecord":
        """Read the record of the run in ``folder``."""
        return cls.model_validate_json((folder / "run.json").read_text(encoding="utf-8"))

    def write(self, folder: Path) -> None:
        """Write the record atomically."""
        write_whole(folder / "run.json", self.model_dump_json(indent=2) + "\n")

    def output(self, step: str, name: str = "Output") -> Any:
        """An output value of ``step``. If several tasks have this name, it is the last one's."""
        return next(s.outputs[name] for s in reversed(self.steps) if s.name == step and name in s.outputs)


def now() -> datetime:
    """The time in UTC, to the millisecond."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def below(runs: Path, recorded: str) -> Path:
    """The place of an artefact in this folder of runs. Its record names where the home was when the run was made."""
    parts = Path(recorded).parts
    if Path(recorded).is_relative_to(runs) or runs.name not in parts:
        return Path(recorded)
    last = len(parts) - parts[::-1].index(runs.name)
    return runs.joinpath(*parts[last:])


def run_folders(runs: Path) -> list[Path]:
    """The folders of all recorded runs, oldest first."""
    return sorted(path.parent for path in runs.glob("*/run.json"))
