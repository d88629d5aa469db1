"""Positions in the charts of the report, in percent of their width or height."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

THINNEST = 0.4
"""The width of a bar for a number that is small and not 0, in percent."""

SIZE_CLASSES = ((11, 20), (21, 50), (51, 100), (101, 1_000), (1_001, None))
"""Cluster sizes that are shown together; smaller ones are shown one by one."""


@dataclass(frozen=True)
class Bar:
    """One bar with its label, its number as text, and its width."""

    label: str
    text: str
    width: float


def linear_bars(numbers: Sequence[tuple[str, float, str]]) -> list[Bar]:
    """Bars from labels, numbers and their texts. The largest number has the whole width."""
    largest = max((number for _, number, _ in numbers), default=0) or 1
    return [Bar(label, text, _width(number / largest, number)) for label, number, text in numbers]


def log_bars(numbers: Sequence[tuple[str, int]]) -> list[Bar]:
    """Bars on a logarithmic scale, because a funnel spans many powers of ten."""
    largest = max((number for _, number in numbers), default=0)
    return [Bar(label, f"{number:,}", _width(log_share(number, largest), number)) for label, number in numbers]


def log_share(number: float, largest: float) -> float:
    """The height of a number on a logarithmic scale, from 0 for 0 to 1 for the largest."""
    return log10(number + 1) / log10(largest + 1) if largest else 0.0


def histogram(counts: Sequence[int], bands: dict[str, float]) -> dict[str, Any]:
    """The bars of a score histogram on a logarithmic scale, its ticks, and the ranges of the three bands."""
    largest, width = max(counts, default=0), 100 / max(len(counts), 1)
    bars = [
        {
            "x": round(position * width, 3),
            "height": round(100 * log_share(count, largest), 2),
            "title": f"{position / len(counts):.2f} to {(position + 1) / len(counts):.2f}: {count:,} pairs",
        }
        for position, count in enumerate(counts)
    ]
    powers = [10**power for power in range(len(str(largest))) if 10**power <= largest]
    ticks = [{"y": round(100 * log_share(power, largest), 2), "text": f"{power:,}"} for power in powers]
    longest = max((len(f"{power:,}") for power in powers), default=1)
    review, match = 100 * bands["review_from"], 100 * bands["match_from"]
    ranges = [("no_match", 0.0, review), ("review", review, match - review), ("match", match, 100 - match)]
    return {"bars": bars, "width": round(width, 3), "ticks": ticks, "longest_tick": longest, "ranges": ranges}


def size_bars(by_size: dict[str, int]) -> list[Bar]:
    """How many clusters have each size; large sizes are shown together."""
    counts = {int(size): count for size, count in by_size.items()}
    numbers = [(_records(size), counts[size]) for size in sorted(counts) if size < SIZE_CLASSES[0][0]]
    for first, last in SIZE_CLASSES:
        inside = sum(count for size, count in counts.items() if size >= first and (last is None or size <= last))
        if inside:
            label = f"more than {first - 1:,} records" if last is None else f"{first:,} to {last:,} records"
            numbers.append((label, inside))
    return linear_bars([(label, number, f"{number:,}") for label, number in numbers])


def _records(size: int) -> str:
    return "1 record" if size == 1 else f"{size} records"


def _width(share: float, number: float) -> float:
    return round(max(100 * share, THINNEST if number else 0.0), 2)
