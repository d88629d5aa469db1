"""A plot of training curves."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matchwright.adapters.plots.style import BLUE, GREEN, GREY, ORANGE, figure_to


def plot_training(curves: Mapping[str, Sequence[float]], rounds: str, measure: str, path: Path, best: int = 0) -> Path:
    """One line per named curve over the rounds, from 1.

    Args:
        curves: up to four, such as ``{"train": [...], "validation": [...]}``.
        rounds: the name of a round (``tree``, ``epoch``).
        measure: what the curves measure (``log loss``).
        path: the PNG to write.
        best: the round that was kept. It is marked if it is not 0.
    """
    with figure_to(path, f"Training: {measure} by {rounds}") as (_, axes):
        for (name, values), colour in zip(curves.items(), (BLUE, ORANGE, GREEN, GREY), strict=False):
            axes.plot(range(1, len(values) + 1), values, color=colour, label=name)
        if best:
            axes.axvline(best, color=GREY, linestyle="--", label=f"kept: {rounds} {best}")
        axes.set(xlabel=rounds, ylabel=measure)
        if all(value > 0 for values in curves.values() for value in values):
            axes.set_yscale("log")
        axes.legend()
    return path
