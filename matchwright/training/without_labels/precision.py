"""Scores that say what witnesses say, instead of what the weights of agreement add up to.

Weights of agreement are added as if fields were independent. They are not, so their scores are often far too high.
Witnesses say how many of the pairs of each range of ranks match, and a curve through these shares restates the scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from matchwright.core.decide.calibrator import Calibrator
from matchwright.training.without_labels.witnesses import (
    FEWEST,
    Numbers,
    Testimony,
    Witness,
    can_be_asked,
    testimony_of,
)

MOST_RANGES = 10
"""The most ranges that the likely pairs are divided into."""
BEYOND = (1.1, 1.25, 1.5, 2.0)
"""The ends of further ranges, as multiples of the number of likely pairs."""
SUREST_SHARE, LEAST_SHARE = 0.99, 0.002
"""No range counts as surer, or as less likely, than this."""
AT_ENDS = (0.0005, 0.995)
"""The score of the least and of the most alike candidate."""
RISE = 1e-4
"""Scores rise at least so much from range to range: pairs in one range keep their order."""
FEWEST_WITNESSES = 2
DECIMALS = 6


@dataclass(frozen=True)
class Precision:
    """What is known of the precision of candidates without labels.

    - ``calibrator``: restates the scores.
    - ``edges``: the ranks between the ranges, from 0 up.
    - ``believed``: the witnesses whose middle is believed.
    - ``testimonies``: what every witness says, each with one share per range.
    - ``reliable``: whether at least two witnesses say enough, and half of those that could be asked: of the fields that
      the scorer does not read, or of the others if there are none. Where nothing matches, a scorer still finds the
      pairs that are most alike, and one field or another agrees in these.
    """

    calibrator: Calibrator
    edges: tuple[int, ...]
    believed: tuple[str, ...]
    testimonies: tuple[Testimony, ...]
    reliable: bool

    def of_first(self, count: int) -> tuple[float, float]:
        """The lowest and the highest share of matches that a witness gives for so many pairs with the best ranks."""
        inside = np.clip(count - np.array(self.edges[:-1]), 0, np.diff(self.edges))
        shares = [float(np.average(said.shares, weights=inside)) for said in self.testimonies]
        return min(shares), max(shares)


def precision_of(log_odds: Numbers, left_out: Sequence[Witness], compared: Sequence[Witness]) -> Precision | None:
    """Ask the witnesses; None if none of them says enough.

    Args:
        log_odds: of all candidates, or of a random sample.
        left_out: fields that the scorer does not read. If some of them say enough, their middle is believed.
        compared: fields that the scorer reads. Otherwise the middle of these is believed.
    """
    likely = int((log_odds > 0).sum())
    if likely < FEWEST:
        return None
    edges = _edges(likely, len(log_odds))
    outside, inside = (
        [said for one in witnesses if (said := testimony_of(one, likely, edges)) is not None]
        for witnesses in (left_out, compared)
    )
    believed = outside or inside
    if not believed:
        return None
    middle = np.median([said.shares for said in believed], axis=0)
    calibrator = _through(np.sort(log_odds)[::-1], edges, middle)
    asked_outside, asked_inside = (
        [one.field for one in witnesses if can_be_asked(one, likely)] for witnesses in (left_out, compared)
    )
    return Precision(
        calibrator=calibrator,
        edges=edges,
        believed=tuple(said.field for said in believed),
        testimonies=(*outside, *inside),
        reliable=len(outside) + len(inside) >= FEWEST_WITNESSES
        and 2 * len(believed) >= len(asked_outside or asked_inside)
        and bool(outside or not asked_outside),
    )


def silent_of(log_odds: Numbers, left_out: Sequence[Witness]) -> tuple[str, ...]:
    """The fields in which the pairs with the highest scores agree hardly more often than others.

    Perhaps none of these pairs matches. Or the field tells every record apart, as a number of the row does.

    Args:
        log_odds: of all candidates, or of a random sample.
        left_out: fields that the scorer does not read.
    """
    likely = int((log_odds > 0).sum())
    if likely < FEWEST:
        return ()
    edges = _edges(likely, len(log_odds))
    asked = [one for one in left_out if can_be_asked(one, likely)]
    return tuple(one.field for one in asked if testimony_of(one, likely, edges) is None)


def _edges(likely: int, candidates: int) -> tuple[int, ...]:
    ranges = int(np.clip(likely // FEWEST, 1, MOST_RANGES))
    ends = [round(likely * share) for share in (*np.arange(1, ranges + 1) / ranges, *BEYOND)]
    return (0, *(end for end in ends if end <= candidates))


def _through(ordered: Numbers, edges: Sequence[int], shares: Numbers) -> Calibrator:
    """A rising curve through the shares: each is that of the middle of its range."""
    from sklearn.isotonic import IsotonicRegression

    ranges = list(pairwise(edges))
    middles = [float(np.median(ordered[start:stop])) for start, stop in ranges]
    fitted = IsotonicRegression(increasing=False).fit_transform(
        range(len(ranges)), shares, sample_weight=np.diff(edges)
    )
    inner = np.clip(fitted[::-1], LEAST_SHARE, SUREST_SHARE) + RISE * np.arange(len(ranges))
    at = [float(ordered[-1]), *reversed(middles), float(ordered[0])]
    probabilities = [AT_ENDS[0], *inner.tolist(), AT_ENDS[1]]
    knots: dict[float, float] = {}
    for place, probability in zip(at, probabilities, strict=True):
        knots[round(place, DECIMALS)] = round(probability, DECIMALS)  # of equal places the surest one
    return Calibrator(method="isotonic", knots=tuple(sorted(knots.items())))
