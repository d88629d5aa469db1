"""What candidate generation finds."""

from collections.abc import Mapping
from pathlib import Path

from matchwright.adapters.plots.style import BLUE, GREEN, figure_to


def plot_candidate_recall(recall_at_k: Mapping[int, float], pairs_completeness: float, path: Path) -> Path:
    """Recall of TF-IDF by neighbours per record, beside the completeness of all methods together."""
    ranks = sorted(recall_at_k)
    with figure_to(path, "True pairs found by candidate generation") as (_, axes):
        axes.plot(ranks, [100 * recall_at_k[k] for k in ranks], "o-", color=BLUE, label="TF-IDF alone")
        label = f"all methods: {100 * pairs_completeness:.2f} %"
        axes.axhline(100 * pairs_completeness, color=GREEN, linestyle="--", label=label)
        axes.set_xscale("log")
        axes.set_xticks(ranks, [str(k) for k in ranks])
        axes.minorticks_off()
        axes.set(xlabel="neighbours per record", ylabel="true pairs found, %")
        axes.legend(loc="lower right")
    return path
