"""Contributions of groups of comparisons to scores, in log-odds, drawn by shap from arrays that the scorer gave."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from matchwright.adapters.plots.style import save

MOST_POINTS = 1_000
DOTS_PER_INCH = 85
AXIS = "contribution to the score (log-odds)"

Array = np.ndarray[Any, Any]


def plot_importance(contributions: Array, values: Array, names: Sequence[str], path: Path, most: int = 12) -> Path:
    """What each group does over many pairs: one dot per pair and group.

    Args:
        contributions: (pairs, groups), log-odds, without the base value.
        values: the comparison each group's evidence is read off, same shape, NaN where missing (drawn grey).
        names: the groups' names.
        path: the PNG to write.
        most: groups shown; the rest are summed up.
    """
    import shap

    # Evenly spaced, so that the same input gives the same picture; more dots only blur and weigh.
    chosen = np.unique(np.linspace(0, len(contributions) - 1, min(MOST_POINTS, len(contributions))).astype(int))
    explanation = shap.Explanation(values=contributions[chosen], data=values[chosen], feature_names=list(names))
    with _shap_figure(path):
        axes = shap.plots.beeswarm(
            explanation, max_display=most, show=False, s=6, plot_size=(7.2, 5.4), color_bar_label="comparison"
        )
        axes.set_xlabel(AXIS)
    return path


def plot_waterfall(
    contributions: Array, base: float, values: Array, names: Sequence[str], title: str, path: Path, most: int = 10
) -> Path:
    """How one pair's score comes about, from the base value to the sum.

    Args:
        contributions: (groups,), log-odds.
        base: the base value, log-odds.
        values: the comparison each group's evidence is read off, NaN where missing.
        names: the groups' names.
        title: what the pair shows, such as its band; no record's value or id.
        path: the PNG to write.
        most: rows shown.
    """
    import shap

    explanation = shap.Explanation(
        values=contributions, base_values=float(base), data=np.round(values, 3), feature_names=list(names)
    )
    with _shap_figure(path) as figure:
        shap.plots.waterfall(explanation, max_display=most, show=False)
        figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    return path


@contextmanager
def _shap_figure(path: Path) -> Iterator[Any]:
    """shap draws on pyplot's current figure: give it one of its own, save it and close it.

    shap lays texts out for the size it sets itself, so the picture is made smaller by its dots per inch.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, state = pyplot.figure(), np.random.get_state()
    np.random.seed(0)  # shap spreads its dots by numpy's global generator
    try:
        yield figure
        figure.set_layout_engine("tight")
        save(figure, path, DOTS_PER_INCH)
    finally:
        np.random.set_state(state)
        pyplot.close(figure)
