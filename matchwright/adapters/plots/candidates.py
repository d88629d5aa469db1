"""A plot of the true pairs that candidate generation finds."""

from collections.abc import Mapping
from pathlib import Path

from matchwright.adapters.plots.style import BLUE, GREEN, figure_to


def plot_candidate_recall(
    recall_at_k: Mapping[int, float], by_budget: Mapping[int, tuple[float, float, float]], path: Path
) -> Path:
    """True pairs found by the number of candidates per record: all methods together, and TF-IDF alone.

    Args:
        recall_at_k: recall of TF-IDF among its first k neighbours. Empty if it is not used.
        by_budget: completeness of all methods, with its interval, by candidates kept per record.
        path: the PNG to write.
    """
    budgets, ranks = sorted(by_budget), sorted(recall_at_k)
    with figure_to(path, "True pairs found by candidate generation") as (_, axes):
        if budgets:
            value, lower, upper = ([100 * by_budget[k][index] for k in budgets] for index in range(3))
            axes.fill_between(budgets, lower, upper, color=GREEN, alpha=0.15, linewidth=0)
            axes.plot(budgets, value, "o-", color=GREEN, label=f"all methods: {value[-1]:.2f} % at the end")
        if ranks:
            axes.plot(ranks, [100 * recall_at_k[k] for k in ranks], "s--", color=BLUE, label="TF-IDF alone")
        axes.set_xscale("log")
        ticks = sorted({*budgets, *ranks})
        axes.set_xticks(ticks, [f"{k:,}" for k in ticks])
        axes.minorticks_off()
        axes.set(xlabel="candidates kept per record", ylabel="true pairs found, %")
        if ticks:
            axes.legend(loc="lower right")
    return path
