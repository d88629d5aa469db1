"""The decision log: decisions and the comparisons behind them, but no values of records."""

import errno
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

_PART = 65_536
"""Bytes searched at a time for the end of the last whole line."""


@dataclass(frozen=True)
class LoggedDecision:
    """One line of the decision log. ``pair`` is a pseudonym, ``bundle`` is a digest, reasons and hint are codes.

    With the bundle, ``comparisons`` and ``prior_shift``, the decision can be replayed. A line without ``prior_shift``
    is from before that key existed: the prior was not restated. ``unreadable`` names the values of the request that
    could not be read, by side and field.
    """

    decision_id: str
    time: str
    name: str
    bundle: str
    mode: str
    kind: Literal["pair", "rank"]
    pair: str | None
    score: float | None
    band: str
    reasons: tuple[str, ...]
    comparisons: dict[str, float | None]
    hint: tuple[str, ...] = ()
    prior_shift: float | None = None
    unreadable: tuple[str, ...] = ()


class DecisionLog:
    """Appends JSON lines to ``<folder>/<YYYY-MM-DD>/<pid>.jsonl``. Days are in UTC. A file has one writer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, decisions: Sequence[LoggedDecision], now: datetime | None = None) -> None:
        """Append one line for each decision: all of them, or none if the log cannot be written.

        Raises:
            OSError: the log cannot be written.
        """
        day = self._folder / f"{(now or datetime.now(UTC)).astimezone(UTC):%Y-%m-%d}"
        day.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(vars(decision), separators=(",", ":")) + "\n" for decision in decisions)
        file = os.open(day / f"{os.getpid()}.jsonl", os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            _append(file, lines.encode())
        finally:
            os.close(file)


def _append(file: int, content: bytes) -> None:
    """Write all of the content after the last whole line. If that fails, the file is as before."""
    end = _end_of_lines(file)
    left = memoryview(content)
    try:
        while left:  # one call may write less than it is given
            written = os.write(file, left)
            if not written:
                raise OSError(errno.EIO, "nothing was written")
            left = left[written:]
    except BaseException:
        os.ftruncate(file, end)
        raise


def _end_of_lines(file: int) -> int:
    """Where the next line starts. A torn line at the end is removed: its decision was never returned.

    It is left by a process of the same number that was killed, or by a full disk on which nothing could be mended.
    """
    size = end = os.fstat(file).st_size
    while end:
        start = max(end - _PART, 0)
        found = os.pread(file, end - start, start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end < size:
        os.ftruncate(file, end)
    return end
