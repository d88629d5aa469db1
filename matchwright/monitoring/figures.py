"""What monitoring measures on a window of decisions, and how much of it a sample of that size shows by chance.

Effect sizes, not p-values. A p-value answers "could this be chance?", and with ten thousand decisions
the answer is no for any difference, however harmless; with a hundred it is yes for almost any. On call
one needs "how much did it move, and is that enough to matter?". So a figure counts when both hold: its
size reaches the spec's threshold, and it lies beyond what a window of this size shows without any
change. The second is checked at 99.9 %, because some sixty figures are looked at in every window.
"""

import math

import numpy as np
from numpy.typing import NDArray

from matchwright.core.spec import Band
from matchwright.core.spec.vocabulary import MISSING_SUFFIX
from matchwright.evaluation.wilson import wilson_interval
from matchwright.frozen import Frozen, Share

CONFIDENCE = 0.999
STD_FLOOR = 0.05
"""Least unit of a distance: a reference that hardly varies would make a whisper of change look huge."""
_GRID = 200
_DRAWS = 1000


class ShareShift(Frozen):
    """A share in the reference and in the window, with the rows each was counted on."""

    reference: Share
    current: Share
    reference_rows: int
    current_rows: int

    @property
    def change(self) -> float:
        """Current less reference."""
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
        """Whether the interval of the change leaves out 0."""
        low, high = self.interval
        return low > 0 or high < 0


class ValueShift(Frozen):
    """How far a comparison, or the score, moved.

    ``distance`` is Wasserstein's in units of the reference's standard deviation (at least
    ``STD_FLOOR``), None where either side has too few values to tell, or none is wanted. ``noise`` is the distance that
    a window of this size shows without any change. The means are of the values present.
    """

    name: str
    distance: float | None
    noise: float
    reference_mean: float | None
    current_mean: float | None
    missing: ShareShift

    @property
    def field(self) -> str:
        """The field that the comparison belongs to (``record`` for those of the whole record)."""
        return self.name.split("__", 1)[0]

    @property
    def counts_missing(self) -> bool:
        """Whether it counts the sides (0, 1, 2) that lack the field, and does not compare them."""
        return counts_missing(self.name)


class Performance(Frozen):
    """Quality on the decisions whose labels have arrived: ``match`` against the rest.

    ``f1_reference`` is the reference's F1 at the same mix of bands as the labelled decisions:
    labels come mostly from review, and review is hard; the plain reference would look better for
    that reason alone.
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
        """Of the window's F1: it rises with TP / (TP + FP + FN), a share that Wilson's interval fits."""
        trials = self.true_matches + self.errors
        low, high = wilson(self.true_matches / trials, trials) if trials else (0.0, 1.0)
        return 2 * low / (1 + low), 2 * high / (1 + high)


class IntegrityFault(Frozen):
    """Something wrong with the decision log itself; ``names`` are keys or modes, never values."""

    code: str
    count: int
    of: int
    names: tuple[str, ...] = ()


class DriftFigures(Frozen):
    """All figures of one window against one bundle's reference.

    ``decisions`` counts the window, ``sampled`` those that the distances and shares were measured on.
    """

    decisions: int
    sampled: int
    reference_rows: int
    score: ValueShift | None = None
    comparisons: tuple[ValueShift, ...] = ()
    bands: dict[Band, ShareShift] = {}
    performance: Performance | None = None


def counts_missing(comparison: str) -> bool:
    """Whether a comparison counts the sides that lack its field: the share of missing values tells the same."""
    return comparison.endswith(f"__{MISSING_SUFFIX}")


def wilson(share: float, rows: int) -> tuple[float, float]:
    """Wilson's interval of a share counted on ``rows`` rows; (0, 1) on none."""
    low, high = wilson_interval(share * rows, rows, CONFIDENCE)
    return float(low), float(high)


def distance_unit(reference: NDArray[np.floating]) -> float:
    """What a distance from these reference values (no NaN) is measured in."""
    return max(float(np.std(reference, dtype=np.float64)), STD_FLOOR)


def distance_noise(reference: NDArray[np.floating], rows: int, seed: int = 0) -> float:
    """The distance that ``rows`` values drawn from the reference itself stay under 99.9 times in 100.

    Draws from the reference's distribution, on a grid, as many values as carry the
    sampling error of both sides: a finite reference strays from the truth as well.
    """
    if rows == 0 or len(reference) == 0:
        return math.inf
    reference = np.asarray(reference, dtype=np.float64)
    points, counts = np.unique(reference, return_counts=True)
    if len(points) > _GRID:
        # quantiles follow the bulk, even steps the tails
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
