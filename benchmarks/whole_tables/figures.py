"""The figures of a method that deduplicates a whole table."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.peers.process import Taken
from matchwright.evaluation.cluster_metrics import b_cubed, pairwise

COLUMNS = (
    "F1 at 1/2",
    "F1 at best",
    "F1 of clusters",
    "B-cubed",
    "pairs",
    "wall",
    "CPU",
    "CPU s per million",
    "peak GB",
    "wall, to ours",
    "table to clusters",
    "to ours",
)


@dataclass(frozen=True)
class Measured:
    """F1 of pairs at a score of one half and at the best threshold, F1 and B-cubed of clusters, and the work.

    ``span`` is the wall time from the loaded table to its clusters, in seconds: without reading, reasons and writing.
    """

    at_half: float
    at_best: float
    clusters: float
    b_cubed: float
    compared: int
    taken: Taken
    span: float

    def row(self, ours: "Measured") -> list[str]:
        """The cells of :data:`COLUMNS`."""
        taken = self.taken
        return [
            *(f"{figure:.2%}" for figure in (self.at_half, self.at_best, self.clusters, self.b_cubed)),
            f"{self.compared:,}",
            f"{taken.wall:,.0f} s",
            f"{taken.processor:,.0f} s",
            f"{taken.processor / self.compared * 1e6:,.1f}",
            f"{taken.gigabytes:.1f}",
            f"{taken.wall / ours.taken.wall:.2f}",
            f"{self.span:,.0f} s",
            f"{self.span / ours.span:.2f}",
        ]


def measured(
    truth: "pd.Series[int]", pairs: pd.DataFrame, clusters: "pd.Series[str]", compared: int, taken: Taken, span: float
) -> Measured:
    """The figures.

    Args:
        truth: the entity of each record, by record id.
        pairs: left_id, right_id and score.
        clusters: the cluster of each record, by record id.
        compared: the number of pairs that were compared.
        taken: what the process took.
        span: seconds from the loaded table to its clusters.
    """
    half, best = by_score(truth, pairs["left_id"], pairs["right_id"], pairs["score"])
    entity, of = truth.loc[clusters.index].to_numpy(), clusters.to_numpy(dtype=str)
    return Measured(half, best, pairwise(entity, of).f1, b_cubed(entity, of).f1, compared, taken, span)


def by_score(
    truth: "pd.Series[int]", left: "pd.Series[str]", right: "pd.Series[str]", scores: "pd.Series[float]"
) -> tuple[float, float]:
    """F1 at a score of one half, and at the best threshold. A true pair that is not given counts as missed."""
    sizes = truth.value_counts().to_numpy()
    true = int((sizes * (sizes - 1) // 2).sum())
    right_ones = truth.loc[left].to_numpy() == truth.loc[right].to_numpy()
    order = np.argsort(-scores.to_numpy(), kind="stable")
    found = np.cumsum(right_ones[order])
    f1 = 2 * found / (np.arange(1, len(order) + 1) + true)
    at_half = int((scores >= 0.5).sum())
    return float(f1[at_half - 1]) if at_half else 0.0, float(f1.max(initial=0.0))
