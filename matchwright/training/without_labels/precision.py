"""Scores that say what witnesses say, instead of what the weights of agreement add up to.

Weights of agreement are added as if fields were independent. They are not, so their scores are often far too high.
Witnesses say how many of the pairs of each range of ranks match, and a curve through these shares restates the scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from matchwright.core.decide.calibrator import Calibrator
from matchwright.core.models.household import DOUBTFUL
from matchwright.training.without_labels.witnesses import (
    FEWEST,
    Numbers,
    Testimony,
    Witness,
    agrees_often,
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
DOUBTFUL_SCORE = 0.01
"""Doubtful pairs score at least so much more than the score from which pairs are suggested."""
HELD_AT = 0.5
"""Doubtful pairs are held below the log-odds at which other pairs score so much."""
RISE = 1e-4
"""Scores rise at least so much from range to range: pairs in one range keep their order."""
FEWEST_WITNESSES = 2
RANKED_TO = 0.5
"""Where nothing vouches for scores, none is higher."""
Mask = np.ndarray[Any, np.dtype[np.bool_]]
DECIMALS = 6


@dataclass(frozen=True)
class Precision:
    """What is known of the precision of candidates without labels.

    - ``calibrator``: restates the scores.
    - ``of_others``: the same without regard to doubtful pairs.
    - ``edges``: the ranks between the ranges, from 0 up. Doubtful pairs have no rank.
    - ``believed``: the witnesses whose middle is believed.
    - ``testimonies``: what every witness says, each with one share per range.
    - ``reliable``: whether at least two witnesses say enough, and half of those that could be asked: of the fields that
      the scorer does not read, or of the others if there are none. Where nothing matches, a scorer still finds the
      pairs that are most alike, and one field or another agrees in these.
    """

    calibrator: Calibrator
    of_others: Calibrator
    edges: tuple[int, ...]
    believed: tuple[str, ...]
    testimonies: tuple[Testimony, ...]
    reliable: bool

    def of_first(self, count: int, doubtful: int = 0) -> tuple[float, float]:
        """The lowest and the highest share of matches that a witness gives for pairs with the best ranks.

        Pairs that no witness was asked about may all match, or none of them.

        Args:
            count: so many with the best ranks.
            doubtful: so many doubtful ones besides.
        """
        inside = np.clip(count - np.array(self.edges[:-1]), 0, np.diff(self.edges))
        matches = [float(np.dot(said.shares, inside)) for said in self.testimonies]
        unknown = count - int(inside.sum()) + doubtful
        return min(matches) / (count + doubtful), (max(matches) + unknown) / (count + doubtful)


@dataclass(frozen=True)
class Doubtful:
    """Pairs whose agreement a household may explain.

    They are not asked about, because a household shares the witnesses too. They count as no matches, and are suggested
    all the same.

    - ``pairs``: which they are, shape (pairs,).
    - ``held``: the log-odds that none of them reaches.
    - ``suggested_from``: the score from which pairs are suggested.
    """

    pairs: Mask
    held: float
    suggested_from: float


def precision_of(
    log_odds: Numbers, left_out: Sequence[Witness], compared: Sequence[Witness], doubtful: Doubtful | None = None
) -> Precision | None:
    """Ask the witnesses; None if none of them says enough.

    Args:
        log_odds: of all candidates, or of a random sample.
        left_out: fields that the scorer does not read. If some of them say enough, their middle is believed.
        compared: fields that the scorer reads. Otherwise the middle of these is believed.
        doubtful: the pairs whose agreement a household may explain.
    """
    sure = np.ones(len(log_odds), dtype=np.bool_) if doubtful is None else ~doubtful.pairs
    ordered = np.sort(log_odds[sure])[::-1]
    likely = int((ordered > 0).sum())
    if likely < FEWEST:
        return None
    edges = _edges(likely, len(ordered))
    left_out, compared = ([_only(one, sure) for one in witnesses] for witnesses in (left_out, compared))
    outside, inside = (
        [said for one in witnesses if (said := testimony_of(one, likely, edges)) is not None]
        for witnesses in (left_out, compared)
    )
    believed = outside or inside
    if not believed:
        return None
    middle = np.median([said.shares for said in believed], axis=0)
    of_others = _through(ordered, edges, middle)
    calibrator = of_others
    if doubtful is not None:
        among = np.sort(log_odds[doubtful.pairs & (log_odds < doubtful.held - DOUBTFUL)])
        calibrator = _with_doubtful(_through(ordered, edges, middle, among), log_odds, doubtful)
    asked_outside, asked_inside = (
        [one.field for one in witnesses if can_be_asked(one, likely)] for witnesses in (left_out, compared)
    )
    return Precision(
        calibrator=calibrator,
        of_others=of_others,
        edges=edges,
        believed=tuple(said.field for said in believed),
        testimonies=(*outside, *inside),
        reliable=len(outside) + len(inside) >= FEWEST_WITNESSES
        and 2 * len(believed) >= len(asked_outside or asked_inside)
        and bool(outside or not asked_outside),
    )


def place_to_hold(precision: Precision, log_odds: Numbers) -> float:
    """The log-odds at the end of the last range of which more than :data:`HELD_AT` match; at most 0.

    Args:
        precision: what the witnesses said.
        log_odds: of the pairs that are not doubtful.
    """
    ordered = np.sort(log_odds)[::-1]
    found = [
        float(ordered[stop - 1])
        for start, stop in pairwise(precision.edges)
        if precision.of_others.apply(np.array([np.median(ordered[start:stop])]))[0] > HELD_AT
    ]
    return min(found[-1] if found else 0.0, 0.0)


def silent_of(
    log_odds: Numbers, left_out: Sequence[Witness], doubtful: Mask | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields in which the pairs with the highest scores agree hardly more often than the pairs just below them.

    First those in which neither agree often. Perhaps none of these pairs matches, or the field tells every record
    apart, as a number of the row does. Then those in which both do. Branches and families share a value, or the pairs
    below are matches too.

    Args:
        log_odds: of all candidates, or of a random sample.
        left_out: fields that the scorer does not read.
        doubtful: the pairs whose agreement a household may explain.
    """
    sure = np.ones(len(log_odds), dtype=np.bool_) if doubtful is None else ~doubtful
    likely = int((log_odds[sure] > 0).sum())
    if likely < FEWEST:
        return (), ()
    often = {one.field: agrees_often(_only(one, sure), likely) for one in left_out}
    return tuple(name for name, is_so in often.items() if is_so is False), tuple(
        name for name, is_so in often.items() if is_so
    )


