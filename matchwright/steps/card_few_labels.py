"""What the card says where few pairs were judged: what its figures rest on, and what more labels would buy."""

from math import ceil
from typing import Any

from matchwright.core.spec import MatchSpec

_AT_LEAST = {
    "F1": ("f1", "f1_min"),
    "precision of match": ("precision", "match_precision_min"),
    "recall": ("recall", "recall_min"),
}


def few_label_facts(spec: MatchSpec, training: dict[str, Any], evaluation: dict[str, Any]) -> tuple[str, ...]:
    """Sentences for the card; none where labels are not few."""
    if not training.get("few_labels"):
        return ()
    parts = training["pairs_per_part"]
    labels, judging = sum(parts.values()), parts.get("test", 0)
    said = [
        f"Few labels: {labels} judged pairs, {labels - judging} of which teach and {judging} judge "
        f"({evaluation['true_pairs']} of them matches). Calibration and floors rest on scores of the teaching pairs by "
        "trees that saw neither the pair nor another of its record. Gates on how right decisions are hold the bound of "
        "the 95 % interval against their limit, not the value. Pairs chosen by `matchwright label` are harder, "
        "and more often matches, than candidates are: figures and scores are those of pairs so chosen."
    ]
    said += [
        text
        for name, (metric, gate) in _AT_LEAST.items()
        if (text := _more(name, evaluation["metrics"][metric], getattr(spec.gates, gate), labels))
    ]
    return tuple(said)


def labels_to_show(value: float, bound: float, limit: float, labels: int) -> int | None:
    """About how many labels would bring a share's lower bound to the limit, were the share to stay.

    Wilson's lower bound L of a share p among n pairs has n = z² L (1 - L) / (p - L)²: the ratio of two such n is
    that of the labels. None where no number of labels does it: the share itself is not beyond the limit.
    """
    if value <= limit:
        return None
    bound = max(bound, SMALLEST_BOUND)
    ratio = limit * (1 - limit) * (value - bound) ** 2 / (bound * (1 - bound) * (value - limit) ** 2)
    return max(labels, ceil(labels * ratio))


SMALLEST_BOUND = 0.01
"""Where hardly anything is shown, nothing can be foretold from it either."""


def _more(name: str, figure: dict[str, float | None], limit: float, labels: int) -> str:
    value, bound = figure["value"], figure["lower"]
    if value is None or bound is None or bound >= limit:
        return ""
    needed = labels_to_show(value, bound, limit, labels)
    if needed is None:
        return f"{name} {value:.2f} is not above {limit:g}: more labels must teach it better before they can show that."
    shown = f"{name} {value:.2f} is shown to be above {bound:.2f} only"
    return f"{shown}: about {rounded_up(needed)} labels would show {limit:g}."


def rounded_up(labels: int) -> str:
    """A number of labels to two digits: the estimate knows no more."""
    digits = max(len(str(labels)) - 2, 0)
    return f"{ceil(labels / 10**digits) * 10**digits:,}"
