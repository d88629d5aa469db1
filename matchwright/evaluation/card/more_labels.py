"""What is not shown yet, and about how many labels would show it."""

from collections.abc import Mapping
from math import ceil
from typing import Any, NamedTuple

from matchwright.core.spec import MatchSpec
from matchwright.evaluation.precision_constraints import fewest_to_show

SMALLEST_BOUND = 0.01
"""Below this bound hardly anything is shown, and nothing can be extrapolated from it."""

_GATES = {
    "F1": ("f1", "f1_min"),
    "precision of match": ("precision", "match_precision_min"),
    "recall": ("recall", "recall_min"),
}


class Need(NamedTuple):
    """A gate whose limit the lower bound does not reach; ``labels`` is None where more labels alone do not help."""

    name: str
    value: float
    bound: float
    limit: float
    labels: int | None


class Shortfall(NamedTuple):
    """A precision constraint that is not shown: it takes ``needed`` pairs without an error, ``labelled`` are there.

    ``needed`` is None where no number of pairs is enough; ``labels`` is known where few pairs are labelled.
    """

    band: str
    limit: float
    bound: float
    needed: int | None
    labelled: int
    labels: int | None


def needs(spec: MatchSpec, metrics: Mapping[str, Any], labels: int) -> list[Need]:
    """The gates on how right decisions are that ``labels`` labelled pairs do not show."""
    found = []
    for name, (metric, gate) in _GATES.items():
        value, bound, limit = metrics[metric]["value"], metrics[metric]["lower"], getattr(spec.gates, gate)
        if value is not None and bound is not None and bound < limit:
            found.append(Need(name, value, bound, limit, labels_to_show(value, bound, limit, labels)))
    return found


def labels_to_show(value: float, bound: float, limit: float, labels: int) -> int | None:
    """About how many labels would bring a share's lower bound to the limit, if the share stays as it is.

    Wilson's lower bound L of a share p among n pairs has n = z² L (1 - L) / (p - L)². The ratio of two such n is
    that of the labels. None where no number of labels is enough: the share itself is not above the limit.
    """
    if value <= limit:
        return None
    bound = max(bound, SMALLEST_BOUND)
    ratio = limit * (1 - limit) * (value - bound) ** 2 / (bound * (1 - bound) * (value - limit) ** 2)
    return max(labels, ceil(labels * ratio))


def shortfalls(spec: MatchSpec, calibration: Mapping[str, Any], labels: int | None) -> list[Shortfall]:
    """The precision constraints that the calibration pairs do not show; ``labels`` where few pairs are labelled."""
    asked, shown, true = spec.precision_constraints, calibration["precision_constraints"], calibration["true_pairs"]
    both = bool(asked.match and asked.no_match)
    confidence = (1 + asked.confidence) / 2 if both else asked.confidence
    found = []
    for band, limit, bound, there in (
        ("match", asked.match, shown["match_precision_bound"] or 0.0, true),
        ("no_match", asked.no_match, shown["no_match_npv_bound"] or 0.0, calibration["pairs"] - true),
    ):
        if bound < limit:
            needed = fewest_to_show(limit, confidence)
            more = ceil(labels * needed / there) if labels and needed and there else None
            found.append(Shortfall(band, limit, bound, needed, there, more))
    return found