def ranking_only(log_odds: Numbers, suggested_from: float, precision: Precision | None = None) -> Calibrator:
    """Scores that keep the order of pairs and say nothing more: none is above :data:`RANKED_TO`.

    The same pairs are suggested as without it.

    Args:
        log_odds: of all candidates, or of a random sample.
        suggested_from: the score from which pairs are suggested.
        precision: what is known and not reliable. Without it, the scorer itself says which pairs are suggested.
    """
    if precision is None:
        least = float(np.log(suggested_from / (1 - suggested_from)))
        low, high = min(float(log_odds.min()), least) - 1.0, max(float(log_odds.max()), least) + 1.0
        return Calibrator(method="isotonic", knots=((low, AT_ENDS[0]), (least, suggested_from), (high, RANKED_TO)))
    at, scores = np.array(precision.calibrator.knots).T
    if scores[0] < suggested_from < scores[-1]:
        index = int(np.searchsorted(scores, suggested_from))
        at = np.insert(at, index, np.interp(suggested_from, scores[index - 1 : index + 1], at[index - 1 : index + 1]))
        scores = np.insert(scores, index, suggested_from)
    share = (RANKED_TO - suggested_from) / (1 - suggested_from)
    scores = np.where(scores > suggested_from, suggested_from + (scores - suggested_from) * share, scores)
    return Calibrator(method="isotonic", knots=tuple(dict(zip(at.tolist(), scores.tolist(), strict=True)).items()))


