"""The common style of all plots, and how a figure is saved."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from matchwright.files import replacing

BLUE, ORANGE, GREEN, GREY = "#2166ac", "#d95f02", "#1b7837", "#767676"
BAND_COLOURS = {"match": GREEN, "review": "#e6ab02", "no_match": GREY}
DOTS_PER_INCH = 100

_STYLE: Any = {
    "figure.dpi": DOTS_PER_INCH,
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e5e5e5",
    "legend.frameon": False,
}


@contextmanager
def figure_to(path: Path, title: str, width: float = 6.4, height: float = 4.2) -> Iterator[tuple[Any, Any]]:
    """A figure and its axes to draw on, saved as a PNG at ``path`` when the block ends.

    It does not use pyplot's global state, so a server may plot from several threads.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(title)
        yield figure, axes
        save(figure, path)


def save(figure: Any, path: Path, dots_per_inch: int = DOTS_PER_INCH) -> Path:
    """Write a figure atomically as a PNG of 256 colours. The same figure gives the same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    figure.set_dpi(dots_per_inch)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    # With a palette the file has a third of the size. A model card shows about twelve plots.
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    with replacing(path) as file:
        image.save(file, format="png", optimize=True)
    return path


def mark_bands(axes: Any, review_from: float, match_from: float) -> None:
    """Draw the thresholds of the bands as vertical lines."""
    axes.axvline(review_from, color=BAND_COLOURS["review"], linestyle="--", label=f"review from {review_from:.3g}")
    axes.axvline(match_from, color=BAND_COLOURS["match"], linestyle="--", label=f"match from {match_from:.3g}")
