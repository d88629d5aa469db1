"""What monitoring measures on a window of decisions, and how much the figures vary by chance.

Findings use effect sizes, not p-values. With ten thousand decisions any harmless difference is significant, and with a
hundred almost none is. A person on call needs to know how far a figure moved, and whether that matters. So a figure
counts if its size reaches the spec's limit and chance alone does not explain it. Chance is ruled out at 99.9 %,
because every window has about sixty figures.
"""

import math

import numpy as np
from numpy.typing import NDArray

from matchwright.core.spec import Band
from matchwright.core.spec.vocabulary import MISSING_SUFFIX, READS_OTHER_FIELDS
from matchwright.evaluation.wilson import wilson_interval
from matchwright.frozen import Frozen, Share

CONFIDENCE = 0.999
STD_FLOOR = 0.05
"""The smallest unit of a distance. Without it, a tiny change looks huge where the reference hardly varies."""
_GRID = 200
_DRAWS = 1000


class ShareShift(Frozen):
    """A share in the reference and in the window, each with its number of rows."""

    reference: Share
    current: Share
    reference_rows: int
    current_rows: int

    @property
    def change(self) -> float:
        """The current share less that of the reference."""
        return self.current - self.reference

    @property
    def interval(self) -> tuple[float, float]:
        """Newcombe's interval of the change, from the two Wilson intervals."""
        low, high = wilson(self.current, self.current_rows)
        low_reference, high_reference = wilson(self.reference, self.reference_rows)
        below = math.hypot(self.current - low, high_reference - self.reference)
        above = math.hypot(high - self.current, self.reference - low_reference)
        return self.change - below, self.change + above

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval of the change excludes 0."""
        low, high = self.interval
        return low > 0 or high < 0


class ValueShift(Frozen):
    """How far a comparison, or the score, moved.

    ``distance`` is the Wasserstein distance in standard deviations of the reference (at least ``STD_FLOOR``). It is
    None where a side has too few values, or where no distance is measured. ``noise`` is the distance that a window of
    this size can show by chance. The means cover the present values. ``missing`` is the share of pairs without a
    value. For ``field__missing`` it is the share of pairs in which a side lacks the field.
    """

    name: str
    distance: float | None
    noise: float
    reference_mean: float | None
    current_mean: float | None
    missing: ShareShift

    @property
    def field(self) -> str:
        """The field of the comparison; ``record`` for comparisons of the whole record."""
        return self.name.split("__", 1)[0]

    @property
    def counts_missing(self) -> bool:
        """Whether the comparison only counts the sides (0, 1 or 2) that lack the field."""
        return counts_missing(self.name)

    @property
    def reads_other_fields(self) -> bool:
        """Whether the comparison also changes where another field of the record does."""
        return self.name.partition("__")[2] in READS_OTHER_FIELDS


class Performance(Frozen):
    """Quality of the decisions whose labels have arrived. A score of 0.5 or more counts as a predicted match.

    ``f1_reference`` is the reference's F1, weighted to the same shares of bands as the labelled decisions. Without
    the weights it would be too high, because most labels come from review, where pairs are harder.
    """

    labelled: int
    f1: Share
    f1_reference: Share
    precision: Share
    recall: Share
    true_matches: int
    errors: int

    @property
    def f1_interval(self) -> tuple[float, float]:
        """The interval of the window's F1. It follows from Wilson's interval of TP / (TP + FP + FN)."""
        trials = self.true_matches + self.errors
        low, high = wilson(self.true_matches / trials, trials) if trials else (0.0, 1.0)
        return 2 * low / (1 + low), 2 * high / (1 + high)


class IntegrityFault(Frozen):
    """A fault of the decision log itself. ``names`` are keys or modes, never values."""

    code: str
    count: int
    of: int
    names: tuple[str, ...] = ()


class DriftFigures(Frozen):
    """All figures of one window against one bundle's reference.

    ``decisions`` counts all decisions of the window, ``sampled`` those that were measured.
    """

    decisions: int
    sampled: int
    reference_rows: int
    score: ValueShift | None = None
    comparisons: tuple[ValueShift, ...] = ()
    bands: dict[Band, ShareShift] = {}
    performance: Performance | None = None


def counts_missing(comparison: str) -> bool:
    """Whether a comparison only counts the sides that lack its field."""
    return comparison.endswith(f"__{MISSING_SUFFIX}")


def wilson(share: float, rows: int) -> tuple[float, float]:
    """Wilson's interval of a share of ``rows`` rows; (0, 1) without rows."""
    low, high = wilson_interval(share * rows, rows, CONFIDENCE)
    return float(low), float(high)


def distance_unit(reference: NDArray[np.floating]) -> float:
    """The unit of a distance from these reference values, which hold no NaN."""
    return max(float(np.std(reference, dtype=np.float64)), STD_FLOOR)


def distance_noise(reference: NDArray[np.floating], rows: int, seed: int = 0) -> float:
    """The 99.9 % quantile of the distance of ``rows`` values drawn from the reference itself.

    The reference is a sample too. So fewer than ``rows`` values are drawn, such that they vary as much as the
    difference between the two samples. Many distinct values are rounded to a grid.
    """
    if rows == 0 or len(reference) == 0:
        return math.inf
    reference = np.asarray(reference, dtype=np.float64)
    points, counts = np.unique(reference, return_counts=True)
    if len(points) > _GRID:
        # quantiles cover the dense range, equal steps the tails
        steps = np.linspace(points[0], points[-1], _GRID // 2)
        points = np.unique([*np.quantile(reference, np.linspace(0, 1, _GRID // 2)), *steps])
        nearest = np.searchsorted((points[1:] + points[:-1]) / 2, reference)
        counts = np.bincount(nearest, minlength=len(points))
    probabilities = counts / counts.sum()
    effective = max(1, round(rows * len(reference) / (rows + len(reference))))
    drawn = np.random.default_rng(seed).multinomial(effective, probabilities, size=_DRAWS) / effective
    gaps = np.abs(np.cumsum(drawn - probabilities, axis=1))[:, :-1]
    distances = gaps @ np.diff(points)
    return float(np.quantile(distances, CONFIDENCE)) / distance_unit(reference)
