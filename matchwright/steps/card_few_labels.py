"""What the card says where few pairs were judged: what its figures rest on, and what more labels would buy."""

from math import ceil
from typing import Any

from matchwright.core.floors import fewest_to_show
from matchwright.core.spec import MatchSpec

_AT_LEAST = {
    "F1": ("f1", "f1_min"),
    "precision of match": ("precision", "match_precision_min"),
    "recall": ("recall", "recall_min"),
}


def few_label_facts(
    spec: MatchSpec, training: dict[str, Any], evaluation: dict[str, Any], calibration: dict[str, Any]
) -> tuple[str, ...]:
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
    return (*said, *_floors(spec, calibration, labels))


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
    return (
        f"{name} {value:.2f} is shown to be above {bound:.2f} only: about {_round(needed)} labels would show {limit:g}."
    )


def _floors(spec: MatchSpec, calibration: dict[str, Any], labels: int) -> list[str]:
    said = []
    shown, floors = calibration["floors"], spec.floors
    both = floors.match_precision > 0 and floors.no_match_npv > 0
    confidence = (1 + floors.confidence) / 2 if both else floors.confidence
    of_class = {"match": calibration["true_pairs"], "no_match": calibration["pairs"] - calibration["true_pairs"]}
    for band, floor, bound in (
        ("match", floors.match_precision, shown["match_precision_bound"]),
        ("no_match", floors.no_match_npv, shown["no_match_npv_bound"]),
    ):
        if floor and not shown["floors_met"]:
            fewest, there = fewest_to_show(floor, confidence), of_class[band]
            text = f"The floor {floor:g} of `{band}` is shown to {bound or 0.0:.2f}: "
            if fewest is None:
                text += "no number of labels shows a share of 1."
            elif fewest <= there:
                text += "among the pairs it would take there are too many errors."
            else:
                needed = f", about {_round(ceil(labels * fewest / there))} labels as they were chosen" if there else ""
                text += f"it takes {fewest} such pairs without an error, where {there} are judged{needed}."
            said.append(text)
    return said


def _round(labels: int) -> str:
    """To two digits: the estimate knows no more."""
    digits = max(len(str(labels)) - 2, 0)
    return f"{ceil(labels / 10**digits) * 10**digits:,}"
