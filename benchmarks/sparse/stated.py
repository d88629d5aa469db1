"""What a model states about the pairs of cells, and how that compares with the shares of matches."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.sparse.cells import Cell, near
from matchwright.core.compare.information import counted_fields
from matchwright.core.decide.bands import Bands
from matchwright.core.decide.decision import DecisionModel

CALIBRATED, FALSE_MATCHES, TOO_HIGH, TOO_LOW, TOO_FEW = (
    "calibrated",
    "too high, in the match band",
    "too high",
    "too low",
    "too few pairs",
)
FAULTS = (FALSE_MATCHES, TOO_HIGH, TOO_LOW)
"""The kinds of fault, the most dangerous one first."""


@dataclass(frozen=True)
class Stated:
    """Scores and bands of the scored pairs of cells. ``owner`` is the number of each pair's cell."""

    scores: np.ndarray
    bands: np.ndarray
    owner: np.ndarray
    true_weights: np.ndarray
    other_weights: np.ndarray

    @property
    def means(self) -> np.ndarray:
        """The mean score of each cell."""
        weights = self.true_weights + self.other_weights
        return np.bincount(self.owner, self.scores * weights) / np.bincount(self.owner, weights)


def stated(cells: list[Cell], features: pd.DataFrame, model: DecisionModel) -> Stated:
    """Score the pairs of the cells with all fields blanked that are not of their pattern."""
    owner = np.repeat(np.arange(len(cells)), [len(cell.left) for cell in cells])
    fields = list(counted_fields(model.spec))
    known = np.zeros((len(cells), len(fields)), dtype=bool)
    for index, cell in enumerate(cells):
        known[index, [*cell.agree, *cell.disagree]] = True
    sides = []
    for side in ("left", "right"):
        rows = features.iloc[np.concatenate([getattr(cell, side) for cell in cells])].reset_index(drop=True)
        for field in model.spec.compared:
            kept = known[owner, fields.index(field)] if field in fields else np.zeros(len(rows), dtype=bool)
            for column in [name for name in rows.columns if name.partition("__")[0] == field]:
                rows[column] = rows[column].where(kept, np.nan if rows[column].dtype.kind == "f" else None)
        sides.append(rows)
    comparisons = model.compare(*sides, of_register=True)
    scores = model.score(comparisons)
    weights = [np.concatenate([getattr(cell, name) for cell in cells]) for name in ("true_weights", "other_weights")]
    return Stated(scores, model.band(scores, comparisons), owner, *weights)


def judged(cells: list[Cell], means: np.ndarray, bands: Bands, seed: int) -> list[str]:
    """Whether each cell is calibrated; the kind of fault if it is not."""
    generator = np.random.default_rng(seed)
    return [_judged(cell, mean, bands, generator) for cell, mean in zip(cells, means.tolist(), strict=True)]


def _judged(cell: Cell, mean: float, bands: Bands, generator: np.random.Generator) -> str:
    if not cell.is_judged:
        return TOO_FEW
    if cell.is_calibrated(mean, generator):
        return CALIBRATED
    if mean < cell.share:
        return TOO_LOW
    return FALSE_MATCHES if mean >= bands.match_from else TOO_HIGH


def patterns_near(cells: list[Cell], means: np.ndarray) -> tuple[int, int]:
    """How many patterns there are, and in how many of them the mean score is near the share of matches."""
    patterns = pd.DataFrame(
        {
            "pattern": [(cell.agree, cell.disagree) for cell in cells],
            "pairs": [cell.pairs.sum() for cell in cells],
            "matches": [cell.matches.sum() for cell in cells],
        }
    )
    whole = patterns.assign(stated=patterns["pairs"] * means).groupby("pattern").sum()
    return len(whole), sum(near(row.matches / row.pairs, row.stated / row.pairs) for row in whole.itertuples())
