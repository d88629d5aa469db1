"""The decision log holds whole lines, also if the system writes less than it is given."""

import errno
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from serving.decision_log import DecisionLog, LoggedDecision

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def decision(number: int, comparisons: int = 3) -> LoggedDecision:
    return LoggedDecision(
        decision_id=f"{number:032x}",
        time=NOON.isoformat(),
        name="persons",
        bundle="0" * 64,
        mode="full",
        kind="pair",
        pair=None,
        score=0.5,
        band="review",
        reasons=("SURNAME_AGREES",),
        comparisons={f"surname__{index}": 0.25 for index in range(comparisons)},
    )


def file_of(folder: Path) -> Path:
    return folder / "2026-03-04" / f"{os.getpid()}.jsonl"


def logged(folder: Path) -> list[str]:
    content = file_of(folder).read_text()
    assert content == "" or content.endswith("\n")
    return [json.loads(line)["decision_id"] for line in content.splitlines()]


def ids(*numbers: int) -> list[str]:
    return [f"{number:032x}" for number in numbers]


@pytest.fixture
def write_at_most(monkeypatch: pytest.MonkeyPatch):
    """Let each call write a number of bytes at most, and let the disk be full after a number of bytes."""
    whole = os.write

    def limit(most: int, space: int | None = None) -> None:
        room = [space]

        def short(file: int, content) -> int:
            if room[0] == 0:
                raise OSError(errno.ENOSPC, "no space left on device")
            size = min(most, len(content), len(content) if room[0] is None else room[0])
            if room[0] is not None:
                room[0] -= size
            return whole(file, bytes(content[:size]))

        monkeypatch.setattr(os, "write", short)

    return limit


@pytest.mark.parametrize("most", [1, 100, 4096])
def test_short_writes_are_completed(tmp_path, write_at_most, most):
    write_at_most(most)
    log = DecisionLog(tmp_path)
    log.write([decision(1), decision(2)], NOON)
    log.write([decision(3, comparisons=500)], NOON)
    assert logged(tmp_path) == ids(1, 2, 3)


def test_the_log_is_a_file_that_nobody_can_run(tmp_path):
    earlier = os.umask(0)
    try:
        DecisionLog(tmp_path).write([decision(1)], NOON)
    finally:
        os.umask(earlier)
    assert file_of(tmp_path).stat().st_mode & 0o777 == 0o666


@pytest.mark.parametrize("lines_that_fit", [0, 0.5, 1, 1.5])
def test_if_the_disk_is_full_no_line_of_the_request_stays_in_the_log(tmp_path, write_at_most, lines_that_fit):
    log = DecisionLog(tmp_path)
    log.write([decision(1)], NOON)
    before = file_of(tmp_path).read_bytes()
    write_at_most(10_000, space=int(lines_that_fit * len(before)))
    with pytest.raises(OSError, match="no space"):
        log.write([decision(2), decision(3)], NOON)
    assert file_of(tmp_path).read_bytes() == before
    write_at_most(10_000)
    log.write([decision(4)], NOON)
    assert logged(tmp_path) == ids(1, 4)


def test_a_write_that_writes_nothing_is_an_error_and_does_not_go_on_forever(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", lambda file, content: 0)
    with pytest.raises(OSError, match="nothing was written"):
        DecisionLog(tmp_path).write([decision(1)], NOON)
    assert logged(tmp_path) == []


@pytest.mark.parametrize("torn", ['{"decision_id": "dead', "x" * 200_000, "x"])
@pytest.mark.parametrize("lines", [0, 1, 2])
def test_a_torn_line_of_a_process_that_was_killed_does_not_tear_the_next_line(tmp_path, torn, lines):
    log = DecisionLog(tmp_path)
    log.write([decision(number) for number in range(lines)], NOON)
    with file_of(tmp_path).open("a") as file:
        file.write(torn)
    log.write([decision(9)], NOON)
    assert logged(tmp_path) == ids(*range(lines), 9)