def _only(witness: Witness, chosen: Mask) -> Witness:
    return Witness(witness.field, witness.log_odds[chosen], witness.agrees[chosen])


def _edges(likely: int, candidates: int) -> tuple[int, ...]:
    ranges = int(np.clip(likely // FEWEST, 1, MOST_RANGES))
    ends = [round(likely * share) for share in (*np.arange(1, ranges + 1) / ranges, *BEYOND)]
    return (0, *(end for end in ends if end <= candidates))


def _through(ordered: Numbers, edges: Sequence[int], shares: Numbers, doubtful: Numbers | None = None) -> Calibrator:
    """A rising curve through the shares: each is that of the middle of its range.

    Doubtful pairs in a range count as no matches.

    Below the last range nothing was measured, so the curve falls off there.
    """
    from sklearn.isotonic import IsotonicRegression

    ranges = list(pairwise(edges))
    middles = [float(np.median(ordered[start:stop])) for start, stop in ranges]
    counts = np.diff(edges)
    if doubtful is not None:
        ends = [np.inf, *(float(ordered[stop - 1]) for _, stop in ranges)]
        besides = np.array([((doubtful < high) & (doubtful >= low)).sum() for high, low in pairwise(ends)])
        shares, counts = shares * counts / (counts + besides), counts + besides
    fitted = IsotonicRegression(increasing=False).fit_transform(range(len(ranges)), shares, sample_weight=counts)
    inner = np.clip(fitted[::-1], LEAST_SHARE, SUREST_SHARE) + RISE * np.arange(len(ranges))
    at = [*reversed(middles), float(ordered[0])]
    probabilities = [*inner.tolist(), AT_ENDS[1]]
    if edges[-1] < len(ordered):
        at = [float(ordered[-1]), float(ordered[edges[-1]]), float(ordered[edges[-1] - 1]), *at]
        probabilities = [AT_ENDS[0], LEAST_SHARE, float(inner[0]), *probabilities]
    else:
        at, probabilities = [float(ordered[-1]), *at], [AT_ENDS[0], *probabilities]
    knots: dict[float, float] = {}
    for place, probability in zip(at, probabilities, strict=True):
        knots[round(place, DECIMALS)] = round(probability, DECIMALS)  # of equal places the surest one
    return Calibrator(method="isotonic", knots=tuple(sorted(knots.items())))


def _with_doubtful(calibrator: Calibrator, log_odds: Numbers, doubtful: Doubtful) -> Calibrator:
    """The curve where doubtful pairs are: they are suggested, and count as no matches among the others there."""
    top, bottom = round(doubtful.held, DECIMALS), round(doubtful.held - DOUBTFUL, DECIMALS)
    there = (log_odds <= top) & (log_odds >= bottom)
    if not (there & doubtful.pairs).any():
        return calibrator
    least = doubtful.suggested_from + DOUBTFUL_SCORE
    most = max(float((there & ~doubtful.pairs).sum() / there.sum()) * HELD_AT, least + DOUBTFUL_SCORE)
    knots = np.array(calibrator.knots)
    step = 0.1**DECIMALS
    at = np.unique(np.round([*knots[:, 0], bottom - step, bottom, top, top + step], DECIMALS))
    scores = np.interp(at, *knots.T)
    scores = np.where(at <= top, np.minimum(scores, most), scores)
    scores = np.where(at >= bottom, np.maximum(scores, np.where(at < top, least, least + DOUBTFUL_SCORE)), scores)
    scores = np.round(np.maximum.accumulate(scores), DECIMALS)
    return Calibrator(method="isotonic", knots=tuple(zip(at.tolist(), scores.tolist(), strict=True)))
