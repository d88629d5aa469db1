"""Local runs: they are recorded and can be resumed. They reuse only results that are still valid."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parent))
import tiny_pipeline

from matchwright.errors import PipelineError, StorageError
from matchwright.supervisor.process import started_at
from pipelines.local.record import RunRecord, run_folders
from pipelines.run import StepFailedError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def statuses(record: RunRecord) -> dict[str, str]:
    return {step.name: step.status for step in record.steps}


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true in time"
        time.sleep(0.05)


def test_a_run_writes_a_record(home: Path) -> None:
    record = tiny_pipeline.run(home, "hello")

    folder = home / "runs" / record.run_id
    assert RunRecord.read(folder) == record
    assert record.status == "succeeded"
    assert statuses(record) == {"write": "done", "measure": "done", "say": "done"}
    assert record.output("say") == "it is long"
    assert Path(record.steps[1].artefacts["result"]).read_text() == "HELLO"
    assert all(step.seconds > 0 and Path(step.log).is_file() for step in record.steps)


def test_the_other_branch_runs_if_the_condition_is_false(home: Path) -> None:
    record = tiny_pipeline.run(home, "hi")

    assert record.output("say-2") == "it is short"


def test_each_step_is_shown_when_it_ends(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny_pipeline.run(home, "hello")

    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in shown[1:]] == [["done", "write"], ["done", "measure"], ["done", "say"]]


def test_unchanged_steps_are_reused_and_steps_without_a_cache_run_again(home: Path) -> None:
    first = tiny_pipeline.run(home, "hello")
    again = tiny_pipeline.run(home, "hello")

    assert statuses(again) == {"write": "cached", "measure": "cached", "say": "done"}
    assert again.steps[0].artefacts == first.steps[0].artefacts
    assert again.output("say") == "it is long"


@pytest.mark.parametrize("change", [{"text": "other"}, {"code_digest": "v2"}, {"cached": False}])
def test_a_change_of_input_or_code_runs_all_later_steps_again(home: Path, change: dict[str, object]) -> None:
    tiny_pipeline.run(home, "hello")

    again = tiny_pipeline.run(home, **{"text": "hello", **change})

    assert statuses(again) == {"write": "done", "measure": "done", "say": "done"}


def test_with_other_settings_no_step_is_reused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_pipeline.run(home, "hello")
    monkeypatch.setenv("MATCHWRIGHT_LAKE__URI", str(home / "cross_field"))

    assert statuses(tiny_pipeline.run(home, "hello"))["write"] == "done"


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("edited")])
def test_a_deleted_or_edited_artefact_is_made_again(home: Path, damage: Callable[[Path], object]) -> None:
    first = tiny_pipeline.run(home, "hello")
    damage(Path(first.steps[0].artefacts["folder"], "text.txt"))

    again = tiny_pipeline.run(home, "hello")

    assert statuses(again) == {"write": "done", "measure": "done", "say": "done"}
    assert Path(again.steps[1].artefacts["result"]).read_text() == "HELLO"


def test_steps_run_again_if_their_store_was_deleted(home: Path) -> None:
    tiny_pipeline.run(home, "hello")
    (home / "lake" / ".store-id").unlink()

    assert statuses(tiny_pipeline.run(home, "hello"))["write"] == "done"


def test_a_failed_step_is_reported_with_its_own_error(home: Path) -> None:
    with pytest.raises(StepFailedError) as caught:
        tiny_pipeline.run(home, "refuse")

    assert (caught.value.fact, caught.value.hint) == ("The text is refused.", "write another one")
    record = RunRecord.read(run_folders(home / "runs")[-1])
    assert record.status == "failed"
    assert statuses(record) == {"write": "done", "measure": "failed"}
    assert "The text is refused." in record.error


def test_every_failed_step_has_its_own_error_in_the_record(home: Path) -> None:
    with pytest.raises(StepFailedError) as caught:
        tiny_pipeline.run(home, "", pipeline=tiny_pipeline.FAILING)

    record = RunRecord.read(run_folders(home / "runs")[-1])
    assert {step.name: step.error.splitlines()[0] for step in record.steps} == {
        "fail": "This fails loudly.",
        "fail-2": "This fails gently.",
        "fail-3": "Step fail-3 failed without a message.",
        "fail-4": "Step fail-4 failed without a message.",
    }
    assert record.error == record.steps[0].error == caught.value.step.error


def test_a_step_that_could_not_say_why_it_failed_on_a_full_device_is_explained(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.run.nearly_full", lambda _: True)
    with pytest.raises(StepFailedError):
        tiny_pipeline.run(home, "", pipeline=tiny_pipeline.FAILING)

    record = RunRecord.read(run_folders(home / "runs")[-1])
    said = {step.name: step.error.splitlines()[0] for step in record.steps}
    full = f"No space is left on the device that holds {home}."
    assert said == {"fail": "This fails loudly.", "fail-2": "This fails gently.", "fail-3": full, "fail-4": full}


def test_a_device_that_is_full_for_the_record_of_a_run_is_reported(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as during:
        during.setattr(RunRecord, "write", full)
        with pytest.raises(StorageError, match=f"the device that holds {home}"):
            tiny_pipeline.run(home, "hello")

    assert tiny_pipeline.run(home, "hello").status == "succeeded"


def test_an_unexpected_error_is_reported_without_values(home: Path) -> None:
    with pytest.raises(StepFailedError, match=r"ValueError at ephemeral_component\.py"):
        tiny_pipeline.run(home, "break")

    texts = [path.read_text() for path in (home / "runs").rglob("*") if path.is_file() and "log" in path.parts[-2]]
    assert texts
    # The log has the line of our source code. It does not have the message of the library, which contains the value.
    assert not any("invalid literal" in text for text in texts)


def test_a_failed_step_runs_again_in_the_next_run(home: Path) -> None:
    for _ in range(2):
        with pytest.raises(StepFailedError) as caught:
            tiny_pipeline.run(home, "refuse")

    assert statuses(caught.value.run) == {"write": "cached", "measure": "failed"}


def test_a_killed_run_is_resumed_at_the_interrupted_step(home: Path, tmp_path: Path) -> None:
    pause = tmp_path / "pause"
    pause.touch()
    child = start_run(home, pause)
    wait_until(lambda: running_step(home) == "measure")
    step = RunRecord.read(run_folders(home / "runs")[-1]).steps[-1].process
    assert step is not None
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert started_at(step.pid), "the step still runs after its run was killed"
    pause.unlink()

    record = tiny_pipeline.run(home, "hello", str(pause))

    killed = RunRecord.read(run_folders(home / "runs")[0])
    assert (killed.status, statuses(killed)) == ("interrupted", {"write": "done", "measure": "interrupted"})
    assert not started_at(step.pid)
    assert statuses(record) == {"write": "cached", "measure": "done", "say": "done"}
    assert record.status == "succeeded"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_gets_a_stop_signal_also_stops_its_step(home: Path, tmp_path: Path, number: int) -> None:
    pause = tmp_path / "pause"
    pause.touch()
    child = start_run(home, pause)
    wait_until(lambda: running_step(home) == "measure")
    step = RunRecord.read(run_folders(home / "runs")[-1]).steps[-1].process
    assert step is not None

    child.send_signal(number)

    assert child.wait(timeout=20) != 0
    assert not started_at(step.pid)
    assert RunRecord.read(run_folders(home / "runs")[-1]).status == "interrupted"


def test_a_second_run_in_the_same_home_is_refused(home: Path, tmp_path: Path) -> None:
    pause = tmp_path / "pause"
    pause.touch()
    child = start_run(home, pause)
    wait_until(lambda: running_step(home) == "measure")

    with pytest.raises(PipelineError, match="Another pipeline runs in this home"):
        tiny_pipeline.run(home, "hello")

    pause.unlink()
    assert child.wait(timeout=30) == 0


def test_the_progress_is_written_to_the_console_of_the_caller(home: Path, tmp_path: Path) -> None:
    with (tmp_path / "shown.txt").open("w") as file:
        tiny_pipeline.run(home, "hello", console=Console(file=file))

    assert "measure" in (tmp_path / "shown.txt").read_text()


def start_run(home: Path, pause: Path) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if key != "MATCHWRIGHT_HOME"}
    command = [sys.executable, tiny_pipeline.__file__, str(home), "hello", str(pause)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def running_step(home: Path) -> str:
    for folder in run_folders(home / "runs"):
        for step in RunRecord.read(folder).steps:
            if step.status == "running" and step.process is not None:
                return step.name
    return ""
