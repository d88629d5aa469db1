"""Partitions of pairs: worked on one at a time in each process, so that memory does not grow with the pairs."""

import gc
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

BYTES_PER_PAIR = 3_000
"""What comparing a pair takes at most, measured with the persons spec: features of both records and comparisons."""
FEWEST, MOST = 10_000, 100_000
"""The fewest and the most pairs of a partition. From :data:`MOST` on, comparing gets no faster."""


@dataclass(frozen=True)
class Progress:
    """How far a stage is: ``done`` of ``of`` pairs, after so many seconds of this run."""

    stage: str
    done: int
    of: int
    seconds: float
    begun_at: int = 0

    @property
    def rate(self) -> float:
        """Pairs a second in this run; 0 before the first partition."""
        return (self.done - self.begun_at) / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """The time left at this rate; None while it is not known."""
        return (self.of - self.done) / self.rate if self.rate else None


Report = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Report nothing."""


def partition_size(memory: int, workers: int) -> int:
    """How many pairs are worked on at a time, for all processes together to stay within ``memory`` bytes."""
    return max(FEWEST, min(MOST, memory // (BYTES_PER_PAIR * workers)))


def partitions(pairs: int, size: int) -> list[slice]:
    """Slices of at most ``size`` pairs that follow each other."""
    return [slice(start, min(start + size, pairs)) for start in range(0, pairs, size)]


def run_partitions(
    stage: str,
    slices: Sequence[slice],
    is_done: Callable[[int], bool],
    work: Callable[[int, slice], None],
    workers: int,
    report: Report = silent,
) -> None:
    """Call ``work`` for the number and the slice of each partition that is not done.

    With several workers each is a process forked from this one. So it shares the records and the model, and ``work``
    must keep its result in a file.

    Raises:
        Exception: whatever ``work`` raises, of the first partition that fails.
    """
    total = slices[-1].stop if slices else 0
    open_numbers = [number for number in range(len(slices)) if not is_done(number)]
    begun_at = total - sum(slices[number].stop - slices[number].start for number in open_numbers)
    begun, done = time.monotonic(), begun_at
    report(Progress(stage, done, total, 0.0, begun_at))
    for number in _finished(open_numbers, partial(_one, work, slices), workers):
        done += slices[number].stop - slices[number].start
        report(Progress(stage, done, total, time.monotonic() - begun, begun_at))


def in_processes(work: Callable[[int], Any], count: int, workers: int) -> Iterator[Any]:
    """What ``work`` gives for each number below ``count``, in their order.

    As in :func:`run_partitions`, several workers are forked from this process. What they give is sent back.

    Raises:
        Exception: whatever ``work`` raises.
    """
    yield from _finished(list(range(count)), work, workers, in_order=True)


def _one(work: Callable[[int, slice], None], slices: Sequence[slice], number: int) -> int:
    work(number, slices[number])
    return number


def _finished(numbers: list[int], one: Callable[[int], Any], workers: int, *, in_order: bool = False) -> Iterator[Any]:
    if workers == 1 or len(numbers) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(one, numbers)
        return
    global _work  # a forked process inherits it; sending records and model to it would copy them
    _work = one
    gc.freeze()  # looking for garbage among all that is inherited would copy it, and takes time
    try:
        with multiprocessing.get_context("fork").Pool(min(workers, len(numbers))) as pool:
            yield from (pool.imap if in_order else pool.imap_unordered)(_inherited, numbers)
    finally:
        gc.unfreeze()


_work: Any = None


def _inherited(number: int) -> Any:
    return _work(number)
