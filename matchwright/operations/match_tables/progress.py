"""How far a run is, in words."""

import logging
import time
from collections.abc import Callable

from matchwright.matching.partitions import Progress

EVERY = 5.0
"""Seconds between two lines about one stage."""

_log = logging.getLogger(__name__)


def progress_line(progress: Progress) -> str:
    """A stage, how far it is, and the time that is left at this rate."""
    text = progress.stage
    if progress.of:
        text += f": {progress.done:,} of {progress.of:,}"
    if progress.rate and progress.seconds_left is not None:
        text += f", {progress.rate:,.0f} a second, {progress.seconds_left:,.0f} s left"
    return text


class ProgressLines:
    """Passes on a line when a stage begins, and then every few seconds. By default lines are logged."""

    def __init__(self, show: Callable[[str], None] = _log.info) -> None:
        self._show, self._stage, self._next = show, "", 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage == self._stage and now < self._next:
            return
        self._stage, self._next = progress.stage, now + EVERY
        self._show(progress_line(progress))
