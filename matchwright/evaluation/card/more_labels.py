"""Gates and precision constraints that are not shown yet, and about how many labels would show them."""

from collections.abc import Mapping
from math import ceil
from typing import Any, NamedTuple

from matchwright.core.spec import MatchSpec
from matchwright.evaluation.precision_constraints import fewest_to_show

SMALLEST_BOUND = 0.01
"""Nothing can be extrapolated from a bound below this."""

_GATES = {
    "F1": ("f1", "f1_min"),
    "precision of match": ("precision", "match_precision_min"),
    "recall": ("recall", "recall_min"),
}


class Need(NamedTuple):
    """A gate whose limit is above the lower bound. ``labels`` is None where more labels alone do not help."""

    name: str
    value: float
    bound: float
    limit: float
    labels: int | None


class Shortfall(NamedTuple):
    """A precision constraint that is not shown. It takes ``needed`` pairs without an error; there are ``labelled``.

    ``needed`` is None where no number of pairs is enough. ``labels`` estimates the labels that would be enough; it is
    None where many pairs are labelled.
    """

    band: str
    limit: float
    bound: float
    needed: int | None
    labelled: int
    labels: int | None


def needs(spec: MatchSpec, metrics: Mapping[str, Any], labels: int) -> list[Need]:
    """The gates on how right decisions are that ``labels`` labelled pairs do not show to pass."""
    found = []
    for name, (metric, gate) in _GATES.items():
        value, bound, limit = metrics[metric]["value"], metrics[metric]["lower"], getattr(spec.gates, gate)
        if value is not None and bound is not None and bound < limit:
            found.append(Need(name, value, bound, limit, labels_to_show(value, bound, limit, labels)))
    return found


def labels_to_show(value: float, bound: float, limit: float, labels: int) -> int | None:
    """About how many labels would raise a share's lower bound to the limit, if the share does not change.

    Wilson's lower bound L of a share p among n pairs has n = z² L (1 - L) / (p - L)². The number of labels grows in
    the same ratio as n. None where no number is enough, because the share itself is not above the limit.
    """
    if value <= limit:
        return None
    bound = max(bound, SMALLEST_BOUND)
    ratio = limit * (1 - limit) * (value - bound) ** 2 / (bound * (1 - bound) * (value - limit) ** 2)
    return max(labels, ceil(labels * ratio))


def shortfalls(spec: MatchSpec, calibration: Mapping[str, Any], labels: int | None) -> list[Shortfall]:
    """The precision constraints that the calibration pairs do not show. ``labels`` is None where many are labelled."""
    asked, shown, true = spec.precision_constraints, calibration["precision_constraints"], calibration["true_pairs"]
    both = bool(asked.match and asked.no_match)
    confidence = (1 + asked.confidence) / 2 if both else asked.confidence
    found = []
    for band, limit, bound, present in (
        ("match", asked.match, shown["match_precision_bound"] or 0.0, true),
        ("no_match", asked.no_match, shown["no_match_npv_bound"] or 0.0, calibration["pairs"] - true),
    ):
        if bound < limit:
            needed = fewest_to_show(limit, confidence)
            more = ceil(labels * needed / present) if labels and needed and present else None
            found.append(Shortfall(band, limit, bound, needed, present, more))
    return found
