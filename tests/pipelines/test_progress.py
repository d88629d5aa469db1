"""The progress of a running step in the output."""

from io import StringIO
from pathlib import Path
from threading import Event

import pytest
from rich.console import Console

from pipelines.local.progress import Progress, newest_line
from pipelines.local.record import StepRecord, now

LOG = """\
[KFP Executor 2026-01-01 10:00:00,000 INFO]: Got executor_input:
{"inputs": {"spec": "name: persons"}}
[2026-01-01 10:00:00,000 INFO matchwright.training.learning]: scorer: epoch 25, validation log loss 0.0516
[2026-01-01 10:00:01,000 INFO matchwright.training.learning]: scorer: epoch 50, validation log loss 0.0054
[2026-01-01 10:00:02,000 INFO feast.infra.registry]: Registry cache expired, so refreshing
[KFP Executor 2026-01-01 10:00:02,000 INFO]: Wrote executor output file to /home/somebody/runs/executor_output.json.
a warning of a library
"""


def test_the_newest_line_is_from_the_log_of_the_step_itself(tmp_path: Path):
    log = tmp_path / "train.log"
    log.write_text(LOG)
    assert newest_line(log) == "scorer: epoch 50, validation log loss 0.0054"


def test_a_missing_log_or_a_log_without_own_lines_has_no_newest_line(tmp_path: Path):
    assert newest_line(tmp_path / "none.log") == ""
    (tmp_path / "quiet.log").write_text("Traceback\n")
    assert newest_line(tmp_path / "quiet.log") == ""


def output_of(step: StepRecord, notes: dict[str, str] | None = None) -> str:
    console = Console(file=StringIO(), width=100)
    progress = Progress(console, notes or {})
    progress.step_begins(step)
    progress.step_ends(step)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_an_alarm_is_not_shown_as_a_failure() -> None:
    alarm = StepRecord(name="alarm", status="failed", started=now(), seconds=2.0)

    assert output_of(alarm).split() == ["alarm", "alarm", "2.0", "s", "alarm", "raised"]
    assert "alarm raised, as intended" in output_of(alarm, {"alarm": "alarm raised, as intended"})
    assert output_of(StepRecord(name="train", status="failed", started=now())).split()[0] == "failed"


def test_without_a_terminal_a_long_step_is_printed_repeatedly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.local.progress._SECONDS_BETWEEN_LINES", 0.01)
    log = tmp_path / "train.log"
    log.write_text(LOG)
    lines = Lines()
    progress = Progress(Console(file=lines, width=100))
    progress.step_begins(StepRecord(name="train", started=now(), log=str(log)))

    assert lines.first.wait(timeout=30)
    progress.stop()

    assert "running train" in lines.getvalue()
    assert "epoch 50" in lines.getvalue()


class Lines(StringIO):
    """A file with an event that is set when a running step was printed."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Event()

    def write(self, text: str) -> int:
        written = super().write(text)
        if "running" in text:
            self.first.set()
        return written
