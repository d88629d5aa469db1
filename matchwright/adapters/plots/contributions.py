"""Plots of the contributions of groups of comparisons to scores, in log-odds. shap draws them from arrays."""

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
    """The contributions of each group over many pairs: one dot per pair and group.

    Args:
        contributions: (pairs, groups), log-odds, without the base value.
        values: the main comparison of each group, same shape, NaN where missing (drawn grey).
        names: the groups' names.
        path: the PNG to write.
        most: the number of groups shown. The others are drawn as one sum.
    """
    import shap

    # Evenly spaced, so that the same input gives the same picture. More dots only make the file larger.
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
    """The contributions to the score of one pair, from the base value to the sum.

    Args:
        contributions: (groups,), log-odds.
        base: the base value, log-odds.
        values: the main comparison of each group, NaN where missing.
        names: the groups' names.
        title: a title without any value or id of a record, for example with the pair's band.
        path: the PNG to write.
        most: the number of rows shown.
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
    """A new figure for shap, which draws on pyplot's current figure. It is saved and closed at the end.

    shap chooses the size of the figure, and places its texts for this size. So only the dots per inch are reduced.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, state = pyplot.figure(), np.random.get_state()
    np.random.seed(0)  # shap uses numpy's global generator to spread its dots
    try:
        yield figure
        figure.set_layout_engine("tight")
        save(figure, path, DOTS_PER_INCH)
    finally:
        np.random.set_state(state)
        pyplot.close(figure)
