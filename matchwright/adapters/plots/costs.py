"""What review costs and what it saves."""

from pathlib import Path

import pandas as pd

from matchwright.adapters.plots.style import BLUE, GREY, ORANGE, figure_to


def plot_review_load(curve: pd.DataFrame, review_share: float, cost: float, path: Path) -> Path:
    """Cost per 1,000 candidates against the share sent to review, with the chosen bands as a point.

    Args:
        curve: review_share (0..1), error_cost, review_cost and cost, of ``review_load``.
        review_share: what the bands send to review.
        cost: what the bands cost per 1,000 candidates.
        path: the PNG to write.
    """
    cheapest = float(curve["review_share"].to_numpy()[curve["cost"].to_numpy().argmin()])
    widest = min(1.0, max(0.1, 3 * review_share, 2 * cheapest))
    shown = curve[curve["review_share"] <= widest]
    percent = 100 * shown["review_share"]
    with figure_to(path, "Cost by review load, the most doubtful pairs reviewed first") as (_, axes):
        axes.plot(percent, shown["cost"], color=BLUE, linewidth=2, label="total")
        axes.plot(percent, shown["error_cost"], color=ORANGE, label="errors left")
        axes.plot(percent, shown["review_cost"], color=GREY, label="reviews")
        axes.plot(100 * review_share, cost, "o", color=BLUE, markersize=8, label=f"the bands: {cost:,.3g} per 1,000")
        axes.set(xlabel="candidates sent to review, %", ylabel="cost per 1,000 candidates")
        axes.set_ylim(bottom=0)
        axes.legend(loc="best")
    return path
