"""A plot of F1 by slice."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from matchwright.adapters.plots.style import BLUE, GREY, figure_to


def plot_slices(
    names: Sequence[str],
    f1: Sequence[tuple[float, float, float] | None],
    overall: float,
    path: Path,
    minimum: float = 0.0,
) -> Path:
    """F1 of each slice with its interval.

    Args:
        names: the slices, the first on top.
        f1: value, lower and upper bound of each slice. None for a slice with too few true pairs.
        overall: F1 of all pairs, drawn as a line.
        path: the PNG to write.
        minimum: the gate on slices, drawn if not 0.
    """
    rows = np.arange(len(names))
    with figure_to(path, "F1 by slice, with 95 % intervals", height=1.6 + 0.42 * max(len(names), 1)) as (_, axes):
        for row, figures in zip(rows, f1, strict=True):
            if figures is None:
                axes.text(
                    0.02,
                    row,
                    "too few true pairs",
                    color=GREY,
                    va="center",
                    transform=axes.get_yaxis_transform(),
                )
                continue
            value, lower, upper = figures
            axes.barh(row, value, color=BLUE, alpha=0.6, height=0.6)
            axes.errorbar(value, row, xerr=[[value - lower], [upper - value]], color="black", capsize=3)
        axes.axvline(overall, color=BLUE, linestyle="--", label=f"all pairs: {overall:.3f}")
        if minimum:
            axes.axvline(minimum, color="#b2182b", linestyle=":", label=f"gate: {minimum:.3g}")
        known = [figures[1] for figures in f1 if figures is not None] + [overall, minimum or overall]
        axes.set(yticks=rows, yticklabels=list(names), xlabel="F1")
        axes.set_xlim(max(0.0, min(known) - 0.1), 1.0)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.grid(visible=False, axis="y")
        axes.figure.legend(loc="outside lower right", ncols=2)
    return path
