"""A plot of the cost of reviews and of the errors that they prevent."""

from pathlib import Path

import pandas as pd

from matchwright.adapters.plots.style import BLUE, GREEN, GREY, ORANGE, figure_to


def plot_review_load(curve: pd.DataFrame, points: pd.DataFrame, path: Path) -> Path:
    """Cost per 1,000 candidates against the share sent to review, with operating points.

    Args:
        curve: review_share (0..1), error_cost, review_cost, cost and expected_cost, of ``review_load``.
        points: review_worth, review_share, cost and chosen, of ``operating_points``.
        path: the PNG to write.
    """
    chosen, others = points[points["chosen"]].iloc[0], points[~points["chosen"]]
    cheapest = float(curve["review_share"].to_numpy()[curve["cost"].to_numpy().argmin()])
    reach = others.loc[others["cost"] <= 3 * max(chosen["cost"], others["cost"].min()), "review_share"]
    widest = min(1.0, max(0.01, 1.3 * chosen["review_share"], 2 * cheapest, 1.1 * reach.max()))
    shown = curve[curve["review_share"] <= max(widest, curve["review_share"].iloc[1] if len(curve) > 1 else 0)]
    percent = 100 * shown["review_share"]
    with figure_to(path, "Cost by review load, the least certain pairs reviewed first", 7.2, 5.0) as (_, axes):
        axes.plot(percent, shown["cost"], color=BLUE, linewidth=2, label="total, measured on the labels")
        axes.plot(percent, shown["expected_cost"], color=GREEN, linestyle="--", label="total, expected from the scores")
        axes.plot(percent, shown["error_cost"], color=ORANGE, label="errors left")
        axes.plot(percent, shown["review_cost"], color=GREY, label="reviews")
        visible = others[others["review_share"] <= widest]
        axes.plot(100 * visible["review_share"], visible["cost"], "o", color=BLUE, markersize=4, label="_points")
        top = 1.15 * max(shown["cost"].max(), shown["error_cost"].max(), chosen["cost"])
        axes.vlines(100 * chosen["review_share"], 0, chosen["cost"], color="black", linestyle=":", linewidth=1)
        axes.plot(
            100 * chosen["review_share"],
            chosen["cost"],
            "D",
            color="black",
            markersize=8,
            label=f"the bands: {100 * chosen['review_share']:.3g} % to review, {chosen['cost']:,.3g} per 1,000",
        )
        last = float("-inf")
        for row in visible.itertuples():
            # texts of points that are near each other would overlap
            if 100 * row.review_share - last >= 6 * widest:
                axes.annotate(
                    f"{row.review_worth:.3g}",
                    (100 * row.review_share, row.cost),
                    textcoords="offset points",
                    xytext=(0, 7),
                    ha="center",
                    fontsize=8,
                    color=BLUE,
                )
                last = 100 * row.review_share
        axes.set(
            xlabel="candidates sent to review, %   (small points: the bands if one review cost that much)",
            ylabel="cost per 1,000 candidates",
        )
        axes.set_ylim(0, top or 1)
        axes.figure.legend(loc="outside lower center", ncols=2)
    return path
