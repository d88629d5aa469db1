"""The decision log: decisions and the comparisons behind them, but no values of records."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class LoggedDecision:
    """One line of the decision log. ``pair`` is a pseudonym, ``bundle`` is a digest, reasons and hint are codes."""

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


class DecisionLog:
    """Appends JSON lines to ``<folder>/<YYYY-MM-DD>/<pid>.jsonl``. Days are in UTC. A file has one writer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, decisions: Sequence[LoggedDecision], now: datetime | None = None) -> None:
        """Append one line for each decision, all in one write.

        Raises:
            OSError: the log cannot be written.
        """
        day = self._folder / f"{(now or datetime.now(UTC)).astimezone(UTC):%Y-%m-%d}"
        day.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(vars(decision), separators=(",", ":")) + "\n" for decision in decisions)
        with (day / f"{os.getpid()}.jsonl").open("ab", buffering=0) as file:
            file.write(lines.encode())
