"""What the stages of a benchmark take: shares of the processor time, and the peak of memory."""

import resource
import sys
import time


class Stages:
    """Adds up the processor time of all threads, by stage. The shares hardly depend on other load."""

    def __init__(self) -> None:
        self._taken: dict[str, float] = {}
        self._now: str | None = None
        self._since = time.process_time()

    def begin(self, stage: str) -> None:
        """End the stage before, and begin this one."""
        self.end()
        self._now = stage

    def end(self) -> None:
        """End the stage that has begun."""
        now = time.process_time()
        if self._now is not None:
            self._taken[self._now] = self._taken.get(self._now, 0.0) + now - self._since
        self._now, self._since = None, now

    def report(self) -> str:
        """The share of each stage so far, and the peak of memory of this process."""
        self.end()
        whole = max(sum(self._taken.values()), 1e-9)
        shares = ", ".join(f"{name} {taken / whole:.0%}" for name, taken in self._taken.items())
        return f"processor time {shares}; peak memory {peak_gigabytes():.1f} GB"


def peak_gigabytes() -> float:
    """The peak of the memory of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e9 if sys.platform == "darwin" else 1e6)
